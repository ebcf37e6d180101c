// One work and those like it.

import { get } from "./api.js";
import { cover } from "./cover.js";
import { button, fill, h, icon, natural, parted, say } from "./dom.js";
import { act, bus, forget, remember, state } from "./state.js";
import { learn } from "./steer.js";
import { toast } from "./toast.js";
import { empty, trouble, waiting } from "./trouble.js";
import { SAID, mediumLabel, workItem } from "./work.js";

const ROWS = [["By", "creators"], ["Written by", "writers"], ["With", "cast"], ["Genres", "genres"], ["From", "countries"], ["Language", "languages"]];
const STANDS = { like: "You love it", seen: "You have seen it", not_interested: "Not for you", dislike: "You disliked it", want: "On your list", rating: "You rated it" };

/** Draw a work and its neighbours. */
export function nearView(root, { item }) {
	let work = null;
	let works = [];
	const top = h("section", { class: "one" });
	const ol = h("ol", { class: "works" });
	const below = h("section", { "aria-labelledby": "near-title" }, h("h2", { id: "near-title", class: "section" }, "More like this"), ol);

	const answer = (kind, each, li) => {
		const undo = act(kind, each);
		const place = [...ol.children].indexOf(li);
		const focused = li?.contains(document.activeElement);
		li?.remove();
		if (focused) (ol.children[Math.min(place, ol.children.length - 1)]?.querySelector(`[data-act="${kind}"]`) ?? top.querySelector("h1"))?.focus();
		toast(`${SAID[kind]} ${natural(each.title)}.`, { undo: () => { undo(); if (li) ol.insertBefore(li, ol.children[place] ?? null); } });
	};
	const own = (kind) => () => {
		const entry = state.profile.get(item);
		if (entry?.kind === kind) return toast("Taken back.", { undo: forget(entry) });
		toast(`${SAID[kind]} ${natural(work.title)}.`, { undo: act(kind, work) });
	};
	const drawTop = () => {
		const [name, aside] = parted(work.title);
		const entry = state.profile.get(item);
		const toggle = (kind, mark, words) => button(mark, words, own(kind), { "aria-pressed": String(entry?.kind === kind), "data-act": kind });
		fill(top, h("div", { class: "bigcover" }, cover(work)), h("div", { class: "about" },
			h("p", { class: "kicker" }, [mediumLabel(work.medium), work.year, work.minutes && `${work.minutes} min`].filter(Boolean).join(" · ")),
			h("h1", { tabindex: "-1" }, name), aside && h("p", { class: "aside" }, aside),
			h("dl", {}, ROWS.map(([label, key]) => work[key]?.length ? h("div", {}, h("dt", {}, label), h("dd", {}, work[key].slice(0, 8).join(", "))) : null)),
			work.series?.name && h("p", { class: "soft" }, `Part of ${work.series.name}${work.series.position ? `, no. ${work.series.position}` : ""}.`),
			h("div", { class: "acts", role: "group", "aria-label": "What do you say to it?" }, toggle("like", "heart", "Love it"), toggle("seen", "eye", "Seen it"), toggle("not_interested", "no", "Not for me")),
			entry && STANDS[entry.kind] && h("p", { class: "soft" }, `${STANDS[entry.kind]}${entry.kind === "rating" ? ` ${entry.value}` : ""}. Press again to take it back.`)));
	};
	const load = async () => {
		fill(top, waiting("one", 1));
		fill(ol, h("li", {}, waiting("rows", 3)));
		try {
			const path = `/item/${encodeURIComponent(item)}`;
			const [one, near] = await Promise.all([get(path), get(`${path}/neighbors?n=12`)]);
			work = { ...one, minutes: one.minutes ?? one.runtime_minutes };
			works = near.items.map((each) => ({ ...each, sure: null }));
		} catch (error) {
			fill(top, trouble(error, load));
			fill(ol);
			return;
		}
		remember(work);
		works.forEach(remember);
		learn(works);
		drawTop();
		const rest = works.filter((each) => !["not_interested"].includes(state.profile.get(each.item)?.kind));
		fill(ol, rest.map((each) => workItem(each, { say: answer, why: false })));
		if (!rest.length) fill(ol, h("li", {}, empty("Nothing is near it.", "Too few people and too little text connect this work to others.")));
		say(`${natural(work.title)}, and ${rest.length} works like it`);
		document.title = `${natural(work.title)} · artrec`;
	};
	const redraw = () => { if (work) { const had = top.contains(document.activeElement) && document.activeElement.dataset.act; drawTop(); if (had) top.querySelector(`[data-act="${had}"]`).focus(); } };
	bus.addEventListener("profile", redraw);
	fill(root, h("p", { class: "back" }, h("a", { href: "#/" }, "← Back to the list")), top, below);
	load();
	return () => bus.removeEventListener("profile", redraw);
}
