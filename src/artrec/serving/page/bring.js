// Bringing an export from elsewhere: what was recognised is shown before anything is kept.

import { get, post } from "./api.js";
import { button, count, fill, h, icon, natural, say, short, soft } from "./dom.js";
import { begin, flush, newKey, send, state, tell, undoing } from "./state.js";
import { toast } from "./toast.js";
import { trouble, waiting } from "./trouble.js";

const PATIENCE = 30 * 60 * 1000; // an archive over a slow line
const SITES = { letterboxd: "Letterboxd", goodreads: "Goodreads", imdb: "IMDb", movielens: "MovieLens", storygraph: "StoryGraph", plain: "a plain table" };

/** A place to drop a file, which is also a button to choose one. */
export function dropZone(onfile) {
	const input = h("input", { type: "file", accept: ".csv,.zip,.tsv,.txt,text/csv,application/zip", onchange: () => { if (input.files[0]) onfile(input.files[0]); } });
	const zone = h("label", { class: "drop" }, icon("file"), h("span", {}, h("strong", {}, "Choose a file"), " or drop it here"), soft("CSV, or the zip as you got it"), input);
	const over = (is) => (event) => { event.preventDefault(); zone.classList.toggle("over", is); };
	zone.addEventListener("dragover", over(true));
	zone.addEventListener("dragleave", over(false));
	zone.addEventListener("drop", (event) => { over(false)(event); if (event.dataTransfer.files[0]) onfile(event.dataTransfer.files[0]); });
	return zone;
}

/** Draw the import; with a file it begins at once. */
export function bringView(root, { file = null, go }) {
	const body = h("div", {});
	const start = () => fill(body,
		h("p", { class: "lead" }, "From Letterboxd, Goodreads, IMDb, MovieLens, StoryGraph, or a table of your own with a title and a rating."), dropZone(read),
		h("details", { class: "howto" }, h("summary", {}, "Where do I find my export?"), h("dl", {},
			[["Letterboxd", "Settings, Data, Export your data. Take the zip as it is."], ["Goodreads", "My Books, Import and export, Export library."], ["IMDb", "Your ratings, the three dots, Export."],
				["MovieLens", "Your profile, Import and export."], ["StoryGraph", "Manage account, Export StoryGraph library."]].map(([site, way]) => h("div", {}, h("dt", {}, site), h("dd", {}, way))))));
	const ask = (chosen, store) => {
		const form = new FormData();
		form.append("file", chosen, chosen.name);
		form.append("store", String(store));
		return post("/import", form, { patience: PATIENCE });
	};
	const read = async (chosen) => {
		if (chosen.size > state.largest) return fill(body, h("div", { class: "notice", role: "alert" }, h("h2", {}, "That file is too large."), h("p", {}, `It may have ${Math.floor(state.largest / 1048576)} MB; an export of ratings has a few. Is it the right one?`)), dropZone(read));
		fill(body, h("p", { class: "lead" }, `Reading ${chosen.name} …`), waiting("lines", 5));
		try {
			show(chosen, await ask(chosen, false));
		} catch (error) {
			fill(body, trouble(error), dropZone(read));
		}
	};
	const show = (chosen, found) => {
		const choices = new Map();
		const n = found.matched.length;
		const keep = button(null, "", () => store(chosen, found, choices), { class: "strong" });
		const words = () => { keep.querySelector("span").textContent = `Keep ${count(n + [...choices.values()].filter(Boolean).length, "work")}`; keep.disabled = n + choices.size === 0; };
		const rate = (row) => (row.rating != null ? `${row.rating}` : row.liked ? "loved" : row.want ? "wanted" : row.seen ? "seen" : "");
		fill(body,
			h("h2", { class: "section", tabindex: "-1", id: "found" }, `${SITES[found.site] ?? found.site}: ${count(found.rows, "row")} read`),
			h("ul", { class: "counts" }, [["matched", "recognised"], ["ambiguous", "to decide"], ["unmatched", "not found"]].map(([key, label]) => h("li", {}, h("strong", {}, String((found.counts?.[key] ?? found[key].length).toLocaleString("en"))), ` ${label}`))),
			found.problems?.length > 0 && h("div", { class: "notice" }, h("p", {}, found.problems.slice(0, 5).map((each) => (typeof each === "string" ? each : each.problem ?? each.title ?? each.why ?? "")).join(" "))),
			found.ambiguous.length > 0 && h("section", {}, h("h3", {}, "Which of these did you mean?"), found.ambiguous.slice(0, 200).map((row) => h("fieldset", { class: "decide" }, h("legend", {}, `${natural(row.title)}${row.year ? ` (${row.year})` : ""}`),
				[...row.candidates, null].map((work) => h("label", {}, h("input", { type: "radio", name: `line-${row.line}`, checked: work === null, oninput: () => { if (work) choices.set(row, work); else choices.delete(row); words(); } }),
					h("span", {}, work ? [short(work.title), work.year && ` (${work.year})`, work.creators?.length ? soft(` ${work.creators.slice(0, 2).join(", ")}`) : null] : "None of them")))))),
			h("details", { open: found.matched.length < 30 }, h("summary", {}, `Recognised (${n})`), h("ul", { class: "plainlist cols" }, found.matched.slice(0, 500).map((row) => h("li", {}, h("cite", {}, short(row.title)), soft(` ${rate(row)}`))))),
			found.unmatched.length > 0 && h("details", {}, h("summary", {}, `Not found (${found.unmatched.length})`), h("ul", { class: "plainlist cols" }, found.unmatched.slice(0, 500).map((row) => h("li", {}, h("cite", {}, natural(row.title)), row.year && ` (${row.year})`, soft(` ${row.why ?? ""}`))))),
			h("div", { class: "keep" }, keep, button(null, "Keep nothing", () => { start(); say("Nothing was kept."); }, { class: "plainer" })),
			found.pool?.length > 0 && h("div", { class: "notice" }, h("p", {}, `Your watchlist holds ${count(found.pool.length, "work")} of this catalogue.`), button(null, "Choose from it tonight", async () => {
				await store(chosen, found, choices, true);
			}, { class: "plainer" })));
		words();
		body.querySelector("#found").focus();
		say(`${n} recognised, ${found.ambiguous.length} to decide, ${found.unmatched.length} not found`);
	};
	const store = async (chosen, found, choices, tonight = false) => {
		fill(body, waiting("lines", 3));
		const before = new Set([...state.profile.values()].flatMap((entry) => entry.keys));
		try {
			if (!(await get("/session")).person) state.person = (await post("/session")).person;
			await ask(chosen, true);
			const events = [...choices].map(([row, work]) => ({ key: newKey(), item: work.item, ...(row.rating != null ? { kind: "rating", value: row.rating } : row.liked ? { kind: "like" } : { kind: "seen" }) }));
			if (events.length) await send(events);
			await flush();
			await begin();
		} catch (error) {
			return fill(body, trouble(error, () => store(chosen, found, choices, tonight)));
		}
		if (tonight) state.pool = found.pool.slice(0, 5000);
		tell("profile");
		const added = [...state.profile.values()].filter((entry) => entry.keys.some((key) => !before.has(key)));
		toast(added.length ? `${count(added.length, "work")} kept.` : "You had brought these before; nothing changed.", added.length ? { stay: 20000, undo: async () => {
			await send(added.flatMap((entry) => entry.keys.filter((key) => !before.has(key)).map((key) => undoing(entry.item, key))));
			await begin();
			tell("profile");
			toast("The import is taken back.");
		} } : {});
		go();
	};
	fill(root, h("h1", { tabindex: "-1" }, "Bring what you have kept elsewhere"), body);
	start();
	if (file) read(file);
}
