"""Bringing public data here: official addresses or a mirror, checked, and never half."""

from __future__ import annotations

from artrec.fetch.fetcher import Fetched, fetch
from artrec.fetch.sources import Sources, find_project, load, raw_files

__all__ = ["Fetched", "Sources", "fetch", "find_project", "load", "raw_files"]
