// What the page knows: the session, the person's works, the steering; and events on their way.

import { get, post, query, Refused, remove, Unreached } from "./api.js";
import { natural } from "./dom.js";

export const bus = new EventTarget();
export const tell = (name, detail) => bus.dispatchEvent(new CustomEvent(name, { detail }));

export const state = {
	person: null,
	media: [],
	medium: "", // the one shown; empty for all of several
	positive: {},
	profile: new Map(), // item -> {item, title, year, creators, cover, kind, value, keys}
	steering: {},
	pool: null, // items to choose from tonight
	browsing: false, // looks at the popular list without naming works
	reachable: true,
	largest: Infinity, // bytes of an export file
	passedOver: 0, // works that the address names, where the person has works of their own
};

const store = {
	read(name, otherwise) {
		try { return JSON.parse(localStorage.getItem(`artrec.${name}`)) ?? otherwise; } catch { return otherwise; }
	},
	write(name, value) {
		try { localStorage.setItem(`artrec.${name}`, JSON.stringify(value)); } catch { /* full or forbidden */ }
	},
	clear() {
		try {
			for (const name of ["queue", "works"]) localStorage.removeItem(`artrec.${name}`);
		} catch { /* forbidden */ }
	},
};

let queue = store.read("queue", []);
let known = store.read("works", {});

const KINDS = new Set(["like", "dislike", "seen", "not_interested", "want", "rating"]);

/** Whether this is something loved, as the model will take it. */
export function isLoved(entry) {
	if (entry.kind === "like") return true;
	const from = state.positive[entry.item.split(":")[0]] ?? 4;
	return entry.kind === "rating" && Number(entry.value) >= from;
}

export const has = (medium) => state.media.some((each) => each.name === medium);
export const loved = () => [...state.profile.values()].filter(isLoved);
/** Works that the address names; they count, and nothing of them is kept. */
export const lent = () => [...state.profile.values()].filter((entry) => entry.isLent);
export const own = () => [...state.profile.values()].filter((entry) => !entry.isLent);
export const met = (item) => (state.profile.get(item)?.kind ?? "want") !== "want";
export const isNew = () => !loved().length && !state.browsing;

/** Begin: who is here, which media there are, what the person said before. */
export async function begin() {
	const session = await get("/session");
	state.person = session.person;
	state.media = session.media ?? [];
	for (const medium of state.media) state.positive[medium.name] = medium.positive_from;
	state.largest = session.largest_file ?? Infinity;
	if (state.media.length === 1) state.medium = state.media[0].name;
	if (state.person) await recall();
	flush();
}

/** Take the works that an address names for somebody who has none: a list to be read, and no more. */
export async function borrow(items) {
	if (!items.length) return;
	if (loved().length) { state.passedOver = items.length; return; }
	const works = await Promise.all([...new Set(items)].slice(0, 50).map((item) => get(`/item/${encodeURIComponent(item)}`).catch(() => null)));
	for (const work of works) {
		if (!work) continue;
		remember(work);
		place(work.item, { ...known[work.item], item: work.item, kind: "like", keys: [], isLent: true });
	}
}

/** Keep what was lent as one's own. Returns a function that takes it back. */
export function keep() {
	const events = lent().map((entry) => {
		const key = newKey();
		place(entry.item, { ...entry, isLent: false, keys: [key] });
		return { key, item: entry.item, kind: "like" };
	});
	send(events);
	return () => {
		for (const { item } of events) place(item, null);
		send(events.map(({ key, item }) => undoing(item, key)));
	};
}

async function recall() {
	const events = [];
	const said = new Map();
	let after = 0;
	try {
		do {
			const answer = await get(`/user/me/feedback${query({ after: after || "", n: 500 })}`);
			events.push(...answer.events);
			for (const each of answer.items ?? []) said.set(each.item, each);
			after = answer.next_after;
		} while (after);
	} catch (error) {
		if (error instanceof Refused && [401, 404, 410].includes(error.status)) { state.person = null; return; }
		throw error;
	}
	state.profile = folded([...events, ...queue], said);
}

/**
 * What stands of a person's events: of each work the last word, and the keys that would have to be
 * undone to take it back. A later "seen" takes no love away.
 */
export function folded(events, said = new Map()) {
	const undone = new Set(events.filter((event) => event.kind === "undo").map((event) => event.value));
	const profile = new Map();
	for (const event of events) {
		if (!KINDS.has(event.kind) || undone.has(event.key)) continue;
		const before = profile.get(event.item);
		const weak = before && (event.kind === "seen" || event.kind === "want");
		profile.delete(event.item);
		profile.set(event.item, {
			...(said.get(event.item)?.title ? { title: natural(said.get(event.item).title), year: said.get(event.item).year } : {}),
			...known[event.item],
			item: event.item,
			kind: weak ? before.kind : event.kind,
			value: weak ? before.value : event.value,
			keys: [...(before?.keys ?? []), event.key],
		});
	}
	return profile;
}

/** Keep a work's name on this device, so that lists of own works can be drawn. */
export function remember(work) {
	known[work.item] = { title: natural(work.title), year: work.year, creators: (work.creators ?? []).slice(0, 3), cover: work.cover };
}

export const newKey = () => {
	const bytes = crypto.getRandomValues(new Uint8Array(16));
	return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
};

/**
 * Say something of a work; the page changes at once, the service hears of it as soon as it can.
 * Returns a function that takes it back.
 */
export function act(kind, work, more = {}) {
	remember(work);
	const { item } = work;
	const before = state.profile.get(item);
	const event = { key: newKey(), item, kind, ...more };
	place(item, { ...known[item], item, kind, value: more.value, keys: [...(before?.keys ?? []), event.key] });
	send([event]);
	return () => {
		place(item, before);
		send([undoing(item, event.key)]);
	};
}

/** Take back all that was said of a work. Returns a function that says it again. */
export function forget(entry) {
	place(entry.item, null);
	if (entry.isLent) { tell("profile"); return () => { place(entry.item, entry); tell("profile"); }; }
	send(entry.keys.map((key) => undoing(entry.item, key)));
	return () => {
		const { item, kind, value } = entry;
		const key = newKey();
		place(item, { ...entry, keys: [key] });
		send([value == null ? { key, item, kind } : { key, item, kind, value }]);
	};
}

function place(item, entry) {
	state.profile.delete(item);
	if (entry) state.profile.set(item, entry);
}

export const undoing = (item, key) => ({ key: newKey(), item, kind: "undo", value: key });

/** Many events at once (an import). */
export function send(events) {
	queue.push(...events);
	store.write("queue", queue);
	store.write("works", Object.fromEntries(Object.entries(known).slice(-600)));
	if (events.some((event) => event.kind !== "impression" && event.kind !== "click")) tell("profile");
	return flush();
}

export const pending = () => queue.filter((event) => KINDS.has(event.kind) || event.kind === "undo").length;

let running = null;
let pause = 1000;

/** Send what waits, oldest first; waits and tries again where nobody answers. */
export function flush() {
	running ??= drain().finally(() => { running = null; });
	return running;
}

async function drain() {
	while (queue.length) {
		const batch = queue.slice(0, 500);
		try {
			if (!state.person) state.person = (await post("/session")).person;
			await post("/feedback", { events: batch });
		} catch (error) {
			if (error instanceof Refused && error.status === 401 && state.person) { state.person = null; continue; }
			if (error instanceof Unreached || error.status === 429 || error.status >= 500) {
				reach(!(error instanceof Unreached));
				setTimeout(flush, error.wait ? error.wait * 1000 : (pause = Math.min(pause * 2, 30000)));
				return;
			}
			queue = queue.slice(batch.length);
			store.write("queue", queue);
			tell("refused", error);
			continue;
		}
		pause = 1000;
		const sent = new Set(batch.map((event) => event.key));
		queue = queue.filter((event) => !sent.has(event.key));
		store.write("queue", queue);
		reach(true);
		if (batch.some((event) => event.kind !== "impression" && event.kind !== "click")) tell("stored");
	}
}

/** Note whether the service answers; the page says so. */
export function reach(is) {
	if (state.reachable === is) return;
	state.reachable = is;
	tell("reach");
}

/** A list for the person as they are now. */
export async function recommend({ n = 24, offset = 0, medium = state.medium, signal } = {}) {
	const steering = compact({ ...state.steering, media: medium ? [] : state.media.map((each) => each.name) });
	let list;
	if (state.person && !state.pool && !pending() && state.profile.size && !lent().length) {
		list = await get(`/recommend/me${query({ n, offset, medium, steering: encoded(steering) })}`, { signal });
	} else {
		const body = { ...asked(), n, offset, leave_out: [...state.profile.values()].filter((entry) => entry.kind === "not_interested").map((entry) => entry.item) };
		if (medium) body.medium = medium;
		if (Object.keys(steering).length) body.steering = steering;
		if (state.pool) body.pool = state.pool;
		list = await post("/session/recommend", body, { signal });
	}
	list.items.forEach(remember);
	reach(true);
	return list;
}

/** The profile as the body of a question that stores nothing. */
export function asked() {
	const profile = [...state.profile.values()].filter((entry) => !["not_interested", "want"].includes(entry.kind)).slice(-5000).map(({ item, kind, value }) => {
		if (kind === "rating") return { item, rating: Number(value) };
		return kind === "seen" ? { item, seen: true } : { item, liked: kind === "like" };
	});
	return { profile };
}

/** Why a work is in the list. */
export function reasons(item) {
	if (state.person && !pending() && !lent().length) return get(`/recommend/me/why/${encodeURIComponent(item)}`);
	return post("/session/why", { ...asked(), item });
}

/** Steering without what says nothing. */
export function compact(steering) {
	const kept = {};
	for (const [name, value] of Object.entries(steering)) {
		if (value === 0 || value == null) continue;
		if (Array.isArray(value)) { if (value.length) kept[name] = value; continue; }
		if (typeof value === "object") {
			const inner = compact(value);
			if (Object.keys(inner).length) kept[name] = inner;
			continue;
		}
		kept[name] = value;
	}
	return kept;
}

/** Steering as text for an address (base64url of JSON); empty when nothing is set. */
export function encoded(steering) {
	if (!Object.keys(steering).length) return "";
	const bytes = new TextEncoder().encode(JSON.stringify(steering));
	return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** The steering of an address; nothing where it cannot be read. */
export function decoded(text) {
	try {
		const bytes = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
		const steering = JSON.parse(new TextDecoder().decode(bytes));
		return steering && typeof steering === "object" && !Array.isArray(steering) ? steering : {};
	} catch { return {}; }
}

/** Delete the person for good, here and at the service. */
export async function vanish() {
	if (state.person) await remove("/user/me");
	queue = [];
	known = {};
	store.clear();
	Object.assign(state, { person: null, profile: new Map(), pool: null, browsing: false, passedOver: 0 });
	tell("profile");
}
