// The first visit: name works, choose in three rounds, or drop a file.

import { get, query } from "./api.js";
import { cover } from "./cover.js";
import { button, count, fill, h, icon, natural, parted, say, short, soft, unseen } from "./dom.js";
import { picker } from "./picker.js";
import { act, bus, forget, isLoved, loved, state, tell } from "./state.js";
import { toast } from "./toast.js";
import { trouble, waiting } from "./trouble.js";
import { dropZone } from "./bring.js";

const ENOUGH = 3;
const ROUNDS = 3;

/** Draw the first visit; `go()` opens the list. */
export function welcome(root, { go, shared }) {
	let round = 1;
	const tray = h("div", { class: "tray" });
	const wall = h("div", { class: "wall" });
	const title = h("h2", { id: "wall-title", tabindex: "-1" });
	const find = picker({
		label: "A title you love",
		hint: state.media.some((medium) => medium.name === "books") ? "Alien, Middlemarch, Amélie …" : "Alien, Amélie, Some Like It Hot …",
		isTaken: (work) => state.profile.has(work.item),
		onpick: (work) => love(work),
	});

	const love = (work) => {
		const entry = state.profile.get(work.item);
		if (entry && isLoved(entry)) return toast(`${natural(work.title)} is among yours already.`);
		act("like", work);
		say(`${natural(work.title)} added. ${count(loved().length, "work")}.`);
	};

	const bar = h("div", { class: "roundfoot" }); // stands in while the tray is out of sight
	const sight = new IntersectionObserver(([entry]) => bar.classList.toggle("away", entry.isIntersecting));
	const drawTray = () => {
		const mine = loved();
		const left = ENOUGH - mine.length;
		fill(tray,
			mine.length > 0 && h("ul", { class: "picked", "aria-label": "You love" }, mine.map((entry) => h("li", {},
				cover(entry, { small: true }), h("span", {}, short(entry.title ?? entry.item)),
				h("button", { class: "quiet", "aria-label": `Remove ${natural(entry.title ?? "")}`, onclick: () => {
					const undo = forget(entry);
					find.input.focus();
					toast(`${natural(entry.title)} removed.`, { undo });
				} }, icon("no"))))),
			h("div", { class: "onward" },
				button(null, left > 0 ? "Show my list" : "Show my list →", go, { class: "strong", disabled: left > 0 }),
				h("p", { class: "soft" }, left > 0 ? (mine.length ? `${count(left, "more")} and the list is yours.`.replace("mores", "more") : "Three are enough to begin.")
					: "Ready. Every further work sharpens it.")));
		fill(bar, button(null, "Show my list →", go, { class: "strong", disabled: left > 0 }),
			h("p", { class: "soft" }, left > 0 ? `${mine.length} of ${ENOUGH} chosen` : `${count(mine.length, "work")} chosen`), button(null, "Twelve others", onward, { class: "plainer" }));
		sight.disconnect();
		sight.observe(tray.querySelector(".onward"));
	};

	const drawRound = async () => {
		title.textContent = ["Which of these do you love?", "And among these?", "A last look: any of these?"][round - 1];
		fill(wall, waiting("covers", 12));
		let works;
		try {
			const media = state.media.map((medium) => medium.name);
			const answers = await Promise.all(media.map((medium) => get(`/items/start${query({ round, medium })}`)));
			const rows = Array.from({ length: Math.ceil(12 / media.length) }, (_, at) => answers.map((answer) => answer.items[at]));
			works = rows.flat().filter(Boolean); // the media in turn
		} catch (error) {
			fill(wall, trouble(error, drawRound));
			return;
		}
		fill(wall, h("ul", { class: "choices" }, works.map((work) => {
			const [name, aside] = parted(work.title);
			const pressed = () => { const entry = state.profile.get(work.item); return Boolean(entry && isLoved(entry)); };
			const toggle = h("button", { "aria-pressed": String(pressed()), "data-item": work.item, onclick: () => {
				if (pressed()) forget(state.profile.get(work.item));
				else act("like", work);
			} }, h("span", { class: "frame" }, cover(work), h("span", { class: "loved" }, icon("heart"))),
			h("span", { class: "under" }, h("span", { class: "name" }, name), soft([work.year, work.creators?.[0]].filter(Boolean).join(" · ")), aside && unseen(aside)));
			toggle.redraw = () => toggle.setAttribute("aria-pressed", String(pressed()));
			return h("li", {}, toggle);
		})));
	};

	const onward = () => {
		if (round === ROUNDS) return go();
		round += 1;
		drawSteps();
		drawTray();
		drawRound();
		title.focus({ preventScroll: true });
		document.getElementById("rounds").scrollIntoView({ block: "start" });
	};
	const steps = h("div", { class: "steps" });
	const drawSteps = () => fill(steps,
		soft(`Round ${round} of ${ROUNDS}`), button(null, round === ROUNDS ? "Enough, show my list" : "Show twelve others", onward, { class: "plainer" }));

	const redraw = () => {
		drawTray();
		wall.querySelectorAll("button[data-item]").forEach((toggle) => toggle.redraw());
	};
	bus.addEventListener("profile", redraw);

	const several = state.media.length > 1;
	const all = state.media.reduce((sum, medium) => sum + (medium.n_works ?? 0), 0);
	fill(root,
		h("section", { class: "hero" },
			h("div", { class: "pitch" },
				h("h1", {}, "Name three you love."),
				h("p", { class: "lead" }, shared ? "Somebody shared a way of searching with you. Name three works, and it searches from your taste."
					: `artrec finds ${several ? "what to turn to" : state.medium === "books" ? "what to read" : "what to watch"} next, and says why, so that you can argue with it.`),
				find.root, tray),
			h("aside", { class: "other" },
				h("h2", {}, "Have you kept count elsewhere?"),
				h("p", {}, "Bring your export from Letterboxd, Goodreads, IMDb, MovieLens or StoryGraph. It is read here and shown to you before anything is kept."),
				dropZone((file) => tell("bring", file)),
				h("p", {}, button(null, "Just looking? See what many people love", () => { state.browsing = true; go(); }, { class: "linklike" })))),
		h("section", { class: "rounds", id: "rounds", "aria-labelledby": "wall-title" },
			h("div", { class: "roundhead" }, title, steps), wall,
			bar, h("p", { class: "soft" }, `${all ? `${all.toLocaleString("en")} works in the catalogue. ` : ""}The twelve are chosen to tell tastes apart: well known, unlike each other, loved by some and not by others.`)));
	drawTray();
	drawSteps();
	drawRound();
	return () => bus.removeEventListener("profile", redraw);
}
