// One work in a list: cover, title, the reason, how sure, and what a person can say to it.

import { cover } from "./cover.js";
import { button, fill, h, icon, natural, parted, short, svg, unseen } from "./dom.js";
import { state } from "./state.js";
import { whyPanel } from "./why.js";

export const address = (view, item = "") => `#/${view}${item && `/${encodeURIComponent(item)}`}`;

const SURE = [
	[0.55, 4, "Quite sure"],
	[0.35, 3, "Fairly sure"],
	[0.15, 2, "A guess with reason"],
	[0, 1, "A long shot"],
];

/** How sure the list is, as a word and a small meter. */
function sure(value) {
	const [, bars, words] = SURE.find(([from]) => value >= from) ?? SURE.at(-1);
	return h("span", { class: "sure", title: "How far it stands above all other works for you, and how many you named; no probability" },
		svg("svg", { viewBox: "0 0 26 12" },
			[0, 1, 2, 3].map((at) => svg("rect", { x: at * 7, y: 8 - at * 2.6, width: 4.5, height: 4 + at * 2.6, rx: 1, class: at < bars ? "on" : "off" }))),
		words);
}

export const mediumLabel = (name) => {
	const label = state.media.find((medium) => medium.name === name)?.label ?? name ?? "";
	return { Films: "Film", Movies: "Film", Books: "Book", Artworks: "Work of art" }[label] ?? label;
};

/** "Ridley Scott · 1979 · Film · 117 min". */
export function facts(work) {
	return [
		(work.creators ?? []).slice(0, 2).join(", "), work.year, state.media.length > 1 && mediumLabel(work.medium),
		work.minutes && `${work.minutes}\u00a0min`, (work.genres ?? []).slice(0, 3).join(", "),
	].filter(Boolean).join(" · ");
}

/** The sentence of reason, own works set as titles. */
export function reason(work) {
	let rest = work.reason ?? "";
	if (!rest) return null;
	const parts = [];
	const own = (work.because ?? []).map((each) => [each.title, short(each.title)]).filter(([raw]) => raw);
	while (rest) {
		let best = null;
		for (const [raw, name] of own) {
			for (const form of new Set([raw, natural(raw), name])) {
				const at = rest.indexOf(form);
				if (at >= 0 && (!best || at < best.at || (at === best.at && form.length > best.form.length))) best = { at, form, name };
			}
		}
		if (!best) { parts.push(rest); break; }
		parts.push(rest.slice(0, best.at).replace(/[“"]$/, ""), h("cite", {}, best.name));
		rest = rest.slice(best.at + best.form.length).replace(/^[”"]/, "");
	}
	return h("p", { class: "reason" }, parts);
}

/** A list item for a work. `say(kind, work, li)` is called for seen, like and not_interested. */
export function workItem(work, { say: answer, why = true }) {
	const [name, aside] = parted(work.title);
	const id = `w-${work.item.replace(/[^\w-]/g, "_")}`;
	const panel = h("div", { class: "whyroom", id: `${id}-why`, hidden: true });
	const opener = why && button("why", "Why?", async () => {
		const is = panel.hidden;
		panel.hidden = !is;
		opener.setAttribute("aria-expanded", String(is));
		if (is) whyPanel(panel, work);
		else fill(panel);
	}, { "aria-expanded": "false", "aria-controls": panel.id, about: name, "data-act": "why" });
	const say = (kind) => () => answer(kind, work, li);
	const link = address("near", work.item);
	const li = h("li", { class: "work", "data-item": work.item },
		h("article", { "aria-labelledby": id },
			h("a", { class: "coverlink", href: link, tabindex: "-1", "aria-hidden": "true" }, cover(work)),
			h("div", { class: "body" },
				h("h2", { id }, h("a", { href: link }, name), aside && h("span", { class: "aside" }, " ", aside)),
				h("p", { class: "meta" }, facts(work)),
				reason(work),
				h("p", { class: "marks" },
					work.sure != null && sure(work.sure),
					work.popular && h("span", { class: "chip", title: "It is among the works that most people here like, and little of what it is speaks for it" }, "popular"),
					work.series && h("span", { class: "chip" }, work.series.position ? `${work.series.name}, no. ${work.series.position}` : work.series.name)),
				h("div", { class: "acts", role: "group", "aria-label": `What do you say to ${name}?` },
					button("heart", "Love it", say("like"), { "data-act": "like" }),
					button("eye", "Seen it", say("seen"), { "data-act": "seen" }),
					button("no", "Not for me", say("not_interested"), { "data-act": "not_interested" }),
					why && h("a", { class: "act", href: link, "data-act": "near" }, icon("near"), h("span", {}, "More like this"), unseen(`: ${name}`)),
					opener)),
			panel));
	li.dataset.rank = work.rank ?? "";
	return li;
}

export const SAID = { like: "You love", seen: "Noted as seen:", not_interested: "Not for you:" };

