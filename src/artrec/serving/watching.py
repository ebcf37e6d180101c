"""What is watched while the service runs: counts and times for Prometheus, lines for the log."""

from __future__ import annotations

import json
import logging
import os
import sys
import time
from collections.abc import Mapping
from typing import Any, Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from artrec.serving.service import Service

LOG: Final = logging.getLogger("artrec.serving")
SHARED_FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"
BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
SHOWN_MOST: Final = 200_000
TOLD: Final = ("request_id", "method", "route", "status", "ms", "version", "problem", "url")


class Watch:
    """Counts of one process; with several workers those of all are added up.

    A registry of its own, so that two services in one process do not mix.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.seconds = Histogram(
            "artrec_request_seconds",
            "Time a request took.",
            ["method", "route"],
            buckets=BUCKETS,
            registry=self.registry,
        )
        self.requests = Counter(
            "artrec_requests",
            "Requests answered.",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self.lists = Counter(
            "artrec_lists", "Lists computed.", ["medium", "fallback"], registry=self.registry
        )
        self.cached = Counter(
            "artrec_cached_lists", "Lists that came from the cache.", registry=self.registry
        )
        self.refused = Counter(
            "artrec_refused", "Requests refused by a rate limit.", registry=self.registry
        )
        self.reloads = Counter(
            "artrec_reloads", "Bundles swapped in.", ["outcome"], registry=self.registry
        )
        self.shown = Gauge(
            "artrec_works_shown",
            "Different works shown since the start (each worker counts its own).",
            ["medium"],
            multiprocess_mode="max",
            registry=self.registry,
        )
        self.coverage = Gauge(
            "artrec_coverage",
            "Share of the works that were shown since the start.",
            ["medium"],
            multiprocess_mode="max",
            registry=self.registry,
        )
        self.bundle = Gauge(
            "artrec_bundle_info",
            "1 for the version of the bundle in use.",
            ["version"],
            multiprocess_mode="max",
            registry=self.registry,
        )
        self._seen: dict[str, set[str]] = {}

    def page(self) -> bytes:
        """What Prometheus reads."""
        if os.environ.get(SHARED_FOLDER):
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
            return generate_latest(registry)
        return generate_latest(self.registry)

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request."""
        self.seconds.labels(method, route).observe(seconds)
        self.requests.labels(method, route, str(status)).inc()

    def swapped(self, version: str, before: str = "") -> None:
        """Note which bundle is in use."""
        if before:
            self.bundle.labels(before).set(0)
        self.bundle.labels(version).set(1)

    def listed(self, service: Service, answer: Mapping[str, Any]) -> None:
        """Count a list that was computed, and the works it shows."""
        self.lists.labels(answer["medium"], str(answer["fallback"]).lower()).inc()
        for work in answer["items"]:
            seen = self._seen.setdefault(work["medium"], set())
            if len(seen) < SHOWN_MOST:
                seen.add(work["item"])
        for medium in {work["medium"] for work in answer["items"]}:
            shown = len(self._seen[medium])
            self.shown.labels(medium).set(shown)
            size = len(service.loaded.shelves[medium].works)
            self.coverage.labels(medium).set(shown / max(size, 1))


class JsonLines(logging.Formatter):
    """A log record as one line of JSON: what is named in `TOLD`, never a body or a header."""

    def format(self, record: logging.LogRecord) -> str:
        """See `logging.Formatter.format`."""
        at = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        told = {
            "at": f"{at}.{int(record.msecs):03}Z",
            "level": record.levelname.lower(),
            "event": record.getMessage(),
        }
        told |= {name: getattr(record, name) for name in TOLD if hasattr(record, name)}
        if record.exc_info:
            told["error"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=False, default=str)


def log_as_json(level: str = "INFO") -> None:
    """Write the service's log to stderr, one JSON object a line."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    for name in ("artrec", "uvicorn", "uvicorn.error"):
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.setLevel(level)
        logger.propagate = False
    logging.getLogger("uvicorn.access").disabled = True  # it would log addresses with queries
