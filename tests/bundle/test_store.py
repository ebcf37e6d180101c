"""The store keeps versions side by side, and a reader always finds a whole one."""

from __future__ import annotations

import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

from artrec.bundle import current, list_versions, publish, read_bundle, read_current, use
from artrec.bundle.manifest import MANIFEST
from artrec.errors import ArtrecWarning, BundleError
from store_checks import rubbish, variant

Bundles = tuple[Path, Path, Path]


def test_a_published_bundle_is_the_one_read(built: Bundles, shop: Path) -> None:
    told = publish(built[0], shop)
    assert told == {"version": told["content_hash"][:12], "content_hash": told["content_hash"]}
    assert current(shop) == told["version"]
    bundle = read_current(shop)
    assert bundle.version == told["version"]
    assert bundle.members["movies"].manifest == read_bundle(built[0]).members["movies"].manifest
    assert not rubbish(shop)


def test_a_version_can_be_read_by_another_user(built: Bundles, shop: Path) -> None:
    folder = shop / publish(built[0], shop)["version"]
    assert folder.stat().st_mode & 0o555 == 0o555


def test_publishing_twice_changes_nothing(built: Bundles, shop: Path) -> None:
    def snapshot() -> dict[str, tuple[int, bytes]]:
        files = [each for each in shop.rglob("*") if each.is_file() and each.name != ".lock"]
        return {str(each): (each.stat().st_mtime_ns, each.read_bytes()) for each in files}

    told = publish(built[0], shop)
    before = snapshot()
    assert publish(built[0], shop) == told
    assert snapshot() == before


def test_the_version_depends_on_content_alone(built: Bundles, shop: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(built[0], tmp_path / "copy"))
    (copy / ".gitignore").write_text("/movies")
    assert publish(copy, tmp_path / "other") == publish(built[0], shop)
    assert publish(built[1], shop) != publish(built[0], shop)


def test_old_versions_are_kept_and_listed_newest_first(built: Bundles, shop: Path) -> None:
    names = [publish(each, shop)["version"] for each in built]
    versions = list_versions(shop)
    assert [each.name for each in versions] == names[::-1]
    assert [each.is_current for each in versions] == [True, False, False]
    assert [each.sequence for each in versions] == [3, 2, 1]
    assert all(each.media == ("movies",) and each.published_at for each in versions)


def test_use_goes_back_and_publishing_again_goes_forward(built: Bundles, shop: Path) -> None:
    first, second = (publish(each, shop)["version"] for each in built[:2])
    assert use(shop, first) == first
    assert variant(shop) == "first"
    assert publish(built[1], shop)["version"] == second
    assert variant(shop) == "second"
    assert len(list_versions(shop)) == 2


def test_use_takes_the_beginning_of_a_name(built: Bundles, shop: Path) -> None:
    first, _ = (publish(each, shop)["version"] for each in built[:2])
    assert use(shop, first[:6]) == first


def test_use_of_an_unknown_version_offers_near_names(built: Bundles, shop: Path) -> None:
    first, second = (publish(each, shop)["version"] for each in built[:2])
    wrong = first[:-1] + ("0" if first[-1] != "0" else "1")
    with pytest.raises(BundleError, match=f"no version named '{wrong}'") as caught:
        use(shop, wrong)
    assert caught.value.hint == f"did you mean '{first}'?"
    for nonsense in ("", "zz", first[:2], "../.."):
        with pytest.raises(BundleError, match="version"):
            use(shop, nonsense)
    assert current(shop) == second


def test_use_refuses_a_damaged_version_and_keeps_the_current(built: Bundles, shop: Path) -> None:
    first, second = (publish(each, shop)["version"] for each in built[:2])
    (shop / first / "movies" / "works.parquet").write_bytes(b"")
    with pytest.raises(BundleError, match=r"works\.parquet is truncated"):
        use(shop, first)
    assert current(shop) == second


def test_an_empty_store_says_what_to_run(tmp_path: Path) -> None:
    for ask in (current, read_current, lambda store: use(store, "abc")):
        with pytest.raises(BundleError, match="no bundle was published") as caught:
            ask(tmp_path)
        assert "make recommend" in caught.value.hint
    assert list_versions(tmp_path / "not there") == []


# --- what a reader does with a damaged store ---------------------------------------------------


def test_a_damaged_current_version_gives_way_to_the_one_before(built: Bundles, shop: Path) -> None:
    names = [publish(each, shop)["version"] for each in built]
    wrong = shop / names[2] / "movies" / "works.parquet"
    wrong.write_bytes(wrong.read_bytes()[:-7])
    with pytest.warns(ArtrecWarning) as caught:
        bundle = read_current(shop)
    assert bundle.version == names[1]
    (told,) = [str(each.message) for each in caught]
    assert f"{wrong} is truncated" in told
    assert f"using the version {names[1]} in its place" in told
    assert (shop / "CURRENT").read_text() == names[2] + "\n"  # reading changes nothing


def test_versions_before_the_current_come_first(built: Bundles, shop: Path) -> None:
    names = [publish(each, shop)["version"] for each in built]
    use(shop, names[1])
    (shop / names[1] / "movies" / MANIFEST).unlink()
    with pytest.warns(ArtrecWarning, match=r"manifest\.json is missing"):
        assert read_current(shop).version == names[0]
    shutil.rmtree(shop / names[0])
    with pytest.warns(ArtrecWarning):
        assert read_current(shop).version == names[2]


def test_current_that_names_a_missing_version_gives_way(built: Bundles, shop: Path) -> None:
    names = [publish(each, shop)["version"] for each in built[:2]]
    for text in ("0123456789ab\n", "../../elsewhere", "", "\0"):
        (shop / "CURRENT").write_text(text)
        with pytest.raises(BundleError, match="CURRENT") as error:
            current(shop)
        assert f"artrec bundle use {names[1]}" in error.value.hint
        with pytest.warns(ArtrecWarning, match="CURRENT"):
            assert read_current(shop).version == names[1]
    (shop / "CURRENT").write_bytes(b"\xff\xff")
    with pytest.warns(ArtrecWarning, match="CURRENT"):
        assert read_current(shop).version == names[1]


def test_a_store_without_a_whole_version_is_an_error_about_the_current(
    built: Bundles, shop: Path
) -> None:
    names = [publish(each, shop)["version"] for each in built[:2]]
    for name in names:
        (shop / name / "movies" / "works.parquet").unlink()
    with pytest.raises(BundleError, match=f"{names[1]}.*works.parquet is missing"):
        read_current(shop)


def test_a_manifest_swapped_for_another_good_one_is_found(built: Bundles, shop: Path) -> None:
    """Every checksum agrees, but it is not what was published under that name."""
    first, second = (publish(each, shop)["version"] for each in built[:2])
    shutil.copy(shop / first / "movies" / MANIFEST, shop / second / "movies" / MANIFEST)
    with pytest.warns(ArtrecWarning, match="is not what was published"):
        assert read_current(shop).version == first


def test_a_lost_record_costs_the_date_only(built: Bundles, shop: Path) -> None:
    version = publish(built[0], shop)["version"]
    (shop / version / "published.json").write_text("{")
    assert list_versions(shop)[0].published_at == ""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert read_current(shop).version == version


def test_the_store_side_needs_no_pandas() -> None:
    program = """if True:
        import sys
        import artrec.bundle.store
        print({"pandas", "scipy", "numpy", "kedro"} & set(sys.modules))
    """
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
