// A person's taste beside the average reader's: genres, decades, creators.

import { get, query } from "./api.js";
import { count, fill, h, listed, soft, svg } from "./dom.js";
import { likeliest, mediumChoice } from "./media.js";
import { bus, flush, own } from "./state.js";
import { empty, trouble, waiting } from "./trouble.js";

const percent = (share) => `${share > 0 && share < 0.01 ? "<1" : Math.round(share * 100)}%`;

/** What stands out, as one sentence. */
export function summary(profile) {
	const lean = (rows) => rows.filter((row) => row.share - row.average_share > 0.03).sort((a, b) => (b.share - b.average_share) - (a.share - a.average_share));
	const away = profile.genres.filter((row) => row.average_share - row.share > 0.04).sort((a, b) => (b.average_share - b.share) - (a.average_share - a.share));
	const more = lean(profile.genres).slice(0, 2).map((row) => row.name);
	const when = lean(profile.decades).slice(0, 1).map((row) => `the ${row.name}`);
	const parts = [];
	if (more.length) parts.push(`You lean to ${listed(more)}`);
	if (when.length) parts.push(`${parts.length ? "" : "You lean "}to ${when[0]}`);
	if (!parts.length) return "So far your taste is close to the average reader's.";
	return `${parts.join(", and ")}${away.length ? `; ${away[0].name} is rarer with you than with others` : ""}.`;
}

function compared(title, rows, id) {
	const top = Math.max(0.02, ...rows.flatMap((row) => [row.share, row.average_share]));
	const x = (share) => `${(1.5 + (share / top) * 96).toFixed(1)}%`;
	return h("section", { class: "compare", "aria-labelledby": id }, h("h2", { id, class: "section" }, title), h("table", {},
		h("thead", { class: "unseen" }, h("tr", {}, h("th", { scope: "col" }, title), h("th", { scope: "col" }, "Chart"), h("th", { scope: "col" }, "You"), h("th", { scope: "col" }, "Average reader"))),
		h("tbody", {}, rows.map((row) => h("tr", {}, h("th", { scope: "row" }, row.name),
			h("td", { class: "bars" }, svg("svg", { class: "bar", width: "100%", height: 18 },
				svg("line", { x1: x(0), x2: x(top), y1: 9, y2: 9, class: "zero" }),
				svg("line", { x1: x(row.average_share), x2: x(row.share), y1: 9, y2: 9, class: row.share >= row.average_share ? "more" : "less" }),
				svg("circle", { cx: x(row.average_share), cy: 9, r: 4, class: "average" }), svg("circle", { cx: x(row.share), cy: 9, r: 5.5, class: "you" }))),
			h("td", { class: "amount" }, percent(row.share)), h("td", { class: "unseen" }, percent(row.average_share)))))));
}

function decades(rows) {
	const top = Math.max(0.02, ...rows.flatMap((row) => [row.share, row.average_share]));
	const wide = 100 / rows.length;
	const y = (share) => 150 - (share / top) * 130;
	return h("section", { class: "compare", "aria-labelledby": "t-decades" }, h("h2", { id: "t-decades", class: "section" }, "Decades"),
		h("div", { class: "decades", "aria-hidden": "true" },
			svg("svg", { width: "100%", height: 180, focusable: "false" }, rows.map((row, at) => [
				svg("rect", { x: `${at * wide + wide * 0.16}%`, width: `${wide * 0.68}%`, y: y(row.share), height: 150 - y(row.share), rx: 2, class: "youbar" }),
				svg("line", { x1: `${at * wide + wide * 0.06}%`, x2: `${at * wide + wide * 0.94}%`, y1: y(row.average_share), y2: y(row.average_share), class: "averageline" }),
				svg("text", { x: `${at * wide + wide / 2}%`, y: 170, "text-anchor": "middle" }, rows.length > 7 ? row.name.replace(/s$/, "") : row.name)])),),
		h("table", { class: "unseen" }, h("tbody", {}, rows.map((row) => h("tr", {}, h("th", { scope: "row" }, row.name), h("td", {}, `you ${percent(row.share)}`), h("td", {}, `average ${percent(row.average_share)}`))))));
}

/** Draw the profile. */
export function tasteView(root) {
	const body = h("div", {});
	let medium = likeliest();
	fill(root, h("h1", { tabindex: "-1" }, "Your taste"), mediumChoice(medium, (name) => { medium = name; draw(); }), body);
	const draw = async () => {
		if (!own().length) {
			return fill(body, empty("There is nothing to draw yet.", "Name a few works you love, and this page shows how your taste differs from the average reader's.",
				h("a", { class: "strong", href: "#/start" }, "Name three works")));
		}
		fill(body, waiting("lines", 8));
		try {
			await flush();
			const profile = await get(`/user/me/profile${query({ medium })}`);
			if (!profile.n) return fill(body, empty("Nothing is known of you here.", "Name a few works of this medium, and this page shows how your taste differs from the average reader's.", h("a", { class: "strong", href: "#/start" }, "Name some works")));
			fill(body,
				h("p", { class: "lead" }, summary(profile)),
				h("p", { class: "key" }, h("span", { class: "dot you" }), ` you, from ${count(profile.n_liked ?? profile.n, "work")}   `, h("span", { class: "dot average" }), " the average reader"),
				h("div", { class: "taste" },
					profile.genres.length > 0 && compared("Genres", profile.genres.slice(0, 14), "t-genres"),
					h("div", {}, profile.decades.length > 0 && decades([...profile.decades].sort((a, b) => a.name.localeCompare(b.name)).slice(-11)),
						profile.creators.length > 0 && h("section", { class: "compare", "aria-labelledby": "t-creators" }, h("h2", { id: "t-creators", class: "section" }, "Creators you return to"),
							h("ul", { class: "names" }, profile.creators.slice(0, 10).map((row) => h("li", {}, h("cite", {}, row.name), soft(row.n ? count(row.n, "work") : percent(row.share)))))),
						profile.mean_rating != null && h("p", { class: "soft" }, `Your ratings average ${profile.mean_rating.toFixed(1)}.`))));
		} catch (error) {
			fill(body, trouble(error, draw));
		}
	};
	draw();
	bus.addEventListener("stored", draw);
	return () => bus.removeEventListener("stored", draw);
}
