"""Mirrors, known variants, and files whose checksum nobody published."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from artrec.errors import ConfigError, FetchError, InputError
from artrec.fetch.records import LOCK
from artrec.fetch.sources import PROVENANCE
from artrec.fetch.transfer import UnreachableError
from hostile_server import Site

A = b"user_id,song_id,rating\n" + b"1,7,5\n" * 200
B = b"song_id,title\n7,Ode\n"
Pinned = Callable[..., dict[str, Any]]
Mirror = Callable[..., str]


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
    project: Any, site: Site, pinned: Pinned, mirror: Mirror
) -> None:
    sources = project.write(variants(site, pinned))
    base = mirror(ratings=A)
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
    project: Any, site: Site, pinned: Pinned, mirror: Mirror
) -> None:
    both = variants(site, pinned)
    both["v1"]["files"]["extra.csv"] = pinned(B)
    sources = project.write(both)
    base = mirror(ratings=A, extra=B)
    project.fetch(sources, mirror=base)
    assert project.fetch(sources, variant="v2").variant == "v2"
    assert "lies there as variant v1" in project.warnings[0]
    assert sorted(each.name for each in project.raw().iterdir()) == [PROVENANCE, "ratings.csv"]
    assert project.fetch(sources, mirror=base).variant == "v2"  # there, and right: left alone


def test_a_damaged_mirror_is_not_taken_for_another_variant(
    project: Any, site: Site, pinned: Pinned, mirror: Mirror
) -> None:
    base = mirror(ratings=A[:-1])
    with pytest.raises(FetchError, match=r"ratings.csv from the mirror .* has 1,222 bytes"):
        project.fetch(project.write(variants(site, pinned)), mirror=base)
    assert site.requests == []


def test_what_a_mirror_lacks_comes_from_the_official_address(
    project: Any, songs: dict[str, Any], mirror: Mirror
) -> None:
    base = mirror(ratings=A)
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


def test_a_variant_with_other_files_stays_in_question_when_a_file_is_absent(
    project: Any, site: Site, pinned: Pinned
) -> None:
    sources = project.write(
        {"v1": {"files": {"ratings.csv": pinned(A)}}, "v2": {"files": {"songs.csv": pinned(B)}}}
    )
    site.serve("/songs/songs.csv", B)
    assert project.fetch(sources, mirror=site.base).variant == "v2"


def test_what_an_earlier_fetch_left_is_in_nobodys_way(
    project: Any, pinned: Pinned, mirror: Mirror
) -> None:
    staging = project.folder / "data" / "01_raw" / ".fetch" / "songs" / "files"
    staging.mkdir(parents=True)
    (staging / "ratings.csv.part").write_bytes(b"half")
    (staging / "ratings.csv").write_bytes(b"damaged since")
    sources = project.write({"v1": {"files": {"ratings.csv": pinned(A)}}})
    assert project.fetch(sources, mirror=mirror(ratings=A)).outcome == "fetched"
    assert project.raw("ratings.csv").read_bytes() == A


def test_a_mirrored_file_that_is_far_too_large_is_not_copied(
    project: Any, pinned: Pinned, mirror: Mirror
) -> None:
    sources = project.write({"v1": {"files": {"ratings.csv": pinned(A)}}})
    with pytest.raises(FetchError, match=r"has 2,446 bytes; at most 1,223 are expected"):
        project.fetch(sources, mirror=mirror(ratings=A + A))


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


def test_what_nothing_proves_is_fetched_again_with_the_rest(
    project: Any, site: Site, unpinned: dict[str, Any]
) -> None:
    """Files of one version belong together; of a lone one nobody can say which it is of."""
    songs = {"about": len(B), "begins": "song_id,", "address": site.serve("/songs.csv", B)}
    unpinned["v1"]["files"]["songs.csv"] = songs
    project.raw().mkdir(parents=True)
    project.raw("ratings.csv").write_bytes(A.replace(b"7", b"8"))
    project.fetch(project.write(unpinned))
    assert project.raw("ratings.csv").read_bytes() == A
