"""Giving memory that is free again back to the system: where bundles come and go, it piles up."""

from __future__ import annotations

import ctypes
from typing import Any, Final

import pyarrow


def _of_glibc(name: str) -> Any:
    try:
        return getattr(ctypes.CDLL(None), name)
    except (AttributeError, OSError, TypeError):
        return None  # an allocator other than glibc's, which has no such call


MALLOC_TRIM: Final = _of_glibc("malloc_trim")
MALLOPT: Final = _of_glibc("mallopt")
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8  # malloc.h
LARGE: Final = 1 << 20


def keep_little() -> None:
    """Let what is freed go back at once; to be called before there are threads.

    Threads share one heap, and blocks from `LARGE` bytes on are mapped for themselves: glibc would
    otherwise learn from the large blocks of the start to take all but the largest from the heap,
    where one small block above them keeps them all.
    """
    if MALLOPT is not None:
        MALLOPT(M_ARENA_MAX, 1)
        MALLOPT(M_MMAP_THRESHOLD, LARGE)
        MALLOPT(M_TRIM_THRESHOLD, 2 * LARGE)


def give_back() -> None:
    """Give back what nobody uses.

    Each thread that loads a bundle takes from a heap of its own, and glibc keeps the free pages
    within: without this a process grows by half with every thread that happened to load one.
    """
    pyarrow.default_memory_pool().release_unused()
    if MALLOC_TRIM is not None:
        MALLOC_TRIM(0)
