// My data: everything that is kept, the ways to take it along, and the way to delete it for good.

import { BASE } from "./api.js";
import { cover } from "./cover.js";
import { button, count, fill, h, icon, natural, say, short, soft } from "./dom.js";
import { bus, forget, has, own, pending, state, vanish } from "./state.js";
import { toast } from "./toast.js";
import { empty, trouble } from "./trouble.js";
import { address } from "./work.js";

const GROUPS = [["You love", ["like", "rating"]], ["Seen", ["seen", "dislike"]], ["Wanted", ["want"]], ["Not for you", ["not_interested"]]];
const SAID = { like: "love", rating: "rating", seen: "seen", dislike: "disliked", want: "wanted", not_interested: "not for me" };

/** Draw the person's data. */
export function mineView(root, { go }) {
	const body = h("div", {});
	const dialog = h("dialog", { class: "ask", "aria-labelledby": "sure-title" });
	let filter = "";
	const word = (entry) => (entry.kind === "rating" ? `${entry.value}` : "");
	const line = (entry) => h("li", { "data-item": entry.item }, cover({ cover: {}, ...entry, title: entry.title ?? entry.item }, { small: true }),
		h("div", {}, h("a", { href: address("near", entry.item) }, short(entry.title ?? entry.item)), soft([entry.year, word(entry)].filter(Boolean).map((part) => ` · ${part}`).join(""))),
		h("button", { class: "quiet", "aria-label": `Take back: ${natural(entry.title ?? entry.item)}, ${SAID[entry.kind]}`, onclick: (event) => {
			const items = [...body.querySelectorAll(".own li")];
			const next = items[items.indexOf(event.target.closest("li")) + 1]?.dataset.item;
			const undo = forget(entry);
			toast(`${natural(entry.title ?? entry.item)} is taken out.`, { undo });
			(body.querySelector(`.own li[data-item="${CSS.escape(next ?? "")}"] button`) ?? root.querySelector("h1")).focus();
		} }, icon("no")));

	const lists = h("div", { class: "own" });
	const drawLists = () => {
		const entries = own().reverse().filter((entry) => natural(entry.title ?? "").toLowerCase().includes(filter.toLowerCase()));
		fill(lists, GROUPS.map(([title, kinds]) => {
			const some = entries.filter((entry) => kinds.includes(entry.kind));
			return some.length > 0 && h("section", {}, h("h2", { class: "section" }, `${title === "You love" && some.some((entry) => entry.kind === "rating") ? "Loved and rated" : title} `, soft(String(some.length))),
				h("ul", {}, some.slice(0, 300).map(line)), some.length > 300 && h("p", { class: "soft" }, `and ${some.length - 300} more; the search above finds them.`));
		}));
	};
	const file = (format, words) => h("li", {}, h("a", { class: "plainer", href: `${BASE}/api/user/me/export${format === "json" ? "" : `?format=${format}`}`, download: true }, icon("save"), h("span", {}, words)));
	const draw = () => {
		if (!own().length) {
			fill(body, empty("Nothing is kept about you.", state.person ? "There is a session without works. You may delete that too." : "There is not even a session. One begins, under a random number, when you name the first work.",
				h("a", { class: "strong", href: "#/start" }, "Name three works"), h("a", { class: "plainer", href: "#/bring" }, "Bring a file"),
				state.person && button(null, "Delete the session", confirm, { class: "plainer" })));
			return;
		}
		const search = h("input", { id: "own-search", type: "search", value: filter, oninput: () => { filter = search.value; drawLists(); } });
		drawLists();
		fill(body,
			h("p", { class: "lead" }, `${count(own().length, "work")} under a random number: no name, no e-mail, no address. It is stored where this service runs and read by nothing else.`),
			pending() > 0 && h("p", { class: "notice" }, `${count(pending(), "answer")} wait on this device until the service can be reached.`),
			h("div", { class: "mine" }, h("div", {}, own().length > 12 && h("div", { class: "filter" }, h("label", { for: "own-search" }, "Search among yours"), search), lists),
				h("aside", {}, h("h2", { class: "section" }, "Take it along"), h("ul", { class: "files" }, file("json", "Everything, as JSON"), file("csv", "Works, as a table (CSV)"), has("movies") && file("letterboxd", "For Letterboxd"), has("books") && file("goodreads", "For Goodreads")),
					h("h2", { class: "section" }, "Bring more"), h("p", {}, h("a", { class: "plainer", href: "#/bring" }, icon("file"), h("span", {}, "Bring a file"))),
					h("h2", { class: "section" }, "Delete it"), h("p", {}, "Every answer, the session and what this device remembers. It cannot be brought back."), button(null, "Delete everything", confirm, { class: "danger" }))));
	};
	const confirm = () => {
		const opener = document.activeElement;
		const yes = button(null, "Delete for good", async () => {
			yes.disabled = true;
			try {
				await vanish();
				dialog.close();
				say("Everything is deleted.");
				toast("Everything is deleted. Nothing is kept of you.");
				go();
			} catch (error) {
				fill(dialog, trouble(error), button(null, "Close", () => dialog.close(), { class: "plainer" }));
			}
		}, { class: "danger" });
		fill(dialog, h("h2", { id: "sure-title" }, "Delete everything for good?"), h("p", {}, `${count(own().length, "work")} and the session go, here and at the service. There is no way back; you may want to take your data along first.`),
			h("div", { class: "row" }, yes, button(null, "Keep it", () => dialog.close(), { class: "plainer", autofocus: true })));
		dialog.addEventListener("close", () => opener?.isConnected && opener.focus(), { once: true });
		dialog.showModal();
	};
	fill(root, h("h1", { tabindex: "-1" }, "My data"), body, dialog);
	draw();
	const redraw = () => { if (body.querySelector(".own") && own().length) { drawLists(); body.querySelector(".lead").firstChild.textContent = `${count(own().length, "work")} under a random number: no name, no e-mail, no address. It is stored where this service runs and read by nothing else.`; } else draw(); };
	bus.addEventListener("profile", redraw);
	return () => bus.removeEventListener("profile", redraw);
}
