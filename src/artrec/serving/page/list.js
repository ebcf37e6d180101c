// The list: what comes next for this person, and what they say to it.

import { BASE, query } from "./api.js";
import { button, calm, count, fill, h, icon, later, natural, say, short } from "./dom.js";
import { act, bus, compact, encoded, has, isNew, keep, lent, loved, met, newKey, recommend, send, state } from "./state.js";
import { isSteered, learn, steerPanel, writeAddress } from "./steer.js";
import { toast } from "./toast.js";
import { empty, trouble, waiting } from "./trouble.js";
import { SAID, workItem } from "./work.js";

const SHOWN = 18;
const SPARE = 12;

/** Draw the list and keep it true; returns what undoes the listening. */
export function listView(root, { shared }) {
	let works = []; // what is shown, then what waits to move up
	let shown = SHOWN;
	let list = null;
	let asked = null;
	const ol = h("ol", { class: "works" });
	const foot = h("div", { class: "listfoot" });
	const head = h("div", { class: "listhead" });
	const note = h("div", {});
	const origin = h("div", {});
	const panel = steerPanel(() => refresh());
	const aside = h("aside", { class: "steer", id: "steer", "aria-label": "Settings of the list" }, panel);
	const opener = button("tune", "Tune", () => {
		const is = aside.classList.toggle("open");
		opener.setAttribute("aria-expanded", String(is));
	}, { class: "plainer tuner", "aria-expanded": "false", "aria-controls": "steer" });

	const basis = () => {
		const names = loved().slice(-3).reverse().map((entry) => h("cite", {}, short(entry.title ?? entry.item)));
		const others = state.profile.size - names.length;
		if (others) names.push(count(others, names.length ? "other" : "work"));
		return [state.pool ? "From your watchlist, by " : "Chosen by ", names.map((name, at) => [at > 0 && (at === names.length - 1 ? " and " : ", "), name]), "."];
	};
	const drawHead = () => {
		const n = loved().length;
		fill(head,
			h("div", {}, h("h1", { tabindex: "-1" }, n ? "For you" : "Loved by many"),
				h("p", { class: "lead" }, n ? basis()
					: "This is what most people love; it is nobody's taste in particular.", !n && h("a", { href: "#/start" }, " Name three works to make it yours."))),
			h("div", { class: "headacts" }, opener,
				h("details", { class: "menu" }, h("summary", { class: "plainer" }, icon("save"), h("span", {}, "Take along")),
					h("ul", {}, [["csv", "As a table (CSV)"], has("movies") && ["letterboxd", "As a Letterboxd list"], has("books") && ["goodreads", "As a Goodreads shelf"]].filter(Boolean).map(([format, words]) =>
						h("li", {}, h("a", { href: `${BASE}/api/recommend/me/export${query({ format, n: 100, medium: format === "csv" ? state.medium : "", steering: encoded(compact(state.steering)) })}`, download: true }, words)))))));
		head.querySelector("details").hidden = !n || !state.person || lent().length > 0;
		drawOrigin();
	};
	const drawOrigin = () => fill(origin,
		lent().length > 0 && h("div", { class: "notice" }, h("p", {}, "This list is made from works that the address names. Nothing of it is kept."), button("heart", "Keep them as mine", () => {
			const undo = keep();
			writeAddress();
			drawHead();
			head.querySelector("h1").focus();
			toast("They are yours now.", { undo });
		}, { class: "plainer" })),
		state.passedOver > 0 && h("p", { class: "notice" }, `The address names ${count(state.passedOver, "work")}; this list is made from your own.`));
	const drawFoot = () => fill(foot, works.length > shown || list?.next_offset
		? button(null, "Show more", more, { class: "plainer" })
		: works.length > 0 && h("p", { class: "soft" }, "That is all that fits. Fewer filters bring more."),
	list && !list.fallback && works.length > 0 && h("p", { class: "soft small" }, "How sure: how far a work stands above all others for you, and how many works you named. It is no probability."));

	const drawList = (move) => {
		const places = new Map(move && !calm() ? [...ol.children].map((li) => [li.dataset.item, li.getBoundingClientRect().top]) : []);
		const old = new Map([...ol.children].map((li) => [li.dataset.item, li]));
		const next = works.slice(0, shown).map((work, at) => {
			const kept = old.get(work.item);
			if (kept && (kept.reasonText === work.reason || kept.contains(document.activeElement) || kept.querySelector(".whyroom:not([hidden])"))) return kept;
			const li = workItem({ ...work, rank: at + 1, sure: list?.fallback ? null : work.sure }, { say: answer });
			li.reasonText = work.reason;
			return li;
		});
		// moving only what must move keeps the focus where it is
		next.forEach((li, at) => { if (ol.children[at] !== li) ol.insertBefore(li, ol.children[at] ?? null); });
		while (ol.children.length > next.length) ol.lastChild.remove();
		for (const li of next) {
			const was = places.get(li.dataset.item);
			const is = li.getBoundingClientRect().top;
			if (was !== undefined && Math.abs(was - is) > 2 && Math.abs(was - is) < 2500) li.animate([{ transform: `translateY(${was - is}px)` }, { transform: "none" }], { duration: 220, easing: "ease-out" });
			else if (was === undefined && places.size) li.animate([{ opacity: 0 }, { opacity: 1 }], 260);
		}
		drawFoot();
		watch();
	};

	const refresh = async ({ quiet = false } = {}) => {
		asked?.abort();
		asked = new AbortController();
		const { signal } = asked;
		if (!ol.children.length) fill(ol, waiting("rows", 4).childNodes.length ? h("li", { class: "wait" }, waiting("rows", 4)) : null);
		if (!quiet) ol.setAttribute("aria-busy", "true");
		try {
			list = await recommend({ n: shown + SPARE, signal });
		} catch (error) {
			if (signal.aborted) return;
			ol.removeAttribute("aria-busy");
			if (!works.length) fill(ol);
			// the line at the head says that one is offline; what is shown stays
			fill(note, works.length && !navigator.onLine ? null : trouble(error, () => refresh()));
			return;
		}
		ol.removeAttribute("aria-busy");
		ol.querySelectorAll(".wait").forEach((each) => each.remove());
		works = list.items.filter((work) => !met(work.item));
		learn(works);
		fill(note, list.fallback && loved().length > 0 && h("div", { class: "notice" }, h("p", {}, "Too little is known of your works to go by taste alone yet; this is what many people love. One or two more will do.")));
		if (!works.length) fill(note, empty("Nothing fits.", isSteered() ? "No work passes all of these filters at once." : "There is nothing left to recommend.",
			isSteered() && button("undo", "Take the filters away", () => { state.steering = {}; panel.redraw(); refresh(); }, { class: "plainer" })));
		if (!panel.contains(document.activeElement)) panel.redraw();
		drawHead();
		drawList(true);
		if (!quiet) say(`${count(works.slice(0, shown).length, "work")} in the list. ${works[0] ? `First: ${natural(works[0].title)}.` : ""}`);
	};

	const more = async () => {
		const from = ol.children.length;
		shown += SHOWN;
		if (works.length < shown && list?.next_offset) await refresh({ quiet: true });
		else drawList(false);
		ol.children[from]?.querySelector("h2 a")?.focus();
	};

	const answer = (kind, work, li) => {
		const at = works.findIndex((each) => each.item === work.item);
		const place = [...ol.children].indexOf(li);
		const undo = act(kind, work, list?.list_id ? { list_id: list.list_id, position: work.rank } : {});
		works.splice(at, 1);
		const focused = li.contains(document.activeElement);
		li.remove();
		drawHead();
		drawList(true);
		if (focused) (ol.children[Math.min(place, ol.children.length - 1)]?.querySelector(`[data-act="${kind}"]`) ?? head.querySelector("h1")).focus({ preventScroll: true });
		toast(`${SAID[kind]} ${natural(work.title)}.`, {
			undo: () => { undo(); works.splice(at, 0, work); drawHead(); drawList(true); ol.children[place]?.querySelector("h2 a")?.focus({ preventScroll: true }); },
			more: kind === "seen" ? { words: "I loved it", run: () => answerSeen(work) } : null,
		});
	};
	const answerSeen = (work) => toast(`You love ${natural(work.title)}.`, { undo: act("like", work) });

	// what was in sight for a second, told once a list; only where there is a session
	const told = new Set();
	const watcher = new IntersectionObserver((entries) => {
		for (const { target, isIntersecting } of entries) {
			clearTimeout(target.sight);
			if (isIntersecting) target.sight = setTimeout(() => {
				const key = `${list?.list_id} ${target.dataset.item}`;
				if (!state.person || !list?.list_id || told.has(key)) return;
				told.add(key);
				sights.push({ key: newKey(), item: target.dataset.item, kind: "impression", list_id: list.list_id, position: Number(target.dataset.rank) });
				tellSights();
			}, 1000);
		}
	}, { threshold: 0.6 });
	ol.addEventListener("click", (event) => {
		const li = event.target.closest('a[href^="#/near/"]')?.closest(".work");
		if (li && state.person && list?.list_id) send([{ key: newKey(), item: li.dataset.item, kind: "click", list_id: list.list_id, position: Number(li.dataset.rank) }]);
	});
	let sights = [];
	const tellSights = later(() => { const some = sights; sights = []; send(some); }, 3000);
	const watch = () => { watcher.disconnect(); [...ol.children].forEach((li) => watcher.observe(li)); };

	const soon = later(() => refresh({ quiet: true }), 500);
	bus.addEventListener("stored", soon);
	bus.addEventListener("reach", soon);
	fill(root, head, h("div", { class: "columns" }, h("div", { class: "mainlist" },
		shared && isNew() === false && !loved().length ? h("p", { class: "notice" }, "This link carries settings for the list, and nothing of the person who shared it.") : null, origin, note, ol, foot), aside));
	drawHead();
	refresh();
	return () => {
		asked?.abort();
		watcher.disconnect();
		bus.removeEventListener("stored", soon);
		bus.removeEventListener("reach", soon);
	};
}
