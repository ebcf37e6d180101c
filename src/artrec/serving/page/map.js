// The map of taste: works as points, near each other where the same people love them.

import { get, query } from "./api.js";
import { button, calm, count, fill, h, icon, natural, say, short, soft, unseen } from "./dom.js";
import { likeliest, mediumChoice } from "./media.js";
import { picker } from "./picker.js";
import { act, isLoved, recommend, state } from "./state.js";
import { toast } from "./toast.js";
import { trouble, waiting } from "./trouble.js";
import { isDark } from "./theme.js";
import { address } from "./work.js";

const MARGIN = 1.12;
const CLOSEST = 40;

/** Draw the map. */
export function mapView(root) {
	const body = h("div", {});
	fill(root, h("h1", { tabindex: "-1" }, "The map"),
		h("p", { class: "lead" }, "Each point is a work, coloured by its first genre; those that the same people love lie near each other. The directions themselves mean nothing."), mediumChoice(likeliest(), (name) => { medium = name; load(); }), body);
	let medium = likeliest();
	let stop = new AbortController();
	const load = async () => {
		stop.abort();
		stop = new AbortController();
		const { signal } = stop;
		fill(body, waiting("map", 1));
		try {
			const mine = [...state.profile.values()].filter((entry) => entry.kind !== "not_interested" && entry.item.startsWith(`${medium}:`));
			const wanted = mine.some(isLoved) ? recommend({ n: 30, medium, signal }).catch(() => ({ items: [] })) : { items: [] };
			const map = await get(`/map${query({ medium, with: mine.map((entry) => entry.item).slice(-60).join(",") })}`, { signal });
			const mark = draw(body, map, new Map(mine.map((entry) => [entry.item, isLoved(entry)])), signal);
			const next = await wanted;
			if (!signal.aborted) mark(next.items.map((work) => work.item));
		} catch (error) {
			if (!signal.aborted) fill(body, trouble(error, load));
		}
	};
	load();
	return () => stop.abort();
}

function draw(body, map, own, signal) {
	const points = map.items.map((item, at) => ({ item, at, x: map.x[at], y: map.y[at], title: short(map.title[at].replace(/ \(\d{4}\)$/, "")), year: map.year?.[at] ?? / \((\d{4})\)$/.exec(map.title[at])?.[1], genre: map.genre?.[at] ?? map.genres?.[at]?.[0] ?? "",
		role: own.has(item) ? (own.get(item) ? "love" : "seen") : "" }));
	const places = new Map(points.map((point) => [point.item, point]));
	// more important points are drawn last and named first
	let order = [...points].sort((a, b) => weight(b) - weight(a) || a.at - b.at);
	const canvas = h("canvas", { tabindex: "0", role: "img", "aria-label": `Map of ${count(points.length, "work")}. Arrow keys move, plus and minus zoom; the list below the map holds the same works.` });
	const card = h("div", { class: "mapcard", hidden: true });
	const ink = canvas.getContext("2d");
	// a few works far out shall not make all others small
	const far = points.map((point) => Math.max(Math.abs(point.x), Math.abs(point.y))).sort((a, b) => a - b)[Math.floor(points.length * 0.96)] || 1;
	const home = Math.min(2.5, 1 / far);
	let view = { x: 0, y: 0, zoom: home };
	let size = { w: 1, h: 1, ratio: 1 };
	let hover = null;
	let chosen = null;
	let frame = 0;

	const scale = () => (Math.min(size.w, size.h) / 2 / MARGIN) * view.zoom;
	const stretch = () => Math.max(1, Math.min(1.7, size.w / size.h));
	const sx = (point) => size.w / 2 + (point.x - view.x) * scale() * stretch();
	const sy = (point) => size.h / 2 - (point.y - view.y) * scale();
	const tint = (name) => { card.style.color = `var(${name})`; const colour = getComputedStyle(card).color; card.style.color = ""; return colour; };

	const paint = () => {
		frame = 0;
		const colours = { paper: tint("--map"), ink: tint("--ink"), soft: tint("--soft"), love: tint("--love"), next: tint("--accent"), dark: isDark() };
		ink.setTransform(size.ratio, 0, 0, size.ratio, 0, 0);
		ink.fillStyle = colours.paper;
		ink.fillRect(0, 0, size.w, size.h);
		const seen = order.filter((point) => { const x = sx(point); const y = sy(point); return x > -20 && y > -20 && x < size.w + 20 && y < size.h + 20; });
		const base = Math.min(6, 1.7 + view.zoom * 0.4);
		for (let at = seen.length - 1; at >= 0; at--) {
			const point = seen[at];
			const hue = hueOf(point.genre);
			ink.beginPath();
			ink.arc(sx(point), sy(point), point.role ? base + 3 : base * (point.at < 150 ? 1.35 : 1), 0, 7);
			ink.fillStyle = point.role === "love" ? colours.love : point.role === "next" ? colours.next : point.role === "seen" ? colours.soft
				: `hsla(${hue},${point.genre ? 42 : 4}%,${colours.dark ? 64 : 46}%,${colours.dark ? 0.62 : 0.58})`;
			ink.fill();
			if (point.role) { ink.lineWidth = 2; ink.strokeStyle = colours.paper; ink.stroke(); }
			if (point === chosen || point === hover) { ink.lineWidth = 2; ink.strokeStyle = colours.ink; ink.beginPath(); ink.arc(sx(point), sy(point), base + 6, 0, 7); ink.stroke(); }
		}
		names(seen, colours, base);
	};

	const names = (seen, colours, base) => {
		const taken = [];
		const most = 16 + view.zoom * 5;
		ink.textBaseline = "middle";
		let n = 0;
		for (const point of [chosen, hover, ...seen].filter(Boolean)) {
			if (n > most) break;
			const big = point.role || point === chosen || point === hover;
			ink.font = `${big ? "italic 15px" : "13px"} "Iowan Old Style", Palatino, "TeX Gyre Pagella", P052, Georgia, serif`;
			const text = point.title.length > 34 ? `${point.title.slice(0, 32)}…` : point.title;
			const wide = ink.measureText(text).width;
			let x = sx(point) + base + 5;
			if (x + wide > size.w - 4) x = sx(point) - base - 5 - wide;
			const box = [x - 3, sy(point) - 10, x + wide + 3, sy(point) + 10];
			if (x < 0 || taken.some((t) => t[0] < box[2] && t[2] > box[0] && t[1] < box[3] && t[3] > box[1])) continue;
			taken.push(box);
			n += 1;
			ink.lineWidth = 4;
			ink.lineJoin = "round";
			ink.strokeStyle = colours.paper;
			ink.strokeText(text, x, sy(point));
			ink.fillStyle = point.role === "love" ? colours.love : point.role === "next" ? colours.next : big ? colours.ink : colours.soft;
			ink.fillText(text, x, sy(point));
		}
	};
	const ask = () => { frame ||= requestAnimationFrame(paint); };
	const clamp = () => {
		view.zoom = Math.max(0.9, Math.min(CLOSEST, view.zoom));
		view.x = Math.max(-1.1, Math.min(1.1, view.x));
		view.y = Math.max(-1.1, Math.min(1.1, view.y));
		ask();
	};
	const zoom = (by, px = size.w / 2, py = size.h / 2) => {
		const before = scale();
		view.zoom = Math.max(0.9, Math.min(CLOSEST, view.zoom * by));
		const gain = 1 / before - 1 / scale();
		view.x += ((px - size.w / 2) / stretch()) * gain;
		view.y -= (py - size.h / 2) * gain;
		clamp();
	};
	const glide = (point, to) => {
		const from = { ...view };
		if (calm()) { Object.assign(view, { x: point.x, y: point.y, zoom: to }); return clamp(); }
		const begun = performance.now();
		const step = (now) => {
			const t = Math.min(1, (now - begun) / 450);
			const e = 1 - (1 - t) ** 3;
			view = { x: from.x + (point.x - from.x) * e, y: from.y + (point.y - from.y) * e, zoom: from.zoom * (to / from.zoom) ** e };
			clamp();
			if (t < 1 && !signal.aborted) requestAnimationFrame(step);
		};
		requestAnimationFrame(step);
	};
	const nearest = (px, py, reach = 16) => {
		let best = null;
		let least = reach * reach;
		for (const point of order) {
			const d = (sx(point) - px) ** 2 + (sy(point) - py) ** 2 - (point.role ? 20 : 0);
			if (d < least) { least = d; best = point; }
		}
		return best;
	};
	const choose = (point) => {
		chosen = point;
		card.hidden = !point;
		if (point) {
			fill(card, h("p", {}, h("a", { href: address("near", point.item) }, point.title), soft([" ", point.year, point.genre].filter(Boolean).join(" · ").replace("  · ", " "))),
				!point.role && button("heart", "Love it", () => { const undo = act("like", { item: point.item, title: point.title, year: point.year }); point.role = "love"; choose(point); toast(`You love ${point.title}.`, { undo: () => { undo(); point.role = ""; ask(); } }); }, { class: "quiet" }),
				h("button", { class: "quiet", "aria-label": "Close", onclick: () => { choose(null); canvas.focus(); } }, icon("no")));
			say(point.title);
		}
		ask();
	};

	const where = (event) => { const box = canvas.getBoundingClientRect(); return [event.clientX - box.left, event.clientY - box.top]; };
	const held = new Map();
	let moved = 0;
	canvas.addEventListener("pointerdown", (event) => { canvas.setPointerCapture(event.pointerId); held.set(event.pointerId, where(event)); moved = 0; });
	canvas.addEventListener("pointermove", (event) => {
		const at = where(event);
		if (!held.has(event.pointerId)) { const point = nearest(...at); if (point !== hover) { hover = point; canvas.classList.toggle("over", Boolean(point)); ask(); } return; }
		const was = held.get(event.pointerId);
		if (held.size === 2) {
			const other = [...held].find(([id]) => id !== event.pointerId)[1];
			zoom(Math.hypot(at[0] - other[0], at[1] - other[1]) / (Math.hypot(was[0] - other[0], was[1] - other[1]) || 1), (at[0] + other[0]) / 2, (at[1] + other[1]) / 2);
		} else {
			view.x -= (at[0] - was[0]) / scale() / stretch();
			view.y += (at[1] - was[1]) / scale();
		}
		moved += Math.hypot(at[0] - was[0], at[1] - was[1]);
		held.set(event.pointerId, at);
		clamp();
	});
	const drop = (event) => {
		if (held.delete(event.pointerId) && event.type === "pointerup" && moved < 6) choose(nearest(...where(event), 22));
	};
	canvas.addEventListener("pointerup", drop);
	canvas.addEventListener("pointercancel", drop);
	canvas.addEventListener("wheel", (event) => { event.preventDefault(); zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0016)), ...where(event)); }, { passive: false });
	canvas.addEventListener("dblclick", (event) => zoom(1.8, ...where(event)));
	canvas.addEventListener("keydown", (event) => {
		const step = 0.16 / view.zoom;
		const keys = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] };
		if (keys[event.key]) { view.x += keys[event.key][0]; view.y += keys[event.key][1]; clamp(); }
		else if (event.key === "+" || event.key === "=") zoom(1.4);
		else if (event.key === "-") zoom(1 / 1.4);
		else if (event.key === "0") whole();
		else if (event.key === "Enter" || event.key === " ") choose(nearest(size.w / 2, size.h / 2, 80));
		else if (event.key === "Escape" && chosen) choose(null);
		else return;
		event.preventDefault();
	});
	const whole = () => glide({ x: 0, y: 0 }, home);
	const fitting = new ResizeObserver(() => {
		const box = canvas.getBoundingClientRect();
		size = { w: box.width, h: box.height, ratio: Math.min(2, devicePixelRatio || 1) };
		canvas.width = size.w * size.ratio;
		canvas.height = size.h * size.ratio;
		paint();
	});
	fitting.observe(canvas);
	const scheme = matchMedia("(prefers-color-scheme: dark)");
	scheme.addEventListener("change", ask, { signal });
	document.addEventListener("artrec-theme", ask, { signal });
	signal.addEventListener("abort", () => fitting.disconnect());
	document.fonts?.ready.then(ask);

	const find = picker({ label: "Find on the map", hint: "A title", onpick: (work) => {
		const point = places.get(work.item);
		if (!point) return toast(`${natural(work.title)} is not among the ${count(points.length, "work")} of the map.`, { more: { words: "Show works like it", run: () => { location.hash = address("near", work.item); } } });
		glide(point, 7);
		choose(point);
	} });
	const lists = h("div", { class: "maplists" });
	const link = (point) => h("li", {}, h("a", { href: address("near", point.item) }, point.title), " ", h("button", { class: "linklike small", onclick: () => { glide(point, 7); choose(point); canvas.scrollIntoView({ block: "center" }); } }, "show", unseen(` ${point.title} on the map`)),
		soft(` near ${around(point, points).map((each) => each.title).join("; ")}`));
	const group = (title, some) => some.length > 0 && h("section", {}, h("h3", {}, title), h("ul", { class: "plainlist" }, some.map(link)));
	const genres = [...new Set(order.map((point) => point.genre).filter(Boolean))].sort();
	const drawLists = () => fill(lists, group("Yours", order.filter((point) => ["love", "seen"].includes(point.role))), group("Recommended to you", order.filter((point) => point.role === "next").slice(0, 12)), genreList(genres, order, link));
	const key = h("p", { class: "key" });
	const drawKey = () => fill(key, own.size > 0 && [h("span", { class: "dot love" }), " yours   "], order[0]?.role && order.some((point) => point.role === "next") && [h("span", { class: "dot next" }), " recommended"]);
	drawLists();
	drawKey();
	fill(body,
		h("div", { class: "maphead" }, find.root, key),
		h("div", { class: "mapbox" }, canvas, card, h("div", { class: "zooms" },
			h("button", { "aria-label": "Closer", onclick: () => zoom(1.5) }, icon("plus")), h("button", { "aria-label": "Farther", onclick: () => zoom(1 / 1.5) }, icon("minus")),
			h("button", { "aria-label": "The whole map", onclick: whole }, icon("home")))),
		h("h2", { class: "section" }, "The same as a list"), lists);
	return (items) => {
		for (const item of items) if (places.get(item)?.role === "") places.get(item).role = "next";
		order = [...points].sort((a, b) => weight(b) - weight(a) || a.at - b.at);
		drawLists();
		drawKey();
		ask();
	};
}

function genreList(genres, order, link) {
	const list = h("ul", { class: "plainlist" });
	const select = h("select", { oninput: () => fill(list, order.filter((point) => select.value && point.genre === select.value).slice(0, 60).map(link)) },
		h("option", { value: "" }, "Choose a genre"), genres.map((genre) => h("option", { value: genre }, genre)));
	return genres.length > 0 && h("section", {}, h("h3", {}, "All others, by genre"), h("label", { class: "length" }, h("span", {}, "Genre"), select), list);
}

const around = (point, points) => points.filter((each) => each !== point).map((each) => [(each.x - point.x) ** 2 + (each.y - point.y) ** 2, each]).sort((a, b) => a[0] - b[0]).slice(0, 3).map(([, each]) => each);
const weight = (point) => ({ love: 4, next: 3, seen: 2 })[point.role] ?? 0;
const hueOf = (genre) => [...genre].reduce((sum, letter) => sum * 33 + letter.charCodeAt(0), 5) % 360;
