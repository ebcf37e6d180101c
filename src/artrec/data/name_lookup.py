"""Looking names up by their letters and words: which of many could be meant, found fast.

Three indices over normalised names: by the trigrams of their letters (typing errors), by the
words they hold (unfinished words, any order), and in alphabetical order (how they begin).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from artrec.data.texts import Texts, map_array

Array = npt.NDArray[Any]
Indices = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

LAST: Final = "\U0010ffff"
ARRAYS: Final = (
    "order",
    "word_starts",
    "word_names",
    "grams",
    "gram_starts",
    "gram_names",
    "n_grams",
)
LETTER_BITS: Final = np.uint64(21)


class NameLookup:
    """Finds names of a list by their place in it.

    Args:
        names: Normalised names (`artrec.data.titles.normalise`).
        words: The words of all names, ascending.
        arrays: What `ARRAYS` names.

    Examples:
        >>> lookup = NameLookup.of(["alien", "aliens", "blade runner"])
        >>> lookup.beginning("alien").tolist()
        [0, 1]
        >>> lookup.with_words(["run", "bl"]).tolist()
        [False, False, True]
        >>> lookup.alike("blade runer", 1).tolist()
        [2]
    """

    def __init__(self, names: Texts, words: Texts, arrays: Mapping[str, Array]) -> None:
        self.names = names
        self._size = len(names)
        self._words, self._arrays = words, dict(arrays)
        self._order = arrays["order"]
        self._sorted = _Ordered(names, self._order)
        self._word_starts, self._word_names = arrays["word_starts"], arrays["word_names"]
        self._grams, self._gram_starts = arrays["grams"], arrays["gram_starts"]
        self._gram_names, self._n_grams = arrays["gram_names"], arrays["n_grams"]

    @classmethod
    def of(cls, names: Sequence[str]) -> NameLookup:
        """Make the three indices."""
        order = sorted(range(len(names)), key=names.__getitem__)
        words, word_starts, word_names = _words_of(names)
        grams, gram_starts, gram_names, n_grams = _grams_of(names)
        arrays: dict[str, Array] = {
            "order": np.array(order, dtype=np.int64),
            "word_starts": word_starts,
            "word_names": word_names,
            "grams": grams,
            "gram_starts": gram_starts,
            "gram_names": gram_names,
            "n_grams": n_grams,
        }
        return cls(Texts.of(names), Texts.of(words), arrays)

    def save(self, folder: Path) -> None:
        """Write names and indices into a folder that is there."""
        self.names.save(folder, "names")
        self._words.save(folder, "words")
        for name, array in self._arrays.items():
            np.save(folder / f"{name}.npy", array, allow_pickle=False)

    @classmethod
    def load(cls, folder: Path) -> NameLookup:
        """Map what `save` wrote.

        Raises:
            OSError: A file is missing or cannot be read.
            ValueError: A file does not fit the others.
        """
        names, words = Texts.load(folder, "names"), Texts.load(folder, "words")
        arrays = {name: map_array(folder / f"{name}.npy") for name in ARRAYS}
        sizes = {"order": len(names), "n_grams": len(names), "word_starts": len(words) + 1}
        sizes["gram_starts"] = len(arrays["grams"]) + 1
        for name, size in sizes.items():
            if arrays[name].shape != (size,):
                raise ValueError(f"{folder / name}.npy should hold {size} numbers")
        return cls(names, words, arrays)

    def beginning(self, text: str) -> Indices:
        """Names that begin with a text, in alphabetical order; the text itself comes first."""
        first = bisect_left(self._sorted, text)
        last = bisect_right(self._sorted, text + LAST, lo=first)
        return self._order[first:last]

    def with_words(self, begins: Sequence[str]) -> Mask:
        """Names that hold, for each of some texts, a word that begins with it; shape (n_names,)."""
        found = np.ones(self._size, dtype=bool)
        for text in begins:
            first = bisect_left(self._words, text)
            last = bisect_right(self._words, text + LAST, lo=first)
            has = np.zeros(self._size, dtype=bool)
            has[self._word_names[self._word_starts[first] : self._word_starts[last]]] = True
            found &= has
        return found

    def alike(self, text: str, n: int) -> Indices:
        """The n names that share most trigrams of letters with a text (Dice's coefficient).

        Names that share none are left out; the order is that of the list.
        """
        codes = np.unique(_codes(f" {text} ")[0])
        at = np.searchsorted(self._grams, codes)
        at = at[at < len(self._grams)]
        at = at[np.isin(self._grams[at], codes)]
        if not len(at):
            return np.empty(0, dtype=np.int64)
        parts = [self._gram_names[self._gram_starts[i] : self._gram_starts[i + 1]] for i in at]
        shared = np.bincount(np.concatenate(parts), minlength=self._size)
        some = np.flatnonzero(shared)
        dice = shared[some] / (len(codes) + self._n_grams[some])
        if len(some) > n:
            some = np.sort(some[np.argpartition(-dice, n - 1)[:n]])
        return some


class _Ordered:
    """Texts in another order."""

    def __init__(self, texts: Texts, order: Indices) -> None:
        self._texts, self._order = texts, order.data

    def __len__(self) -> int:
        return len(self._order)

    def __getitem__(self, at: int) -> str:
        return self._texts[self._order[at]]


def _words_of(names: Sequence[str]) -> tuple[list[str], Indices, npt.NDArray[np.int32]]:
    """Words in ascending order, and by each (in compressed rows) the names that hold it."""
    holders: dict[str, list[int]] = {}
    for at, name in enumerate(names):
        for word in set(name.split()):
            holders.setdefault(word, []).append(at)
    words = sorted(holders)
    lengths = np.array([len(holders[word]) for word in words], dtype=np.int64)
    starts = np.concatenate(([0], np.cumsum(lengths)))
    flat = np.array([at for word in words for at in holders[word]], dtype=np.int32)
    return words, starts, flat


def _grams_of(
    names: Sequence[str],
) -> tuple[npt.NDArray[np.uint64], Indices, npt.NDArray[np.int32], Indices]:
    """Trigrams in ascending order, by each the names that hold it, and how many a name has."""
    codes, at = _codes("".join(f" {name} " for name in names))
    ends = np.cumsum([len(name) + 2 for name in names]) if len(names) else np.zeros(0, np.int64)
    owners = np.searchsorted(ends, at, side="right")
    inside = np.searchsorted(ends, at + 2, side="right") == owners
    codes, owners = codes[inside], owners[inside]
    order = np.argsort(codes, kind="stable")  # owners stay in order
    codes, owners = codes[order], owners[order]
    fresh = np.ones(len(codes), dtype=bool)
    fresh[1:] = (np.diff(codes) != 0) | (np.diff(owners) != 0)
    codes, owners = codes[fresh], owners[fresh]
    grams, starts = np.unique(codes, return_index=True)
    starts = np.append(starts, len(codes)).astype(np.int64)
    n_grams = np.bincount(owners, minlength=len(names)).astype(np.int64)
    return grams, starts, owners.astype(np.int32), n_grams


def _codes(text: str) -> tuple[npt.NDArray[np.uint64], Indices]:
    """Each trigram of a text as one number, and where it begins."""
    raw = text.encode("utf-32-le", "surrogatepass")
    letters = np.frombuffer(raw, dtype=np.uint32).astype(np.uint64)
    if len(letters) < 3:
        return np.empty(0, dtype=np.uint64), np.empty(0, dtype=np.int64)
    high = (letters[:-2] << LETTER_BITS) | letters[1:-1]
    return (high << LETTER_BITS) | letters[2:], np.arange(len(letters) - 2)
