// Making elements. Text is only ever set as text, so that no title can become markup.

const SVG = "http://www.w3.org/2000/svg";

/** h("p", {class: "lead", onclick: f}, "text", node, [nodes]): an element; null and false are left out. */
export function h(tag, props, ...children) {
	const element = document.createElement(tag);
	if (tag === "button") element.type = "button";
	for (const [name, value] of Object.entries(props ?? {})) {
		if (value == null || value === false) continue;
		if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
		else if (name === "value" || name === "checked" || name === "indeterminate") element[name] = value;
		else element.setAttribute(name, value === true ? "" : value);
	}
	add(element, children);
	return element;
}

/** svg("rect", {width: 3}, ...children): the same for SVG; a drawing is decoration, hidden from screen readers. */
export function svg(tag, props, ...children) {
	const element = document.createElementNS(SVG, tag);
	if (tag === "svg") element.setAttribute("aria-hidden", "true");
	for (const [name, value] of Object.entries(props ?? {})) {
		if (value != null && value !== false) element.setAttribute(name, value);
	}
	add(element, children);
	return element;
}

function add(element, children) {
	for (const child of children.flat(3)) {
		if (child == null || child === false) continue;
		element.append(child instanceof Node ? child : String(child));
	}
}

/** Replace what an element holds. */
export function fill(element, ...children) {
	element.replaceChildren();
	add(element, children);
	return element;
}

const ICONS = {
	heart: "M12 20s-7.5-4.6-7.5-10.2A4.3 4.3 0 0 1 12 7.3a4.3 4.3 0 0 1 7.5 2.5C19.5 15.4 12 20 12 20z",
	eye: "M2.5 12S6 5.8 12 5.8 21.5 12 21.5 12 18 18.2 12 18.2 2.5 12 2.5 12zM12 9.300a2.7 2.7 0 1 0 0 5.4 2.7 2.7 0 0 0 0-5.400z",
	no: "M6 6l12 12M18 6 6 18",
	near: "M5 17a2 2 0 1 0 .1 0M18 5.500a2 2 0 1 0 .1 0M17.5 16.500a2.5 2.5 0 1 0 .1 0M6.7 17.6 16 7.500M7 18.700l8 .2M18 9.600v6.5",
	why: "M9 9.200a3 3 0 1 1 4.3 2.700c-.9.4-1.3 1-1.3 2v.4M12 17.400v.2M12 3a9 9 0 1 0 .1 0",
	sun: "M12 8a4 4 0 1 0 .1 0M12 2.500v2M12 19.500v2M2.5 12h2M19.5 12h2M5.3 5.300l1.4 1.400M17.3 17.300l1.4 1.400M5.3 18.700l1.4-1.400M17.3 6.700l1.4-1.4",
	moon: "M19.5 14.500A8 8 0 1 1 9.5 4.500a6.5 6.5 0 0 0 10 10z",
	tune: "M4 7h9M17 7h3M15 5v4M4 17h3M11 17h9M9 15v4",
	link: "M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.7-5.700L12 7M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.7 5.700L12 17",
	save: "M12 4v11M7.5 11 12 15.5 16.5 11M5 20h14",
	undo: "M8.5 5 4.5 9l4 4M4.5 9H14a5.5 5.5 0 0 1 0 11h-4",
	file: "M12 15.500v-10M8 9l4-4 4 4M5 15v4h14v-4",
	plus: "M12 5v14M5 12h14",
	minus: "M5 12h14",
	search: "M10.5 4a6.5 6.5 0 1 0 .1 0M15.3 15.3 20 20",
	home: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
};

export const soft = (...words) => h("span", { class: "soft" }, words);
export const unseen = (...words) => h("span", { class: "unseen" }, words);

/** A line icon. */
export function icon(name) {
	return svg(
		"svg",
		{ class: `icon icon-${name}`, viewBox: "0 0 24 24" },
		svg("path", { d: ICONS[name] }),
	);
}

/** A button with an icon and words; `about` is read out after them. */
export function button(name, words, onclick, props = {}) {
	const { about, ...rest } = props;
	return h("button", { onclick, ...rest }, name && icon(name), h("span", {}, words),
		about && h("span", { class: "unseen" }, ` ${about}`));
}

/** Say something to a screen reader. */
export function say(words) {
	const voice = document.getElementById("voice");
	voice.textContent = "";
	setTimeout(() => { voice.textContent = words; }, 60);
}

export const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

export const later = (work, milliseconds) => {
	let timer = 0;
	return (...args) => {
		clearTimeout(timer);
		timer = setTimeout(() => work(...args), milliseconds);
	};
};

const ARTICLE = /^(.*), (The|A|An|La|Le|Les|L'|Il|Lo|I|Gli|El|Los|Las|Das|Der|Die|Den|Det|De|Un|Une|O|Os)( \(.*\))?$/;

/** "Mask, The" as it is said: "The Mask". */
export function natural(title) {
	const found = ARTICLE.exec(String(title ?? ""));
	if (!found) return String(title ?? "");
	const gap = found[2].endsWith("'") ? "" : " ";
	return `${found[2]}${gap}${found[1]}${found[3] ?? ""}`;
}

/** A title and what stands in brackets behind it (an original title, another name). */
export function parted(title) {
	const whole = natural(title);
	const at = whole.indexOf(" (");
	if (at < 1 || !whole.endsWith(")")) return [whole, ""];
	const aside = whole.slice(at + 2, -1).split(") (").map((part) => natural(part.replace(/^a\.?k\.?a\.? /i, "")));
	return [natural(whole.slice(0, at)), aside.join(", ")];
}

/** A title without what stands in brackets behind it. */
export const short = (title) => parted(title)[0];

/** Names as a sentence has them: "A, B and C". */
export function listed(names) {
	if (names.length < 2) return names.join("");
	return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

export const count = (n, one, many = `${one}s`) => `${n.toLocaleString("en")} ${n === 1 ? one : many}`;
