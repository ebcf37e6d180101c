"""Giving memory that is free again back to the system: where bundles come and go, it piles up."""

from __future__ import annotations

import ctypes
from typing import Any, Final

import pyarrow


def _trimmer() -> Any:
    try:
        return ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):
        return None  # an allocator other than glibc's, which has no such call


MALLOC_TRIM: Final = _trimmer()


def give_back() -> None:
    """Give back what nobody uses.

    Each thread that loads a bundle takes from a heap of its own, and glibc keeps the free pages
    within: without this a process grows by half with every thread that happened to load one.
    """
    pyarrow.default_memory_pool().release_unused()
    if MALLOC_TRIM is not None:
        MALLOC_TRIM(0)
