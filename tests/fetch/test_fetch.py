"""A source from the net, from a mirror, or lying there: which variant, whole, and at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from artrec.errors import ConfigError, FetchError, InputError, LockedError
from artrec.fetch import raw_files
from artrec.fetch.records import LOCK
from artrec.fetch.sources import PROVENANCE
from artrec.fetch.transfer import UnreachableError
from hostile_server import Site, cut, raw, status

A = b"user_id,song_id,rating\n" + b"1,7,5\n" * 200
B = b"song_id,title\n7,Ode\n"
Pinned = Callable[..., dict[str, Any]]


@pytest.fixture
def songs(site: Site, pinned: Pinned) -> dict[str, Any]:
    """One variant of two files on the server."""
    return {
        "v1": {
            "note": "the first",
            "files": {
                "ratings.csv": pinned(A, address=site.serve("/ratings.csv", A)),
                "songs.csv": pinned(B, address=site.serve("/songs.csv", B)),
            },
        }
    }


def mirror(folder: Path, **files: bytes) -> str:
    for name, content in files.items():
        path = folder / "songs" / name.replace("_csv", ".csv").replace("_zip", ".zip")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return str(folder)


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


def test_what_is_right_is_left_alone(project: Any, site: Site, songs: dict[str, Any]) -> None:
    sources = project.write(songs)
    project.fetch(sources)
    before = {each: each.stat() for each in project.raw().iterdir()}
    site.requests.clear()
    assert project.fetch(sources).outcome == "already there"
    assert site.requests == []
    assert {each: each.stat() for each in project.raw().iterdir()} == before
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
    project: Any, songs: dict[str, Any], tmp_path: Path
) -> None:
    sources = project.write(songs)
    project.fetch(sources)
    first = project.raw(PROVENANCE).read_bytes()
    for each in project.raw().iterdir():
        each.unlink()
    base = mirror(tmp_path / "mirror", ratings_csv=A, songs_csv=B)
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


# --- mirrors and variants -------------------------------------------------------------------------


def variants(site: Site, pinned: Pinned) -> dict[str, Any]:
    """The first is known by its bytes, without address; the second by its address."""
    new = b"song_id,user_id,rating\n"
    return {
        "v1": {"by_hand": "ask the band", "files": {"ratings.csv": pinned(A)}},
        "v2": {
            "files": {
                "ratings.csv": {
                    "about": len(new) + 1,
                    "begins": "song_id,user_id",
                    "address": site.serve("/v2/ratings.csv", new),
                }
            }
        },
    }


def test_the_variant_a_mirror_holds_is_named(
    project: Any, site: Site, pinned: Pinned, tmp_path: Path
) -> None:
    sources = project.write(variants(site, pinned))
    base = mirror(tmp_path / "mirror", ratings_csv=A)
    assert project.fetch(sources, mirror=base).variant == "v1"
    assert site.requests == []


def test_without_a_mirror_the_variant_with_an_address_comes(
    project: Any, site: Site, pinned: Pinned
) -> None:
    done = project.fetch(project.write(variants(site, pinned)))
    assert (done.variant, done.recorded) == ("v2", ("ratings.csv",))


def test_a_variant_without_address_says_where_a_person_gets_it(
    project: Any, site: Site, pinned: Pinned
) -> None:
    with pytest.raises(FetchError, match="none of it") as raised:
        project.fetch(project.write(variants(site, pinned)), variant="v1")
    assert raised.value.hint == "ask the band"


def test_another_variant_takes_the_place_of_the_first(
    project: Any, site: Site, pinned: Pinned, tmp_path: Path
) -> None:
    both = variants(site, pinned)
    both["v1"]["files"]["extra.csv"] = pinned(B)
    sources = project.write(both)
    base = mirror(tmp_path / "mirror", ratings_csv=A, extra_csv=B)
    project.fetch(sources, mirror=base)
    assert project.fetch(sources, variant="v2").variant == "v2"
    assert "lies there as variant v1" in project.warnings[0]
    assert sorted(each.name for each in project.raw().iterdir()) == [PROVENANCE, "ratings.csv"]
    assert project.fetch(sources, mirror=base).variant == "v2"  # there, and right: left alone


def test_a_damaged_mirror_is_not_taken_for_another_variant(
    project: Any, site: Site, pinned: Pinned, tmp_path: Path
) -> None:
    base = mirror(tmp_path / "mirror", ratings_csv=A[:-1])
    with pytest.raises(FetchError, match=r"ratings.csv from the mirror .* has 1,222 bytes"):
        project.fetch(project.write(variants(site, pinned)), mirror=base)
    assert site.requests == []


def test_what_a_mirror_lacks_comes_from_the_official_address(
    project: Any, songs: dict[str, Any], tmp_path: Path
) -> None:
    base = mirror(tmp_path / "mirror", ratings_csv=A)
    done = project.fetch(project.write(songs), mirror=base)
    assert done.origin == "its official address"


def test_a_mirror_with_an_address(project: Any, site: Site, pinned: Pinned) -> None:
    files = {"collection.zip": pinned(A, in_mirror="sample of.csv"), "songs.csv": pinned(B)}
    files["collection.csv"] = files.pop("collection.zip")
    sources = project.write(
        {"full": {"files": {"collection.csv": pinned(B)}}, "sample": {"files": files}},
        mirror="music",
    )
    site.serve("/pub/music/sample%20of.csv", A)
    site.serve("/pub/music/songs.csv", B)
    done = project.fetch(sources, mirror=site.base + "/pub/")
    assert (done.variant, done.origin) == ("sample", f"the mirror {site.base}/pub/music")
    assert project.raw("collection.csv").read_bytes() == A


def test_a_mirror_that_is_nothing_of_the_kind(project: Any, songs: dict[str, Any]) -> None:
    sources = project.write(songs)
    for setting in ("ftp://host/x", "nowhere"):
        with pytest.raises(ConfigError, match="ARTREC_MIRROR"):
            project.fetch(sources, mirror=setting)


def test_unknown_names_are_refused(project: Any, songs: dict[str, Any]) -> None:
    sources = project.write(songs)
    with pytest.raises(InputError, match="no variant 'v9'"):
        project.fetch(sources, variant="v9")
    with pytest.raises(InputError, match="did you mean 'songs'"):
        sources.named("song")


def test_without_a_network_it_says_which_address_which_setting_and_what_works(
    project: Any, pinned: Pinned
) -> None:
    spec = pinned(A, address="http://127.0.0.1:9/ratings.csv")
    with pytest.raises(UnreachableError) as raised:
        project.fetch(project.write({"v1": {"files": {"ratings.csv": spec}}}))
    assert "http://127.0.0.1:9/ratings.csv could not be fetched" in raised.value.problem
    assert "set ARTREC_MIRROR to a folder or address that holds songs/ratings.csv" in (
        raised.value.hint
    )
    assert "`make recommend` works without" in raised.value.hint


# --- files whose checksum nobody published --------------------------------------------------------


@pytest.fixture
def unpinned(site: Site) -> dict[str, Any]:
    spec = {"about": len(A), "begins": "user_id,", "address": site.serve("/ratings.csv", A)}
    return {"v1": {"files": {"ratings.csv": spec}}}


def test_the_first_fetch_is_recorded_and_later_ones_held_to_it(
    project: Any, site: Site, unpinned: dict[str, Any]
) -> None:
    sources = project.write(unpinned)
    assert project.fetch(sources).recorded == ("ratings.csv",)
    assert "ratings.csv" in json.loads((project.folder / LOCK).read_text())["songs"]["v1"]
    project.raw("ratings.csv").unlink()
    site.serve("/ratings.csv", A.replace(b"7", b"8"))
    with pytest.raises(FetchError, match="differs from what was first fetched"):
        project.fetch(sources)
    site.serve("/ratings.csv", A)
    project.fetch(sources)
    project.raw("ratings.csv").write_bytes(A.replace(b"7", b"8"))
    assert project.fetch(sources).outcome == "fetched again"
    assert project.raw("ratings.csv").read_bytes() == A


@pytest.mark.parametrize(
    ("content", "told"),
    [(A[:100], "about 1,223 are expected"), (b"x" * 1223, "begins with")],
    ids=["far too short", "another file"],
)
def test_even_unpinned_not_everything_is_taken(
    project: Any, site: Site, unpinned: dict[str, Any], content: bytes, told: str
) -> None:
    site.serve("/ratings.csv", content)
    with pytest.raises(FetchError, match=told):
        project.fetch(project.write(unpinned))
    assert not (project.folder / LOCK).exists()


def test_a_damaged_record_is_named(project: Any, unpinned: dict[str, Any]) -> None:
    sources = project.write(unpinned)
    project.fetch(sources)
    (project.folder / LOCK).write_text("{")
    with pytest.raises(FetchError, match=r"sources\.lock\.json is damaged"):
        project.fetch(sources)


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
    patient = sources.network.model_copy(update={"timeout": 30.0})
    sources = sources.model_copy(update={"network": patient})
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
