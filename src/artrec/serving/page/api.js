// Talking to the service: JSON in and out, problems as errors that say what to do.

export const BASE = document.body.dataset.base ?? "";
const PATIENCE = 15000;

/** What the service refused, in its own words (problem+json). */
export class Refused extends Error {
	constructor(status, problem) {
		const said = problem.detail || problem.title || `the service answered ${status}`;
		const first = /^\S*\.\w/.test(said) ? said[0] : said[0].toUpperCase(); // a file keeps its name
		super(`${first}${said.slice(1)}${/[.?!]$/.test(said) ? "" : "."}`);
		this.status = status;
		this.hint = problem.hint ?? "";
		this.wait = problem.wait ?? 0;
	}
}

/** Nobody answered: no network, or too late. */
export class Unreached extends Error {}

/** One call. `body` is sent as JSON, or as it is when it is a form. */
export async function call(path, { method = "GET", body, signal, patience = PATIENCE } = {}) {
	const form = body instanceof FormData;
	const headers = { Accept: "application/json" };
	if (method !== "GET") headers["X-Artrec-Request"] = "1";
	if (body && !form) headers["Content-Type"] = "application/json";
	const limit = AbortSignal.timeout(patience);
	let answer;
	try {
		answer = await fetch(`${BASE}/api${path}`, {
			method,
			headers,
			body: body && !form ? JSON.stringify(body) : body,
			credentials: "same-origin",
			signal: signal ? AbortSignal.any([signal, limit]) : limit,
		});
	} catch (error) {
		if (signal?.aborted) throw error;
		throw new Unreached(limit.aborted ? "The service took too long." : "The service cannot be reached.");
	}
	if (answer.ok) return answer.status === 204 ? null : answer.json();
	const problem = await answer.json().catch(() => ({}));
	problem.wait = Number(answer.headers.get("Retry-After")) || 0;
	throw new Refused(answer.status, problem);
}

export const get = (path, options) => call(path, options);
export const post = (path, body, options) => call(path, { ...options, method: "POST", body });
export const remove = (path) => call(path, { method: "DELETE" });

/** Query string of what is set. */
export function query(values) {
	const pairs = Object.entries(values).filter(([, value]) => value !== "" && value != null);
	return pairs.length ? `?${new URLSearchParams(pairs)}` : "";
}
