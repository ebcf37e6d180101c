// What is shown while waiting, when nothing fits, and when something went wrong.

import { Unreached } from "./api.js";
import { button, h, say } from "./dom.js";

/** Placeholders in the shape of what comes; after a while they say that it is slow. */
export function waiting(shape, n) {
	const slow = h("p", { class: "slow" }, "Still on its way. The network is slow, or the service is busy.");
	return h("div", { class: `waiting ${shape}` }, h("p", { class: "unseen", role: "status" }, "Loading"),
		Array.from({ length: n }, () => h("div", { class: "ghost", "aria-hidden": "true" }, h("i"), h("b"), h("b"))), slow);
}

/** What went wrong, in the service's words, and a way on. */
export function trouble(error, again) {
	const away = error instanceof Unreached || !navigator.onLine;
	const title = away ? (navigator.onLine ? "The service does not answer." : "You are offline.") : error.message;
	const advice = away ? "What you said is kept on this device and sent when the connection is back." : (error.hint ? `${error.hint[0].toUpperCase()}${error.hint.slice(1)}.` : "");
	say(title);
	return h("div", { class: "notice", role: "alert" }, h("h2", {}, title), advice && h("p", {}, advice),
		again && button("undo", "Try again", again, { class: "plainer" }));
}

/** Nothing to show, and what to do about it. */
export function empty(title, words, ...ways) {
	return h("div", { class: "empty" }, h("h2", {}, title), h("p", {}, words), ways.length > 0 && h("p", { class: "ways" }, ways));
}
