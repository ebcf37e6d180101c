// Typographic covers, drawn from a work's data: one grid for all, as a publisher's series has,
// a palette from its hue, a figure from its pattern, and the same drawing every time.

import { parted, svg } from "./dom.js";

const WIDTH = 200;
const HEIGHT = 300;

/** A random sequence that a text decides (mulberry32 over FNV-1a). */
function dice(text) {
	let seed = 2166136261;
	for (const letter of text) seed = Math.imul(seed ^ letter.codePointAt(0), 16777619);
	return () => {
		seed = (seed + 0x6d2b79f5) | 0;
		let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
	};
}

// deep, middle, bright and pale of twelve hues, from brick round to rose
const HUES = [
	"5e2218 b4472f e8895f f2ddd0", "6b3413 bd6a2e f0a860 f3e2cd", "54400f ad8726 e9c35e f4e9c9", "3b4219 7c8433 c1c46b ebebd0",
	"1c4029 3f7d4f 93c08c dfe9d8", "12413f 2f7f78 86c4b4 d9eae4", "14394a 2f718e 83b8cb d8e6ea", "1c2b55 4460a3 93a9dc dce2f0",
	"2d2556 6353a5 aa9ddd e3def0", "45204a 8a4b8d c996c6 eddcea", "551a36 a54269 dd8ba3 f2dbe1", "5a1f2a ad4650 e69a90 f4dfda",
].map((row) => row.split(" ").map((colour) => `#${colour}`));

const PALETTES = [
	([deep, middle, , pale], [, , bright]) => ({ ground: deep, a: middle, b: bright, c: pale, ink: pale }),
	([deep, middle, bright, pale], [, other]) => ({ ground: pale, a: middle, b: other, c: bright, ink: deep }),
	([deep, middle, , pale], [, , bright]) => ({ ground: middle, a: deep, b: bright, c: pale, ink: "#fffaf0" }),
	([, middle, bright], [, , other]) => ({ ground: "#1b1c1e", a: middle, b: other, c: bright, ink: "#f3efe5" }),
	([, middle, bright]) => ({ ground: "#f1ecdf", a: middle, b: "#1d1e20", c: bright, ink: "#1d1e20" }),
];

const circle = (cx, cy, r, more) => svg("circle", { cx, cy, r, ...more });
const rect = (x, y, width, height, more) => svg("rect", { x, y, width, height, ...more });
const path = (d, more) => svg("path", { d, ...more });
const times = (n, make) => Array.from({ length: n }, (_, at) => make(at));

// Each draws into x 0..200, y 130..300.
const FIGURES = [
	function sun(p, roll) {
		const x = 50 + roll() * 100;
		return [circle(x, 225, 52 + roll() * 14, { fill: p.a }),
			times(6, (at) => rect(0, 222 + at * 14, WIDTH, 3 + at * 1.6, { fill: p.ground })), rect(0, 294, WIDTH, 6, { fill: p.b })];
	},
	function rings(p, roll) {
		const x = roll() < 0.5 ? 40 : 160;
		return times(5, (at) => circle(x, 240, 14 + at * 20, { fill: "none", stroke: [p.b, p.a, p.c][at % 3], "stroke-width": 9 }));
	},
	function bars(p, roll) {
		return times(9, (at) => { const tall = 40 + roll() * 115; return rect(16 + at * 19, 284 - tall, 12, tall, { fill: at === 4 ? p.b : at % 2 ? p.c : p.a }); });
	},
	function tiles(p, roll) {
		return times(4, (x) => times(3, (y) => {
			const [left, top, turn] = [x * 50, 150 + y * 50, Math.floor(roll() * 4)];
			const d = [`M${left} ${top}h50a50 50 0 0 1-50 50z`, `M${left + 50} ${top}v50a50 50 0 0 1-50-50z`,
				`M${left + 50} ${top + 50}h-50a50 50 0 0 1 50-50z`, `M${left} ${top + 50}v-50a50 50 0 0 1 50 50z`][turn];
			return path(d, { fill: [p.a, p.b, p.c, p.a][Math.floor(roll() * 4)] });
		}));
	},
	function hills(p, roll) {
		const ridge = (base, fill) => path(`M0 ${base + roll() * 20}C50 ${base - 60 * roll()} 90 ${base + 50 * roll()} 130 ${base - 20 * roll()}S180 ${base - 40 * roll()} 200 ${base}V300H0z`, { fill });
		return [circle(40 + roll() * 120, 168, 18, { fill: p.b }), ridge(205, p.c), ridge(238, p.a), ridge(272, p.b)];
	},
	function cuts(p, roll) {
		const y = () => 150 + roll() * 120;
		return [path(`M0 ${y()}L${60 + roll() * 40} 140L${90 + roll() * 30} 300H0z`, { fill: p.a }),
			path(`M200 ${y()}L${120 - roll() * 30} 176L${100 + roll() * 20} 300H200z`, { fill: p.c }),
			path(`M${70 + roll() * 20} 300L${100 + roll() * 20} ${190 + roll() * 30}L${130 + roll() * 30} 300z`, { fill: p.b })];
	},
	function dots(p, roll) {
		const [hx, hy] = [Math.floor(roll() * 6), Math.floor(roll() * 5)];
		return times(6, (x) => times(5, (y) => circle(25 + x * 30, 160 + y * 29, x === hx && y === hy ? 13 : 5 + 4 * Math.abs(Math.sin(x + y * 1.7)), { fill: x === hx && y === hy ? p.b : (x + y) % 3 ? p.a : p.c })));
	},
	function lens(p, roll) {
		const tilt = Math.round(roll() * 50 - 25);
		return svg("g", { transform: `rotate(${tilt} 100 220)` }, path("M14 220Q100 130 186 220Q100 310 14 220z", { fill: p.a }),
			circle(100, 220, 36, { fill: p.ground }), circle(100, 220, 20, { fill: p.b }));
	},
	function bands(p, roll) {
		const start = roll() * 40;
		return times(7, (at) => path(`M${-60 + start + at * 44} 300L${10 + start + at * 44} 146h18L${-42 + start + at * 44} 300z`, { fill: [p.a, p.c, p.b][at % 3] }));
	},
	function waves(p, roll) {
		const phase = roll() * 40;
		return times(7, (at) => path(`M-40 ${164 + at * 20}q25 ${-18 - phase / 4} 50 0t50 0 50 0 50 0 50 0 50 0`, { fill: "none", stroke: [p.a, p.a, p.b, p.c][(at + Math.floor(phase)) % 4], "stroke-width": 7, transform: `translate(${-phase + at * 6} 0)` }));
	},
];

/** Break a title into lines that fit, also in a wide face; the size follows from its length and longest word. */
function set(title) {
	const words = title.split(/\s+/);
	const longest = Math.max(...words.map((word) => word.length));
	const size = Math.max(13, Math.min(30, 300 / Math.max(longest, 9.5), title.length > 34 ? 20 : 30));
	const room = Math.floor(176 / (size * 0.56));
	const lines = [""];
	for (const word of words) {
		const line = lines.at(-1);
		if (line && line.length + word.length + 1 > room) lines.push(word);
		else lines[lines.length - 1] = line ? `${line} ${word}` : word;
	}
	const most = size > 22 ? 3 : 4;
	if (lines.length > most) { lines.length = most; lines[most - 1] = `${lines[most - 1].slice(0, room - 1)}…`; }
	return { size, lines: lines.map((line) => (line.length > room + 3 ? `${line.slice(0, room)}…` : line)) };
}

/** The cover of a work; `small` carries initials in the title's place. Decoration only. */
export function cover(work, { small = false } = {}) {
	const data = work.cover ?? {};
	const [title] = parted(work.title);
	const roll = dice(`${work.item}|${title}`);
	const text = String(data.pattern ?? "");
	const number = typeof data.pattern === "number" ? data.pattern : [...text].reduce((sum, letter) => sum + letter.charCodeAt(0), 0);
	const figure = FIGURES[Math.floor((number + roll()) * 1.25) % FIGURES.length];
	const hue = Math.floor(Number(data.hue ?? roll() * 360) / 30) % 12;
	const other = (hue + [1, 2, 5, 11][Math.floor(roll() * 4)]) % 12;
	const palette = PALETTES[Math.floor(roll() * PALETTES.length)](HUES[hue], HUES[other]);
	const by = (work.creators ?? [])[0] ?? "";
	const { size, lines } = set(title);
	const initials = data.initials || title.slice(0, 2);
	return svg("svg", { class: "cover", viewBox: `0 0 ${WIDTH} ${HEIGHT}` },
		rect(0, 0, WIDTH, HEIGHT, { fill: palette.ground }),
		figure(palette, roll),
		small
			? svg("text", { x: 16, y: 84, "font-size": 76, fill: palette.ink, class: "set" }, String(initials).slice(0, 2))
			: [rect(14, 16, 172, 1.4, { fill: palette.ink, opacity: 0.55 }),
				svg("text", { x: 14, y: 33, "font-size": 10.5, fill: palette.ink, class: "by" }, [by.slice(0, 24), work.year].filter(Boolean).join("  ·  ")),
				lines.map((line, at) => svg("text", { x: 13, y: 40 + size * 1.0 + at * size * 1.06, "font-size": size, fill: palette.ink, class: "set" }, line))]);
}
