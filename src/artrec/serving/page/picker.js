// Search as you type: an ARIA combobox over the catalogue.

import { get, query } from "./api.js";
import { cover } from "./cover.js";
import { count, fill, h, icon, later, natural, say, soft } from "./dom.js";
import { state } from "./state.js";

let serial = 0;

/** A search field; `onpick(work)` is called with what was chosen. */
export function picker({ label, hint, onpick, isTaken = () => false }) {
	const id = `pick-${++serial}`;
	let works = [];
	let at = -1;
	let asked = null;
	const input = h("input", {
		id, type: "text", role: "combobox", "aria-expanded": "false", "aria-controls": `${id}-list`, "aria-autocomplete": "list",
		autocomplete: "off", autocapitalize: "none", spellcheck: "false", maxlength: 100, placeholder: hint, enterkeyhint: "search",
	});
	const list = h("ul", { id: `${id}-list`, role: "listbox", "aria-label": label, class: "options", hidden: true });
	const note = h("p", { class: "options none", hidden: true });
	const root = h("div", { class: "picker" }, h("label", { for: id }, label), h("div", { class: "field" }, icon("search"), input, list, note));

	const open = (is) => {
		list.hidden = !is;
		input.setAttribute("aria-expanded", String(is));
		if (!is) { at = -1; input.removeAttribute("aria-activedescendant"); }
	};
	const close = () => { open(false); note.hidden = true; };
	const mark = (to) => {
		at = (to + works.length) % works.length;
		[...list.children].forEach((option, place) => option.setAttribute("aria-selected", String(place === at)));
		input.setAttribute("aria-activedescendant", `${id}-${at}`);
		list.children[at].scrollIntoView({ block: "nearest" });
	};
	const choose = (place) => {
		const work = works[place];
		if (!work) return;
		input.value = "";
		works = [];
		close();
		input.focus();
		onpick(work);
	};
	const show = () => {
		fill(list, works.map((work, place) => h("li", {
			id: `${id}-${place}`, role: "option", "aria-selected": "false",
			onpointerdown: (event) => event.preventDefault(), onclick: () => choose(place),
		}, cover(work, { small: true }), h("span", { class: "name" }, natural(work.title)),
		soft([work.year, (work.creators ?? []).slice(0, 2).join(", ")].filter(Boolean).join(" · ")),
		isTaken(work) && h("span", { class: "chip" }, "yours"))));
		open(works.length > 0);
		at = -1;
	};
	const search = later(async () => {
		const text = input.value.trim();
		asked?.abort();
		if (!text) { works = []; return close(); }
		asked = new AbortController();
		try {
			const answer = await get(`/items${query({ q: text, n: 8, medium: state.media.length > 1 ? "" : state.medium })}`, { signal: asked.signal });
			if (input.value.trim() !== text) return;
			works = answer.items;
			show();
			note.hidden = works.length > 0;
			if (works.length) say(`${count(works.length, "work")}. Arrow keys choose, Enter takes.`);
			else { note.textContent = `Nothing in the catalogue is called “${text}”.`; say(note.textContent); }
		} catch (error) {
			if (error.name === "AbortError") return;
			works = [];
			open(false);
			note.textContent = `${error.message} ${error.hint ?? ""}`;
			note.hidden = false;
			say(note.textContent);
		}
	}, 90);

	input.addEventListener("input", search);
	input.addEventListener("focus", () => { if (works.length) open(true); });
	input.addEventListener("blur", close);
	input.addEventListener("keydown", (event) => {
		const isOpen = !list.hidden;
		if (event.key === "ArrowDown" && works.length) { open(true); mark(at + 1); }
		else if (event.key === "ArrowUp" && works.length) { open(true); mark(at < 0 ? works.length - 1 : at - 1); }
		else if (event.key === "Enter" && isOpen) choose(Math.max(at, 0));
		else if (event.key === "Escape" && (isOpen || input.value)) { if (!isOpen) input.value = ""; close(); }
		else return;
		event.preventDefault();
	});
	return { root, input };
}
