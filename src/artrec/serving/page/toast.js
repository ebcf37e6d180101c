// Short notes at the foot of the window, with the way back.

import { button, calm, h, icon } from "./dom.js";

const STAY = 9000;

/** Show a note; `undo` takes back what it tells of. It stays while it is pointed at or focused. */
export function toast(words, { undo, more, stay = STAY } = {}) {
	const box = document.getElementById("toasts");
	while (box.children.length > 1) box.firstChild.remove();
	let timer = 0;
	const close = () => {
		clearTimeout(timer);
		if (note.contains(document.activeElement)) document.getElementById("main").focus({ preventScroll: true });
		note.remove();
	};
	const note = h(
		"div",
		{ class: "toast", role: "status" },
		h("p", {}, words),
		more && button(null, more.words, () => { close(); more.run(); }, { class: "quiet" }),
		undo && button("undo", "Undo", () => { close(); undo(); }, { class: "quiet", "data-undo": true }),
		h("button", { class: "quiet close", "aria-label": "Close this note", onclick: close }, icon("no")),
	);
	const wait = () => { clearTimeout(timer); timer = setTimeout(close, stay); };
	const hold = () => clearTimeout(timer);
	note.addEventListener("mouseenter", hold);
	note.addEventListener("mouseleave", wait);
	note.addEventListener("focusin", hold);
	note.addEventListener("focusout", wait);
	box.append(note);
	if (!calm()) note.animate([{ transform: "translateY(12px)", opacity: 0 }, { transform: "none", opacity: 1 }], 160);
	wait();
	return close;
}
