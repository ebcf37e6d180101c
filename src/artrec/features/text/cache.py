"""What was done to a text already: kept on disk under the hash of the text and of how it was done.

Each file begins with the sha256 of what follows it, plain arrays in numpy's npz format. A file
that does not agree with its hash is done anew, and that is said. The cache holds nothing that
cannot be made again: it may be deleted at any time.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy import sparse

from artrec.errors import ArtrecWarning
from artrec.features.text.encoders import Rows
from artrec.features.text.preprocess import Tokens

FORMAT: Final = b"artrec text cache 1\n"
DIGEST: Final = 32  # bytes of a sha256
SUFFIX: Final = ".npz"

Arrays = dict[str, npt.NDArray[Any]]


@dataclass
class Counts:
    """Texts asked for, and how many of them were there."""

    asked: int = 0
    reused: int = 0


@dataclass(frozen=True)
class TextCache:
    """Tokens, vectors and fitted encoders of earlier runs, in one folder.

    Attributes:
        folder: Where the files are; made when something is kept.
        max_texts: Texts kept a file; those asked for last stay.
        max_bytes: Size of all files together, above which those not used longest are removed.
        counts: What was asked for and found since this object was made.
    """

    folder: Path
    max_texts: int = 200_000
    max_bytes: int = 2_000_000_000
    counts: Counts = field(default_factory=Counts)

    def tokens(
        self, key: str, texts: Sequence[str], compute: Callable[[Sequence[str]], list[Tokens]]
    ) -> list[Tokens]:
        """Tokens of each text; only texts not met before under this key are computed.

        Args:
            key: Says how it is done: configuration and versions.
            texts: Any texts, repeats allowed.
            compute: Texts to tokens; each text alone decides its tokens.
        """
        lines = self._known_or_made(
            key, texts, lambda new: [" ".join(each) for each in compute(new)], _LINES
        )
        return [line.split(" ") if line else [] for line in lines]

    def rows(
        self, key: str, texts: Sequence[str], compute: Callable[[Sequence[str]], Rows]
    ) -> Rows:
        """Row of each text, as `tokens` does it: csr_array or ndarray, as `compute` gives them."""
        if not texts:
            return compute(texts)
        return self._known_or_made(key, texts, compute, _ROWS)

    def arrays(self, key: str, compute: Callable[[], Mapping[str, npt.NDArray[Any]]]) -> Arrays:
        """Arrays of one computation, kept whole."""
        path = self._path(key)
        kept = self._read(path)
        if kept is None:
            kept = dict(compute())
            self._write(path, kept)
        return kept

    def clean(self) -> None:
        """Remove everything that is kept."""
        for path in self._files():
            path.unlink(missing_ok=True)

    def _known_or_made(
        self, key: str, texts: Sequence[str], compute: Callable[[Sequence[str]], Any], kind: _Kind
    ) -> Any:
        path = self._path(key)
        hashes = [hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest() for text in texts]
        kept = self._read(path)
        known: dict[bytes, int] = {}
        values: Any = None
        if kept is not None:
            values = kind.unpack(kept)
            known = {each: row for row, each in enumerate(_split(kept["hashes"]))}
        self.counts.asked += len(texts)
        self.counts.reused += sum(map(known.__contains__, hashes))
        fresh = {each: row for row, each in enumerate(hashes) if each not in known}
        if fresh:
            made = compute([texts[row] for row in fresh.values()])
            values = made if values is None else kind.stack(values, made)
            known.update({each: len(known) + place for place, each in enumerate(fresh)})
            self._keep(path, known, values, hashes, kind)
        return kind.take(values, [known[each] for each in hashes])

    def _keep(
        self,
        path: Path,
        known: Mapping[bytes, int],
        values: Any,
        asked: Sequence[bytes],
        kind: _Kind,
    ) -> None:
        chosen = list(dict.fromkeys([*asked, *known]))[: self.max_texts]
        kept = kind.pack(kind.take(values, [known[each] for each in chosen]))
        self._write(path, {**kept, "hashes": np.frombuffer(b"".join(chosen), dtype=np.uint8)})

    def _path(self, key: str) -> Path:
        return self.folder / (hashlib.sha256(key.encode()).hexdigest() + SUFFIX)

    def _files(self) -> list[Path]:
        return sorted(self.folder.glob(f"*{SUFFIX}")) if self.folder.is_dir() else []

    def _read(self, path: Path) -> Arrays | None:
        """What a file holds; None where there is none, or it is damaged, which is said."""
        try:
            content = path.read_bytes()
        except OSError:  # not there, or out of reach: then keeping it will fail too, and say so
            return None
        body = content[len(FORMAT) + DIGEST :]
        intact = FORMAT + hashlib.sha256(body).digest()
        if content[: len(intact)] != intact:
            warnings.warn(
                ArtrecWarning(
                    f"the text cache {path} is damaged; what it held is computed again",
                    "nothing is lost; if it comes back, look at the disk",
                ),
                stacklevel=2,
            )
            return None
        with contextlib.suppress(OSError):  # read-only folders can be used too
            os.utime(path)
        with np.load(io.BytesIO(body), allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files}

    def _write(self, path: Path, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
        """Replace a file at once, then remove what has not been used longest."""
        stream = io.BytesIO()
        np.savez(stream, allow_pickle=False, **arrays)
        body = stream.getvalue()
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            _replace(path, FORMAT + hashlib.sha256(body).digest() + body)
            self._bound(path)
        except OSError as error:
            warnings.warn(
                ArtrecWarning(
                    f"nothing can be kept in the text cache {self.folder} ({error})",
                    "results are the same; the next run does all of it again",
                ),
                stacklevel=2,
            )

    def _bound(self, latest: Path) -> None:
        with contextlib.suppress(FileNotFoundError):  # another run may remove files too
            found = [(each.stat(), each) for each in self._files() if each != latest]
            room = self.max_bytes - latest.stat().st_size
            for about, path in sorted(found, key=lambda each: -each[0].st_mtime_ns):
                room -= about.st_size
                if room < 0:
                    path.unlink(missing_ok=True)


def _replace(path: Path, content: bytes) -> None:
    """Put a file in the place of another at once."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
    try:
        draft.write_bytes(content)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


@dataclass(frozen=True)
class _Kind:
    """How values of one kind are packed into arrays, unpacked, stacked and taken."""

    pack: Callable[[Any], Arrays]
    unpack: Callable[[Arrays], Any]
    stack: Callable[[Any, Any], Any]
    take: Callable[[Any, list[int]], Any]


def _split(packed: npt.NDArray[np.uint8]) -> list[bytes]:
    raw = packed.tobytes()
    return [raw[start : start + DIGEST] for start in range(0, len(raw), DIGEST)]


def _pack_lines(lines: list[str]) -> Arrays:
    text = "\n".join(lines).encode("utf-8", "surrogatepass")
    return {"lines": np.frombuffer(text, dtype=np.uint8)}


def _unpack_lines(arrays: Arrays) -> list[str]:
    # split at "\n" only: splitlines knows line ends that may stand inside a token
    return arrays["lines"].tobytes().decode("utf-8", "surrogatepass").split("\n")


def _pack_rows(rows: Rows) -> Arrays:
    if isinstance(rows, np.ndarray):
        return {"dense": rows}
    shape = np.asarray(rows.shape, dtype=np.int64)
    return {"data": rows.data, "indices": rows.indices, "indptr": rows.indptr, "shape": shape}


def _unpack_rows(arrays: Arrays) -> Rows:
    if "dense" in arrays:
        return arrays["dense"]
    parts = (arrays["data"], arrays["indices"], arrays["indptr"])
    return sparse.csr_array(parts, shape=tuple(arrays["shape"]))


def _stack_rows(above: Rows, below: Rows) -> Rows:
    if isinstance(above, np.ndarray):
        return np.vstack([above, below])
    return sparse.csr_array(sparse.vstack([above, below], format="csr"))


_LINES: Final = _Kind(
    _pack_lines,
    _unpack_lines,
    lambda above, below: [*above, *below],
    lambda lines, chosen: [lines[row] for row in chosen],
)
_ROWS: Final = _Kind(_pack_rows, _unpack_rows, _stack_rows, lambda rows, chosen: rows[chosen])
