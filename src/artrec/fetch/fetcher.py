"""Fetch a source: find out what is there, bring what is not, check it, put it in place at once."""

from __future__ import annotations

import os
import shutil
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from artrec.bundle.durable import sync_folder, write_text
from artrec.errors import ArtrecWarning, FetchError, InputError, near_names
from artrec.fetch.checking import MAX_UNPACKED, Checked, check
from artrec.fetch.disk import require_disk
from artrec.fetch.origins import (
    MIRROR_VARIABLE,
    AbsentError,
    Official,
    Origin,
    UnreachableError,
    mirror_of,
)
from artrec.fetch.records import STAGING, Recorded, provenance, record, recorded, told_variant
from artrec.fetch.sources import PROVENANCE, RAW, SLACK, FileSpec, Source, Sources, Variant
from artrec.locking import RunLock

OFFLINE: Final = "the films that come with artrec need no network: `make recommend` works without"
Outcome = Literal["fetched", "fetched again", "already there"]


@dataclass(frozen=True)
class Fetched:
    """What a fetch did.

    Attributes:
        source: Name of the source.
        variant: Which of its known variants lies there now.
        outcome: What was done.
        origin: Where what came came from; empty when all was there.
        folder: Where it lies, relative to the project.
        files: Size in bytes of each file.
        recorded: Files that no published checksum proves; they are held to their first fetch.
    """

    source: str
    variant: str
    outcome: Outcome
    origin: str
    folder: str
    files: dict[str, int]
    recorded: tuple[str, ...]


@dataclass(frozen=True)
class _Found:
    path: Path
    checked: Checked


def fetch(
    project: Path,
    sources: Sources,
    name: str,
    *,
    variant: str | None = None,
    mirror: str | None = None,
) -> Fetched:
    """Make sure that a source lies in a project, whole and right.

    Where it does, nothing is done. What is damaged is named in a warning and fetched again. A fetch
    that was cut off is continued by the next. Files get their names only when all of them are
    there and checked.

    Args:
        project: Folder of the project.
        sources: What can be fetched.
        name: Which one.
        variant: Which version; None: the first that the origin has.
        mirror: Folder or base address asked before the official addresses.

    Raises:
        InputError: There is no such source or variant.
        ConfigError: The mirror is neither a folder nor a web address.
        LockedError: Another process fetches it.
        FetchError: It cannot be brought, or what came is not what it should be.
    """
    source = sources.named(name)
    wanted = _wanted(name, source, variant)
    origins: list[Origin] = [Official(sources.network)]
    if mirror:
        origins.insert(0, mirror_of(mirror, name, source, sources.network))
    folder = project / RAW / name
    staging = project / STAGING / name
    with _locked(staging, name):
        spare = sources.network.spare_disk
        task = _Task(name, source, folder, staging, recorded(project), spare)
        there = task.lies_there(wanted)
        outcome: Outcome = "fetched"
        if there is None:
            if folder.is_dir() and any((folder / each).exists() for each in _all_files(wanted)):
                outcome = "fetched again"
            chosen, found, origin = task.bring(wanted, origins, mirror)
            task.install(found)
        else:
            (chosen, found), origin, outcome = there, "", "already there"
        _write_down(project, task, chosen, found)
        shutil.rmtree(staging / "files", ignore_errors=True)
    unproven = [each for each, spec in wanted[chosen].files.items() if not spec.proven]
    return Fetched(
        source=name,
        variant=chosen,
        outcome=outcome,
        origin=origin,
        folder=(RAW / name).as_posix(),
        files={each: one.checked.digest.size for each, one in found.items()},
        recorded=tuple(unproven),
    )


def _wanted(name: str, source: Source, variant: str | None) -> dict[str, Variant]:
    if variant is None:
        return dict(source.variants)
    if variant not in source.variants:
        raise InputError(f"{name} has no variant {variant!r}", near_names(variant, source.variants))
    return {variant: source.variants[variant]}


def _all_files(variants: Mapping[str, Variant]) -> list[str]:
    return list(dict.fromkeys(name for each in variants.values() for name in each.files))


@contextmanager
def _locked(staging: Path, name: str) -> Iterator[None]:
    staging.mkdir(parents=True, exist_ok=True)
    lock = RunLock(staging, f"{name} is being fetched by another process")
    lock.acquire()
    try:
        (staging / "files").mkdir(exist_ok=True)
        yield
    finally:
        lock.release()


def _write_down(project: Path, task: _Task, chosen: str, found: Mapping[str, _Found]) -> None:
    specs = task.source.variants[chosen].files
    checked = {each: one.checked for each, one in found.items()}
    record(
        project,
        task.name,
        chosen,
        {each: one.identity for each, one in checked.items() if not specs[each].proven},
    )
    text = provenance(task.name, task.source, chosen, checked)
    path = task.folder / PROVENANCE
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        write_text(path, text)


class _Task:
    """One source being fetched; its files are looked through once each."""

    def __init__(
        self,
        name: str,
        source: Source,
        folder: Path,
        staging: Path,
        known: Recorded,
        spare: int,
    ) -> None:
        self.name = name
        self.source = source
        self.folder = folder
        self.parts = staging / "files"
        self._known = known.get(name, {})
        self._spare = spare
        self._seen: dict[Path, Checked | FetchError] = {}

    def lies_there(self, wanted: Mapping[str, Variant]) -> tuple[str, dict[str, _Found]] | None:
        """The variant whose files lie in the folder, all right; warns of damage."""
        told = told_variant(self.folder)
        troubles: dict[str, str] = {}
        for variant in wanted:
            found: dict[str, _Found] = {}
            for file in wanted[variant].files:
                path = self.folder / file
                trouble = self._trouble(path, variant, file) if path.is_file() else "is missing"
                if trouble:
                    troubles.setdefault(file, trouble)
                    break
                found[file] = _Found(path, self._look(path))
            else:
                return variant, found
        if any((self.folder / each).is_file() for each in _all_files(wanted)):
            file, trouble = next(iter(troubles.items()))
            trouble = f"{(RAW / self.name / file).as_posix()} {trouble}: fetching what is not right"
            if told and told not in wanted:
                trouble = f"{self.name} lies there as variant {told}: fetching another in its place"
            warnings.warn(ArtrecWarning(trouble), stacklevel=3)
        return None

    def bring(
        self, wanted: Mapping[str, Variant], origins: list[Origin], mirror: str | None
    ) -> tuple[str, dict[str, _Found], str]:
        """Files of the first variant an origin has, wherever they lie yet, and that origin."""
        absent: list[str] = []
        for origin in origins:
            able = {each: one for each, one in wanted.items() if origin.has(one.files)}
            if not able:
                absent.append(f"{origin.told} has none of it")
                continue
            self._require_disk(next(iter(able.values())))
            try:
                chosen, found = self._collect(able, origin)
            except AbsentError as error:
                absent.append(error.problem)
            except UnreachableError as error:
                hint = self._way_out(mirror, error.hint, is_mirror=not isinstance(origin, Official))
                raise UnreachableError(error.problem, hint) from error
            else:
                return chosen, found, origin.told
        by_hand = next((each.by_hand for each in wanted.values() if each.by_hand), "")
        raise FetchError(
            f"{self.name} cannot be fetched: {'; '.join(absent)}", by_hand or self._way_out(mirror)
        )

    def install(self, found: Mapping[str, _Found]) -> None:
        """Give files their names, each at once; the provenance follows when all have theirs."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / PROVENANCE).unlink(missing_ok=True)
        for file, one in found.items():
            if one.path.parent != self.folder:
                os.replace(one.path, self.folder / file)  # noqa: PTH105 - as in bundle.durable
        for file in set(_all_files(self.source.variants)) - set(found):
            (self.folder / file).unlink(missing_ok=True)  # of another variant
        sync_folder(self.folder)

    def _collect(self, able: dict[str, Variant], origin: Origin) -> tuple[str, dict[str, _Found]]:
        """Bring files until one variant has all of its own; drop those that they do not fit."""
        found: dict[str, _Found] = {}
        reasons: list[FetchError] = []
        while able:
            chosen = next(iter(able))
            missing = [each for each in able[chosen].files if each not in found]
            if not missing:
                return chosen, {each: found[each] for each in able[chosen].files}
            file = missing[0]
            try:
                found[file] = self._one(file, able, origin)
            except AbsentError as error:
                reasons.append(error)
                called = origin.name_of(file, able[chosen].files[file])
                able = {
                    each: one
                    for each, one in able.items()
                    if file not in one.files or origin.name_of(file, one.files[file]) != called
                }
                continue
            for variant in [each for each, one in able.items() if file in one.files]:
                trouble = self._trouble(found[file].path, variant, file)
                if trouble:
                    del able[variant]
                    reasons.append(
                        FetchError(
                            f"{file} from {origin.told} {trouble}",
                            "it was damaged, or its publisher has changed it; what came was "
                            "thrown away",
                        )
                    )
        self._discard(found)
        raise next((each for each in reasons if not isinstance(each, AbsentError)), reasons[0])

    def _one(self, file: str, able: Mapping[str, Variant], origin: Origin) -> _Found:
        """A file that lies somewhere yet and is proven, or else from the origin."""
        specs = {each: one.files[file] for each, one in able.items() if file in one.files}
        part = self.parts / file
        for path in (self.folder / file, part):
            if path.is_file() and any(
                self._is_proven(each, file) and not self._trouble(path, each, file)
                for each in specs
            ):
                return _Found(path, self._look(path))
        begun = self.parts / f"{file}.part"
        most = max(spec.most for spec in specs.values())
        origin.bring(file, next(iter(specs.values())), begun, most)
        os.replace(begun, part)  # noqa: PTH105
        self._seen.pop(part, None)
        try:
            return _Found(part, self._look(part))
        except FetchError as error:
            part.unlink()
            raise FetchError(f"from {origin.told}: {error.problem}", error.hint) from error

    def _discard(self, found: Mapping[str, _Found]) -> None:
        for one in found.values():
            if one.path.parent == self.parts:
                one.path.unlink(missing_ok=True)

    def _is_proven(self, variant: str, file: str) -> bool:
        return self._spec(variant, file).proven or file in self._known.get(variant, {})

    def _spec(self, variant: str, file: str) -> FileSpec:
        return self.source.variants[variant].files[file]

    def _look(self, path: Path) -> Checked:
        if path not in self._seen:
            specs = [one.files.get(path.name) for one in self.source.variants.values()]
            sizes = [int(each.unpacked * SLACK) for each in specs if each and each.unpacked]
            try:
                self._seen[path] = check(path, max(sizes, default=MAX_UNPACKED))
            except FetchError as error:
                self._seen[path] = error
        seen = self._seen[path]
        if isinstance(seen, FetchError):
            raise seen
        return seen

    def _trouble(self, path: Path, variant: str, file: str) -> str:
        """What is wrong with a file as one of a variant; empty if nothing is."""
        try:
            checked = self._look(path)
        except FetchError as error:
            return f"is not usable ({error.problem})"
        trouble = checked.differs(self._spec(variant, file))
        first = self._known.get(variant, {}).get(file)
        if not trouble and first is not None and first != checked.identity:
            return f"differs from what was first fetched ({checked.identity}, not {first})"
        return trouble

    def _require_disk(self, variant: Variant) -> None:
        missing = (
            spec.expected
            for file, spec in variant.files.items()
            if not (self.folder / file).is_file() and not (self.parts / file).is_file()
        )
        require_disk(self.parts, self.name, sum(missing), self._spare)

    def _way_out(self, mirror: str | None, kept: str = "", is_mirror: bool = False) -> str:
        wanted = next(iter(self.source.variants.values()))
        layout = f"{self.source.mirror or self.name}/{next(iter(wanted.files))}"
        told = (
            f"{MIRROR_VARIABLE} is {mirror}; "
            + (f"{layout} is asked below it" if is_mirror else f"it has no {layout}")
            if mirror
            else f"in a closed network, set {MIRROR_VARIABLE} to a folder or address that holds "
            f"{layout}"
        )
        return "; ".join(each for each in (told, kept, OFFLINE) if each)
