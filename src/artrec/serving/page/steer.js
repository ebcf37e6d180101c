// Sliders and filters. What they say stands in the address, so that a link shares it; nothing of the person does.

import { button, count, fill, h, icon, later, say } from "./dom.js";
import { mediumChoice } from "./media.js";
import { compact, encoded, lent, state, tell } from "./state.js";
import { toast } from "./toast.js";

const SLIDERS = [
	["surprise", "Familiar", "Surprising", "How far from what you know"],
	["hidden", "Popular", "Hidden", "How little known"],
	["diversity", "Of a kind", "Varied", "How unlike each other"],
];
const LENGTHS = [
	["", "Any length"], ["0-90", "Up to 90 minutes"], ["0-120", "Up to 2 hours"], ["90-150", "90 to 150 minutes"], ["150-1000", "Over 2½ hours"],
];
const seenGenres = new Set();
const seenCreators = new Map();

/** Learn the names that filters offer from the works that come along. */
export function learn(works) {
	for (const work of works) {
		for (const genre of work.genres ?? []) seenGenres.add(genre);
		for (const name of work.creators ?? []) seenCreators.set(name, (seenCreators.get(name) ?? 0) + 1);
	}
}

/** This page's address with the steering in it and nothing else. */
function shareable() {
	const url = new URL(location.href);
	const text = encoded(compact(state.steering));
	url.search = "";
	if (text) url.searchParams.set("steering", text);
	return url;
}

/** Put the steering into the address, without a new entry in the history; lent works stay there. */
export function writeAddress() {
	const url = shareable();
	for (const { item } of lent()) url.searchParams.append("like", item);
	history.replaceState(history.state, "", url);
}

export const isSteered = () => Object.keys(compact(state.steering)).length > 0;

/** The panel; `changed()` is called, a moment after the last move, to fetch the list anew. */
export function steerPanel(changed) {
	const root = h("div", { class: "steering" });
	const soon = later(() => { writeAddress(); changed(); }, 130);
	const setting = (values) => { Object.assign(state.steering, values); soon(); };
	const leaving = (kind) => state.steering.leave_out?.[kind] ?? [];
	const leave = (kind, name, is) => {
		const names = leaving(kind).filter((each) => each !== name);
		state.steering.leave_out = { ...state.steering.leave_out, [kind]: is ? [...names, name] : names };
		say(is ? `${name} left out` : `${name} allowed`);
		soon();
	};

	const slider = ([name, low, high, about]) => {
		const input = h("input", { type: "range", min: 0, max: 1, step: 0.05, id: `s-${name}`, value: String(state.steering[name] ?? 0), "aria-label": `${about}: ${low} to ${high}`,
			oninput: () => { words(); setting({ [name]: Number(input.value) }); } });
		const words = () => input.setAttribute("aria-valuetext", input.value === "0" ? low : input.value === "1" ? high : `${Math.round(input.value * 100)}% towards ${high.toLowerCase()}`);
		words();
		return h("div", { class: "slider" }, input, h("div", { class: "ends", "aria-hidden": "true" }, h("span", {}, low), h("span", {}, high)));
	};

	const medium = () => state.media.find((each) => each.name === state.medium) ?? {};
	const years = () => {
		const [first, last] = medium().years ?? [1890, new Date().getFullYear()];
		const field = (at, label) => h("input", { type: "number", inputmode: "numeric", min: first, max: last, "aria-label": label, placeholder: String([first, last][at]),
			value: state.steering.years ? String(state.steering.years[at]) : "", oninput: (event) => {
				const box = event.target.closest(".years");
				const [from, to] = [...box.querySelectorAll("input")].map((each) => each.value.trim());
				const good = (text) => text === "" || (/^-?\d{3,4}$/.test(text) && Number(text) <= 2100);
				if (!good(from) || !good(to)) return;
				const pair = [from === "" ? first : Number(from), to === "" ? last : Number(to)];
				const wrong = pair[0] > pair[1];
				event.target.setAttribute("aria-invalid", String(wrong));
				if (!wrong) setting({ years: from === "" && to === "" ? null : pair });
			} });
		return h("div", { class: "years" }, field(0, "From year"), h("span", { "aria-hidden": "true" }, "to"), field(1, "To year"));
	};
	const length = () => {
		if (medium().minutes === null || state.medium === "books") return null;
		const chosen = state.steering.minutes?.join("-") ?? "";
		return h("label", { class: "length" }, h("span", {}, "Length"), h("select", { oninput: (event) => setting({ minutes: event.target.value ? event.target.value.split("-").map(Number) : null }) },
			LENGTHS.map(([value, words]) => h("option", { value, selected: value === chosen }, words))));
	};
	const genres = () => {
		const names = [...new Set([...(medium().genres ?? [...seenGenres].sort()), ...leaving("genres")])];
		if (!names.length) return null;
		return h("fieldset", {}, h("legend", {}, "Leave out"), h("div", { class: "chips" }, names.map((name) => {
			const chip = h("button", { class: "chip pick", "aria-pressed": String(leaving("genres").includes(name)), onclick: () => {
				const is = chip.getAttribute("aria-pressed") !== "true";
				chip.setAttribute("aria-pressed", String(is));
				leave("genres", name, is);
			} }, name);
			return chip;
		})));
	};
	const creators = () => {
		const names = leaving("creators");
		const input = h("input", { type: "text", id: "s-creator", list: "s-creators", maxlength: 100, autocomplete: "off" });
		const put = (event) => {
			event.preventDefault();
			const name = input.value.trim();
			if (!name) return;
			leave("creators", name, true);
			draw();
			root.querySelector("#s-creator").focus();
		};
		return h("form", { class: "creators", onsubmit: put },
			h("label", { for: "s-creator" }, "Leave out works by"),
			h("div", { class: "row" }, input, h("button", { type: "submit", "aria-label": "Leave this creator out" }, icon("plus"))),
			h("datalist", { id: "s-creators" }, [...seenCreators.keys()].sort().slice(0, 400).map((name) => h("option", { value: name }))),
			names.length > 0 && h("ul", { class: "chips" }, names.map((name) => h("li", {}, h("button", { class: "chip pick", "aria-pressed": "true", "aria-label": `${name}: left out. Allow again`, onclick: () => {
				leave("creators", name, false);
				draw();
				root.querySelector("#s-creator").focus();
			} }, name)))));
	};
	const media = () => mediumChoice(state.medium, (name) => {
		state.medium = name;
		draw();
		root.querySelector(".media :checked").focus();
		soon();
	}, { all: true });

	const copy = async () => {
		writeAddress();
		const url = shareable();
		url.hash = "";
		try {
			await navigator.clipboard.writeText(url.href);
			toast("The link is copied. It holds these settings and nothing of you.");
		} catch {
			toast(`Copy this address: ${url.href}`, { stay: 30000 });
		}
	};
	const reset = () => {
		const before = state.steering;
		state.steering = {};
		draw();
		soon();
		toast("All settings are back where they began.", { undo: () => { state.steering = before; draw(); soon(); } });
	};
	const draw = () => fill(root, media(),
		h("fieldset", { class: "sliders" }, h("legend", {}, "Mood"), SLIDERS.map(slider)),
		h("fieldset", {}, h("legend", {}, "Years"), years()), length(), genres(), creators(),
		state.pool && h("p", { class: "pool" }, `Only from your watchlist (${count(state.pool.length, "work")}). `, button(null, "From everything", () => { state.pool = null; tell("profile"); draw(); soon(); }, { class: "linklike" })),
		h("p", { class: "steerfoot" }, button("link", "Copy link", copy, { class: "quiet" }), button("undo", "Reset", reset, { class: "quiet" })));
	draw();
	root.redraw = draw;
	return root;
}
