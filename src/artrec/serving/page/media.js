// Which medium a view shows, where there are several.

import { h } from "./dom.js";
import { loved, state } from "./state.js";

let serial = 0;

/** The medium of a view that shows one: the one chosen, else that of most loved works. */
export function likeliest() {
	const most = (name) => loved().filter((entry) => entry.item.startsWith(`${name}:`)).length;
	return state.medium || [...state.media].sort((a, b) => most(b.name) - most(a.name))[0].name;
}

/** Choices of a medium; nothing where there is only one. `pick(name)` is called with another. */
export function mediumChoice(current, pick, { all = false } = {}) {
	if (state.media.length < 2) return null;
	const name = `medium-${++serial}`;
	return h("fieldset", { class: "media" }, h("legend", {}, "Medium"), h("div", { class: "segments" }, [...(all ? [{ name: "", label: "All" }] : []), ...state.media].map((each) => h("label", {},
		h("input", { type: "radio", name, value: each.name, checked: each.name === current, oninput: () => pick(each.name) }), h("span", {}, each.label)))));
}
