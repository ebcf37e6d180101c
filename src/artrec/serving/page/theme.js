// Light or dark: the system's choice holds until the switch is used.

import { fill, h, icon } from "./dom.js";

const root = document.documentElement;
const system = matchMedia("(prefers-color-scheme: dark)");

export const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);

/** Draw the switch. */
export function themes() {
	const tools = document.getElementById("tools");
	const draw = () => {
		const words = isDark() ? "Light theme" : "Dark theme";
		fill(tools, h("button", { class: "quiet", "aria-label": words, title: words, onclick: () => {
			root.dataset.theme = isDark() ? "light" : "dark";
			try { localStorage.setItem("artrec.theme", root.dataset.theme); } catch { /* forbidden */ }
			draw();
			document.dispatchEvent(new Event("artrec-theme"));
			tools.firstChild.focus();
		} }, icon(isDark() ? "sun" : "moon")));
	};
	system.addEventListener("change", draw);
	draw();
}
