// The page begins here: which view, which theme, and whether the service can be reached.

import { fill, h, icon, say } from "./dom.js";
import { begin, borrow, bus, decoded, flush, isNew, pending, reach, state } from "./state.js";
import { bringView } from "./bring.js";
import { listView } from "./list.js";
import { mineView } from "./mine.js";
import { nearView } from "./near.js";
import { tasteView } from "./taste.js";
import { themes } from "./theme.js";
import { toast } from "./toast.js";
import { trouble, waiting } from "./trouble.js";
import { welcome } from "./welcome.js";

const app = document.getElementById("app");
const main = document.getElementById("main");
const VIEWS = [["", "For you"], ["map", "Map"], ["taste", "Taste"], ["mine", "My data"]];
let leave = null;
let current = null;
let carried = null; // a file that was dropped before its view was there
const asked = new URL(location.href).searchParams;
const shared = asked.get("steering");

const go = () => { if (location.hash === "" || location.hash === "#/") show(); else location.hash = "#/"; };

/** The view that the address names. */
function route() {
	const [name = "", item = ""] = location.hash.replace(/^#\/?/, "").split("/").map((part) => { try { return decodeURIComponent(part); } catch { return ""; } });
	if (name === "" && isNew()) return ["start", ""];
	return [name, item];
}

async function show({ focus = true } = {}) {
	const [name, item] = route();
	leave?.();
	leave = null;
	current = name;
	const label = { ...Object.fromEntries(VIEWS.slice(1)), bring: "Bring a file" }[name];
	document.title = label ? `${label} · artrec` : "artrec: what to turn to next, and why";
	menu(name);
	app.className = `view-${name || "list"}`;
	const file = carried;
	carried = null;
	if (name === "start") leave = welcome(app, { go: enough, shared: Boolean(shared) });
	else if (name === "near" && item) leave = nearView(app, { item });
	else if (name === "taste") leave = tasteView(app);
	else if (name === "mine") leave = mineView(app, { go });
	else if (name === "bring") leave = bringView(app, { file, go });
	else if (name === "map") {
		fill(app, waiting("map", 1));
		const { mapView } = await import("./map.js");
		if (current !== "map") return;
		leave = mapView(app);
	} else leave = listView(app, { shared: Boolean(shared) });
	if (focus) {
		scrollTo(0, 0);
		const heading = app.querySelector("h1");
		heading?.setAttribute("tabindex", "-1");
		heading?.focus({ preventScroll: true });
	}
}

function enough() {
	if (location.hash === "#/start") location.hash = "#/";
	else show();
}

function menu(name) {
	fill(document.getElementById("views"), VIEWS.map(([view, label]) => h("a", { href: `#/${view}`, "aria-current": (view === name || (view === "" && ["start", "near", "bring"].includes(name))) && "page" }, label)));
}

/** A line under the head while the service cannot be reached. */
function connection() {
	const line = h("p", { class: "offline", role: "status" });
	document.querySelector(".top").after(line);
	const draw = () => {
		const away = !state.reachable || !navigator.onLine;
		line.hidden = !away;
		const waits = pending();
		line.textContent = away ? `${navigator.onLine ? "The service does not answer." : "You are offline."} ${waits ? "Your answers are kept here and sent later." : "What is on the page stays."}` : "";
	};
	bus.addEventListener("reach", draw);
	bus.addEventListener("profile", draw);
	addEventListener("offline", () => { reach(false); draw(); });
	addEventListener("online", () => { flush(); reach(true); draw(); say("You are online again."); });
	draw();
}

async function start() {
	const plain = document.getElementById("plain");
	themes();
	connection();
	app.hidden = false;
	plain.remove();
	state.steering = shared ? decoded(shared) : {};
	menu(route()[0]);
	fill(app, waiting("rows", 4));
	try {
		await begin();
		await borrow(asked.getAll("like"));
	} catch (error) {
		fill(app, h("h1", {}, "Not just now."), trouble(error, () => location.reload()));
		return;
	}
	addEventListener("hashchange", () => show());
	bus.addEventListener("bring", ({ detail }) => { carried = detail; if (location.hash === "#/bring") show(); else location.hash = "#/bring"; });
	bus.addEventListener("refused", ({ detail }) => toast(`${detail.message} ${detail.hint}`.trim()));
	await show({ focus: false });
}

start();
