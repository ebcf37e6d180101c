"""A source from the net, from a mirror, or lying there: which variant, whole, and at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from artrec.errors import FetchError, LockedError
from artrec.fetch import raw_files
from artrec.fetch.records import LOCK
from artrec.fetch.sources import PROVENANCE
from artrec.fetch.transfer import UnreachableError
from hostile_server import Site, cut, raw, status

A = b"user_id,song_id,rating\n" + b"1,7,5\n" * 200
B = b"song_id,title\n7,Ode\n"
Pinned = Callable[..., dict[str, Any]]
Mirror = Callable[..., str]


# --- the plain way --------------------------------------------------------------------------------


def test_a_source_comes(project: Any, site: Site, songs: dict[str, Any]) -> None:
    done = project.fetch(project.write(songs))
    assert (done.variant, done.outcome, done.origin) == ("v1", "fetched", "its official address")
    assert project.raw("ratings.csv").read_bytes() == A
    assert done.files == {"ratings.csv": len(A), "songs.csv": len(B)}
    assert done.recorded == ()
    told = json.loads(project.raw(PROVENANCE).read_text())
    assert (told["variant"], told["licence"], told["note"]) == ("v1", "CC0", "the first")
    assert told["files"]["songs.csv"]["size"] == len(B)
    assert project.left_over == ["songs"]
    assert not (project.folder / LOCK).exists()


def _files(project: Any) -> dict[str, tuple[int, int, int]]:
    """Which files there are, and when each was written; that they were read tells nothing."""
    stats = {each.name: each.stat() for each in project.raw().iterdir()}
    return {name: (s.st_ino, s.st_size, s.st_mtime_ns) for name, s in stats.items()}


def test_what_is_right_is_left_alone(project: Any, site: Site, songs: dict[str, Any]) -> None:
    sources = project.write(songs)
    project.fetch(sources)
    before = _files(project)
    site.requests.clear()
    assert project.fetch(sources).outcome == "already there"
    assert site.requests == []
    assert _files(project) == before
    assert project.warnings == []


def test_what_is_damaged_is_named_and_only_that_comes_again(
    project: Any, site: Site, songs: dict[str, Any]
) -> None:
    sources = project.write(songs)
    project.fetch(sources)
    project.raw("songs.csv").write_bytes(B[:-3])
    site.requests.clear()
    assert project.fetch(sources).outcome == "fetched again"
    assert [path for path, _ in site.requests] == ["/songs.csv"]
    assert project.raw("songs.csv").read_bytes() == B
    (told,) = project.warnings
    assert "data/01_raw/songs/songs.csv has 17 bytes, not 20" in told


def test_what_was_put_there_by_hand_is_taken(
    project: Any, site: Site, songs: dict[str, Any]
) -> None:
    sources = project.write(songs)
    project.raw().mkdir(parents=True)
    project.raw("ratings.csv").write_bytes(A)
    project.raw("songs.csv").write_bytes(B)
    assert project.fetch(sources).outcome == "already there"
    assert site.requests == []
    assert project.raw(PROVENANCE).is_file()


def test_provenance_says_the_same_wherever_it_was_fetched(
    project: Any, songs: dict[str, Any], mirror: Mirror
) -> None:
    sources = project.write(songs)
    project.fetch(sources)
    first = project.raw(PROVENANCE).read_bytes()
    for each in project.raw().iterdir():
        each.unlink()
    base = mirror(ratings=A, songs=B)
    assert project.fetch(sources, mirror=base).origin == f"the mirror {base}/songs"
    assert project.raw(PROVENANCE).read_bytes() == first


# --- what must not get its name -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (A.replace(b"5", b"4", 1), "has the SHA-256"),
        (A[:-6], "bytes, not"),
        (b"<!doctype html><title>502 Bad Gateway</title>", "web page"),
        (b"", "empty"),
    ],
    ids=["other bytes", "short", "an error page with status 200", "nothing"],
)
def test_what_is_not_as_known_is_thrown_away(
    project: Any, site: Site, songs: dict[str, Any], reply: bytes, told: str
) -> None:
    site.serve("/ratings.csv", reply)
    with pytest.raises(FetchError, match=told):
        project.fetch(project.write(songs))
    assert not project.raw().exists()
    assert project.left_over == ["files", "songs"]
    site.serve("/ratings.csv", A)
    assert project.fetch(project.write(songs)).outcome == "fetched"


def test_a_length_that_is_too_short_is_found_out(
    project: Any, site: Site, songs: dict[str, Any]
) -> None:
    site.serve("/ratings.csv", raw(200, A, Content_Length=100))
    with pytest.raises(FetchError, match="has 100 bytes, not"):
        project.fetch(project.write(songs))
    assert not project.raw().exists()


def test_half_a_source_gets_no_name(project: Any, site: Site, songs: dict[str, Any]) -> None:
    site.serve("/songs.csv", status(500))
    with pytest.raises(UnreachableError):
        project.fetch(project.write(songs))
    assert not project.raw().exists()
    site.serve("/songs.csv", B)
    site.requests.clear()
    assert project.fetch(project.write(songs)).outcome == "fetched"
    assert [path for path, _ in site.requests] == ["/songs.csv"]  # the other waited, proven


def test_the_old_stays_when_the_new_does_not_come(
    project: Any, site: Site, songs: dict[str, Any]
) -> None:
    sources = project.write(songs)
    project.fetch(sources)
    project.raw("ratings.csv").write_bytes(b"mine now")
    site.serve("/ratings.csv", status(404))
    with pytest.raises(FetchError, match="does not exist there"):
        project.fetch(sources)
    assert project.raw("ratings.csv").read_bytes() == b"mine now"
    assert project.raw("songs.csv").read_bytes() == B


def test_a_cut_is_gone_on_with_by_the_next_fetch(
    project: Any, site: Site, songs: dict[str, Any]
) -> None:
    site.serve("/ratings.csv", cut(A, after=500, times=99))
    with pytest.raises(UnreachableError):
        project.fetch(project.write(songs))
    site.requests.clear()
    site.serve("/ratings.csv", A)
    project.fetch(project.write(songs))
    assert site.asked("/ratings.csv") == ["bytes=500-"]
    assert project.raw("ratings.csv").read_bytes() == A


def test_a_bomb_is_thrown_away(
    project: Any, site: Site, pinned: Pinned, zipped: Callable[..., bytes]
) -> None:
    bomb = zipped(("ratings.csv", bytes(3_000_000)))
    spec = pinned(bomb, address=site.serve("/songs.zip", bomb))
    with pytest.raises(FetchError, match="zip bomb"):
        project.fetch(project.write({"v1": {"files": {"songs.zip": spec}}}))
    assert not project.raw().exists()


def test_a_full_disk_is_said_first(project: Any, site: Site, songs: dict[str, Any]) -> None:
    sources = project.write(songs)
    greedy = sources.network.model_copy(update={"spare_disk": 1 << 60})
    with pytest.raises(FetchError, match=r"songs needs 1,243 bytes of disk"):
        project.fetch(sources.model_copy(update={"network": greedy}))
    assert site.requests == []


# --- two at once, and one killed ------------------------------------------------------------------

HOLD = """
import sys
from pathlib import Path
from artrec.fetch import fetch, load
project = Path(sys.argv[1])
fetch(project, load(project), "songs")
"""


def test_the_second_of_two_is_told_of_the_first(
    project: Any, site: Site, songs: dict[str, Any]
) -> None:
    import threading

    asked, go_on = threading.Event(), threading.Event()

    def slow(request: Any) -> None:
        asked.set()
        go_on.wait(20)
        raw(200, A, Content_Length=len(A))(request)

    site.serve("/ratings.csv", slow)
    sources = project.write(songs)
    first = threading.Thread(target=project.fetch, args=(sources,))
    first.start()
    assert asked.wait(20)
    try:
        with pytest.raises(LockedError, match="songs is being fetched by another process: process"):
            project.fetch(sources)
    finally:
        go_on.set()
        first.join()
    assert project.fetch(sources).outcome == "already there"


def test_a_killed_fetch_leaves_no_half_and_the_next_goes_on(
    project: Any, site: Site, songs: dict[str, Any]
) -> None:
    def killing(request: Any) -> None:
        request.head(200, Content_Length=len(A), ETag='"1"')
        request.body(A[:700])
        part = project.folder / "data/01_raw/.fetch/songs/files/ratings.csv.part"
        while not part.is_file():
            request.stopped.wait(0.01)
        process.kill()

    site.serve("/ratings.csv", killing)
    project.write(songs)
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(project.folder)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert process.wait(60) != 0
    assert not project.raw().exists()
    site.serve("/ratings.csv", A)
    assert project.fetch(project.write(songs)).outcome == "fetched"
    assert project.raw("ratings.csv").read_bytes() == A


# --- what others ask ------------------------------------------------------------------------------


def test_raw_files_are_those_of_sources_that_are_whole(project: Any, songs: dict[str, Any]) -> None:
    sources = project.write(songs)
    assert raw_files(project.folder) == {}
    project.fetch(sources)
    assert raw_files(project.folder) == {
        "songs": tuple(
            f"data/01_raw/songs/{name}" for name in ("ratings.csv", "songs.csv", PROVENANCE)
        )
    }
    project.raw("songs.csv").unlink()
    assert raw_files(project.folder) == {}
