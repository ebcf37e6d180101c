"""The service against its bars, over loopback: `artrec serve` and, in a process apart, callers.

    python benchmarks/serving.py [--store data/published] [--only start,lists,...] [--scratch DIR]

Rows: start, lists (factor and item-item models, 20,000 invented works), hybrid (the films of
--store, whatever model they were published with), feedback, swap, memory (--store), search
(100,000 invented works), page (Chromium). CPU is user and system time of the service's processes,
from /proc, over calls answered. Percentiles are those at half the saturation load, counted from
when a call was due. Lists are of 20 works with reasons, for profiles of 5 to 40 works.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from support.service import KEY, Service, lists

N_ITEMS, N_USERS, N_RATINGS = 20_000, 20_000, 1_000_000
BROWSERS = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")


class Bench:
    """What the measurements share."""

    def __init__(self, store: Path, scratch: Path, seconds: float) -> None:
        self.published = store
        self.scratch = scratch
        self.seconds = seconds

    def service(self, store: Path, name: str, **settings: Any) -> Service:
        folder = self.scratch / "run" / name
        shutil.rmtree(folder, ignore_errors=True)
        return Service(store, folder, **settings)

    def start(self) -> None:
        """Start to ready, five times; the first warms the disk's cache."""
        times = []
        for _ in range(5):
            with self.service(self.published, "start") as service:
                times.append(service.seconds_to_ready)
        told = " / ".join(f"{each:.2f}" for each in sorted(times[1:]))
        say("start to ready", f"{told} s", "3 s")

    def lists(self) -> None:
        """Lists of a factor and of an item-item model."""
        for name in ("svd", "item_knn"):
            with self.service(self.invented(name), name) as service:
                items = [f"works:{1 + at}" for at in range(N_ITEMS)]
                found = service.half_load(lists(items), self.seconds)
            say(f"lists, {name}, {N_ITEMS:,} works", load_text(found), "CPU 2.5 ms, p99 50 ms")

    def hybrid(self) -> None:
        """Lists of the films that are published."""
        with self.service(self.published, "hybrid") as service:
            found = service.half_load(
                lists(known(service, "movies"), medium="movies"), self.seconds
            )
        say(f"lists, films ({model(self.published)})", load_text(found), "CPU 10 ms, p99 80 ms")

    def feedback(self) -> None:
        """Events, one and ten a call, from 64 connections at once."""
        for size in (1, 10):
            with self.service(self.published, "feedback") as service:
                found = service.load(tellings(size, 40_000 // size), self.seconds, connections=64)
                durable = kept(service)
            text = (
                f"{found['per_second'] * size:,.0f} acks/s, p99 {found['p99']:.0f} ms, "
                f"{found['cpu_ms']:.2f} ms CPU a call, {durable:,} kept, {found['statuses']}"
            )
            say(f"feedback, {size} a call", text, "1,000 acks/s")

    def swap(self) -> None:
        """Lists while the bundle is swapped six times; titles tell of which bundle they are."""
        store = self.invented("item_knn")
        second = self.invented("item_knn", " zweitens")
        from artrec.bundle import current, list_versions, publish, use

        first = current(store)
        publish(second.parent / "bundle", store)
        other = next(each.name for each in list_versions(store) if each.name != first)
        use(store, first)
        items = [f"works:{1 + at}" for at in range(N_ITEMS)]
        with self.service(store, "swap") as service:
            loading = service.begin(lists(items), 16.0, rate=60, connections=16, marks=["zweitens"])
            for turn in range(6):
                time.sleep(2.0)
                use(store, other if turn % 2 == 0 else first)
                service.ask("/api/admin/reload", {}, **{"X-Artrec-Admin": KEY})
            found = service.end(loading)
        use(store, first)
        mixed = sum(
            count
            for version, count in found["versions"].items()
            if version.startswith(first) == version.endswith("zweitens")
        )
        failed = found["calls"] - found["statuses"].get("200", 0) + sum(found["failures"].values())
        text = f"{failed} failed, {mixed} mixed of {found['calls']:,}; p99 {found['p99']:.0f} ms"
        say("six swaps under load", f"{text} {found['versions']}", "0 and 0")

    def memory(self) -> None:
        """Private memory of each worker after lists, searches and maps of every medium."""
        for workers in (1, 2):
            with self.service(self.published, "memory", workers=workers) as service:
                before = service.private_mb()
                media = [each["name"] for each in service.ask("/api/session")["media"]]
                for medium in media:
                    calls = lists(known(service, medium), medium=medium)
                    calls += [{"path": f"/api/map?medium={medium}"}]
                    calls += [{"path": f"/api/items?q=the+ma{letter}"} for letter in "nrsty"]
                    service.load(calls, self.seconds)
                after = service.private_mb()
            pairs = zip(before, after, strict=True)
            told = ", ".join(f"{a} -> {b}" for a, b in pairs)
            say(f"private memory, {workers} workers, {' and '.join(media)}", f"{told} MB", "250 MB")

    def search(self) -> None:
        """Titles: whole, begun, misspelt."""
        store = self.invented("search", n=100_000)
        with self.service(store, "search") as service:
            found = service.half_load(searches(store), self.seconds)
        say("search, 100,000 works", load_text(found), "p99 20 ms")

    def page(self) -> None:
        """The first list in a browser, from the address to what is seen."""
        with self.service(self.published, "page") as service:
            times = first_lists(service.url, known(service, "movies")[:3])
        say("first list visible", " / ".join(f"{each:.2f}" for each in times) + " s", "1 s")

    def invented(self, name: str, mark: str = "", n: int = N_ITEMS) -> Path:
        """A store with a fitted model over an invented catalogue; made once."""
        folder = self.scratch / f"invented-{name}{'-marked' if mark else ''}"
        if not (folder / "published" / "CURRENT").exists():
            make(folder, name, mark, n)
        return folder / "published"


def make(folder: Path, name: str, mark: str, n: int) -> None:
    import numpy as np
    from support.catalogues import interactions, store

    from artrec.models.registry import config_class, model_class

    models = {"svd": {"n_factors": 64}, "item_knn": {"n_neighbors": 100}, "popularity": {}}
    kind = name if name in models else "popularity"
    told = interactions(N_USERS, min(n, N_ITEMS), N_RATINGS if name in models else 50_000)
    config = config_class(kind)(**models[kind])
    scorer = model_class(kind).fit(told, config, np.random.default_rng(0))
    store(folder, "works", scorer, told, n=n, mark=mark)


def known(service: Service, medium: str) -> list[str]:
    """Works of the published bundle, those to begin with first."""
    calls = [f"/api/items/start?medium={medium}&round={at}" for at in (1, 2, 3)]
    rounds = [[each["item"] for each in service.ask(call)["items"]] for call in calls]
    on_map = service.ask(f"/api/map?medium={medium}")["items"]
    return list(dict.fromkeys([item for each in rounds for item in each] + on_map))


def model(store: Path) -> str:
    import json

    version = (store / "CURRENT").read_text().strip()
    return str(json.loads((store / version / "movies" / "manifest.json").read_text())["model"])


def tellings(size: int, n: int) -> list[dict[str, Any]]:
    headers = {"Authorization": f"Bearer {KEY}"}
    return [
        {
            "method": "POST",
            "path": "/api/feedback",
            "headers": headers,
            "body": {
                "person": "p_" + "abcdefgh"[number % 8] * 26,
                "events": [
                    {"key": f"{number}-{part}", "item": f"movies:{1 + part}", "kind": "like"}
                    for part in range(size)
                ],
            },
        }
        for number in range(n)
    ]


def kept(service: Service) -> int:
    """Events in the store."""
    people = ("p_" + letter * 26 for letter in "abcdefgh")
    return sum(int(service.ask(f"/api/user/{each}")["n_events"]) for each in people)


def searches(store: Path) -> list[dict[str, Any]]:
    import random
    from urllib.parse import quote

    from artrec.bundle import read_current

    rng = random.Random(4)
    titles = read_current(store).members["works"].works["title"]
    titles = [title for title in titles if len(title) > 3]
    found = []
    for title in rng.sample(titles, 600):
        start = title[: rng.randint(2, len(title))]
        at = rng.randrange(len(start))
        text = (start, title, start[:at] + rng.choice("aeinrst") + start[at + 1 :])[
            rng.randrange(3)
        ]
        found.append({"path": f"/api/items?n=10&q={quote(text)}"})
    return found


def first_lists(url: str, liked: list[str]) -> list[float]:
    """Seconds until the first work of a list is seen, read without JavaScript; caches are empty."""
    from playwright.sync_api import sync_playwright

    path = next(each for each in BROWSERS if Path(each).exists())
    query = "&".join(f"like={each}" for each in liked)
    times = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for _ in range(4):
            page = browser.new_context(java_script_enabled=False).new_page()
            start = time.perf_counter()
            page.goto(f"{url}/?{query}", wait_until="commit")
            page.locator("ol.works li").first.wait_for(state="visible")
            times.append(time.perf_counter() - start)
        browser.close()
    return times


def load_text(found: dict[str, Any]) -> str:
    other = {status: n for status, n in found["statuses"].items() if status != "200"}
    trouble = f", NOT 200: {other} {found['failures']}" if other or found["failures"] else ""
    return (
        f"CPU {found['cpu_ms']:.2f} ms ({found['cpu_ms_saturated']:.2f} saturated), "
        f"p50 {found['p50']:.1f}, p95 {found['p95']:.1f}, p99 {found['p99']:.1f} ms "
        f"at {found['per_second']:.0f} of {found['saturation']:.0f} calls/s{trouble}"
    )


def say(what: str, figure: str, bar: str) -> None:
    print(f"{what}: {figure} (bar: {bar})", flush=True)


def main() -> None:
    """Measure and print."""
    rows = ("start", "lists", "hybrid", "feedback", "swap", "memory", "search", "page")
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--store", type=Path, default=Path("data/published"))
    parser.add_argument("--only", default=",".join(rows))
    parser.add_argument("--scratch", type=Path, help="Kept: invented bundles are made once.")
    parser.add_argument("--prepare", action="store_true", help="Make invented bundles, no more.")
    parser.add_argument("--seconds", type=float, default=8.0, help="Of each load.")
    asked = parser.parse_args()
    scratch = asked.scratch or Path(tempfile.mkdtemp(prefix="artrec-serving-"))
    bench = Bench(asked.store.absolute(), scratch, asked.seconds)
    if asked.prepare:
        for name, mark, n in (
            ("svd", "", N_ITEMS),
            ("item_knn", "", N_ITEMS),
            ("item_knn", " zweitens", N_ITEMS),
            ("search", "", 100_000),
        ):
            bench.invented(name, mark, n)
        return
    try:
        for row in asked.only.split(","):
            getattr(bench, row)()
    finally:
        if not asked.scratch:
            shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    main()
