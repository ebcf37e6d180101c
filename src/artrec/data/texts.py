"""Texts: many texts as two arrays, which processes can map from files and share."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

MISSING = -1


class Texts:
    """Texts that never change: their letters one after the other, and where each begins.

    Args:
        letters: All texts in UTF-8, ndarray of shape (n_bytes,), uint8.
        starts: Where each begins and, last, the end: shape (n_texts + 1,), int64.

    Raises:
        ValueError: The two do not fit together.

    Examples:
        >>> texts = Texts.of(["Alien", None, "Amélie"])
        >>> texts[2], texts[1], len(texts)
        ('Amélie', '', 3)
    """

    def __init__(self, letters: npt.NDArray[np.uint8], starts: npt.NDArray[np.int64]) -> None:
        if letters.dtype != np.uint8 or starts.dtype != np.int64 or not len(starts):
            raise ValueError("texts are letters of type uint8 and starts of type int64")
        if starts[0] != 0 or starts[-1] != len(letters) or (np.diff(starts) < 0).any():
            raise ValueError("the letters of texts and where they begin do not fit together")
        self.letters, self.starts = letters, starts
        # an element of a view is taken faster than one of an array
        self._letters, self._starts = letters.data, starts.data

    @classmethod
    def of(cls, texts: Iterable[str | None]) -> Texts:
        """Texts in their order; a missing one becomes empty."""
        encoded = [each.encode("utf-8", "surrogatepass") if each else b"" for each in texts]
        starts = np.zeros(len(encoded) + 1, dtype=np.int64)
        np.cumsum([len(each) for each in encoded], out=starts[1:])
        return cls(np.frombuffer(b"".join(encoded), dtype=np.uint8), starts)

    def __len__(self) -> int:
        return len(self._starts) - 1

    def __getitem__(self, at: int) -> str:
        if at < 0:
            raise IndexError(f"texts are counted from 0; got {at}")
        letters = self._letters[self._starts[at] : self._starts[at + 1]]
        return letters.tobytes().decode("utf-8", "surrogatepass")

    def tolist(self) -> list[str]:
        """All of them."""
        return [self[at] for at in range(len(self))]

    def place(self, text: str) -> int:
        """Place of a text among texts that ascend, `MISSING` where it is not among them."""
        at = bisect_left(self, text)
        return at if at < len(self) and self[at] == text else MISSING

    def save(self, folder: Path, name: str) -> None:
        """Write both arrays into a folder: ``<name>.npy`` and ``<name>_starts.npy``."""
        np.save(folder / f"{name}.npy", self.letters, allow_pickle=False)
        np.save(folder / f"{name}_starts.npy", self.starts, allow_pickle=False)

    @classmethod
    def load(cls, folder: Path, name: str) -> Texts:
        """Map what `save` wrote.

        Raises:
            OSError: A file is missing or cannot be read.
            ValueError: The files hold no texts.
        """
        return cls(map_array(folder / f"{name}.npy"), map_array(folder / f"{name}_starts.npy"))


def map_array(path: Path) -> npt.NDArray[Any]:
    """Map an array from its file: its pages are shared, and read when they are looked at.

    Raises:
        OSError: The file is missing or cannot be read.
        ValueError: It is no array file; it is named.
    """
    try:
        with path.open("rb") as stream:
            np.lib.format.read_magic(stream)
            is_empty = 0 in np.lib.format.read_array_header_1_0(stream)[0]
        mode: Literal["r"] | None = None if is_empty else "r"  # nothing cannot be mapped
        return np.asarray(np.load(path, mmap_mode=mode, allow_pickle=False))
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
