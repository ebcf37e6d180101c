// Why a work is in the list: what each part adds, bar by bar, until the score is reached.

import { button, count, fill, h, short, soft, svg } from "./dom.js";
import { reasons } from "./state.js";
import { trouble, waiting } from "./trouble.js";

const number = (value) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(2)}`;
const signed = (value) => value.toFixed(2).replace("-", "−");
const MOST = 6;

/** Fill a panel with the explanation of a work. */
export async function whyPanel(panel, work) {
	fill(panel, waiting("lines", 4));
	try {
		draw(panel, work, await reasons(work.item));
	} catch (error) {
		fill(panel, trouble(error, () => whyPanel(panel, work)));
	}
}

/** Steps of the sum, the largest first; the small ones together, so that nothing is left out. */
export function stepsOf(answer, most = MOST) {
	const steps = answer.parts.map((part) => ({ label: part.label[0].toUpperCase() + part.label.slice(1), amount: part.contribution, works: part.works ?? [] }));
	const rest = steps.length > most + 1 ? steps.splice(most) : [];
	if (rest.length) steps.push({ label: `${rest.length} smaller parts`, amount: rest.reduce((sum, step) => sum + step.amount, 0), works: [], isRest: true });
	let running = answer.base;
	for (const step of steps) { step.from = running; running += step.amount; }
	return steps;
}

/** Where the score stands among those of all works. */
const standing = ({ place, of, middle }) => (of > 1 ? `By it this work is number ${place.toLocaleString("en")} of the ${count(of, "work")} you do not know; half of them stand below ${signed(middle)}.` : "");

function draw(panel, work, answer, most = MOST) {
	const steps = stepsOf(answer, most);
	const marks = [answer.base, answer.score, ...steps.map((step) => step.from)];
	const low = Math.min(...marks);
	const span = Math.max(...marks) - low || 1;
	const x = (value) => `${(((value - low) / span) * 96 + 2).toFixed(2)}%`;
	const bar = (from, to, kind) => svg("svg", { class: "bar", width: "100%", height: 16 },
		svg("line", { x1: x(answer.base), x2: x(answer.base), y1: -8, y2: 24, class: "zero" }),
		svg("rect", { x: x(Math.min(from, to)), width: `${Math.max((Math.abs(to - from) / span) * 96, 0.4).toFixed(2)}%`, y: 3, height: 10, rx: 2, class: kind ?? (to < from ? "less" : "more") }));
	const row = (step) => h("tr", {}, h("th", { scope: "row" }, step.label,
		step.isRest && [" ", button(null, "show", () => { draw(panel, work, answer, Infinity); panel.querySelector("table").focus(); }, { class: "linklike small", about: "all parts" })],
		step.works.length > 0 && h("span", { class: "own" }, step.works.slice(0, 3).map((each, at) => [at > 0 && ", ", h("a", { href: `#/near/${encodeURIComponent(each.item)}` }, h("cite", {}, short(each.title))), ` ${number(each.contribution)}`]))),
	h("td", { class: "bars" }, bar(step.from, step.from + step.amount)), h("td", { class: "amount" }, number(step.amount)));
	fill(panel,
		h("table", { class: "why", tabindex: "-1" },
			h("caption", {}, "What speaks for ", h("cite", {}, short(work.title)), soft(" Each line adds to the one above, from where every work begins to its score. Of a score only the order counts. ", standing(answer))),
			h("thead", { class: "unseen" }, h("tr", {}, h("th", { scope: "col" }, "Part"), h("th", { scope: "col" }, "Bar"), h("th", { scope: "col" }, "Adds"))),
			h("tbody", {}, Math.abs(answer.base) > 5e-5 && h("tr", { class: "soft" }, h("th", { scope: "row" }, "Where every work begins"), h("td", { class: "bars" }, bar(answer.base, answer.base, "none")), h("td", { class: "amount" }, signed(answer.base))), steps.map(row)),
			h("tfoot", {}, h("tr", {}, h("th", { scope: "row" }, "Score"), h("td", { class: "bars" }, bar(answer.base, answer.score, "whole")), h("td", { class: "amount" }, signed(answer.score))))));
}
