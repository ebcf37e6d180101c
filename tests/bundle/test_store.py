"""Publishing is all or nothing: whatever goes wrong, a whole version stays in use."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
import textwrap
import warnings
from collections import namedtuple
from pathlib import Path

import pytest

from artrec.bundle import (
    current,
    durable,
    list_versions,
    publish,
    read_bundle,
    read_current,
    use,
)
from artrec.bundle import (
    store as store_module,
)
from artrec.bundle.manifest import MANIFEST
from artrec.errors import ArtrecWarning, BundleError, LockedError
from film_world import write_films

Built = namedtuple("Built", ["first", "second", "third"])


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Three different bundles."""
    root = tmp_path_factory.mktemp("built_bundles")
    for name in Built._fields:
        write_films(root / name, note=name)
    return Built(*(root / name for name in Built._fields))


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return tmp_path / "data" / "published"


def rubbish(store: Path) -> list[str]:
    return [
        each.name for each in store.iterdir() if each.name.startswith(".") and each.name != ".lock"
    ]


def variant(store: Path) -> object:
    return read_current(store).members["movies"].manifest.source["variant"]


def test_a_published_bundle_is_the_one_read(built: Built, shop: Path) -> None:
    told = publish(built.first, shop)
    assert told == {"version": told["content_hash"][:12], "content_hash": told["content_hash"]}
    assert current(shop) == told["version"]
    bundle = read_current(shop)
    assert bundle.version == told["version"]
    assert bundle.members["movies"].manifest == read_bundle(built.first).members["movies"].manifest
    assert not rubbish(shop)


def test_a_version_can_be_read_by_another_user(built: Built, shop: Path) -> None:
    folder = shop / publish(built.first, shop)["version"]
    assert folder.stat().st_mode & 0o555 == 0o555


def test_publishing_twice_changes_nothing(built: Built, shop: Path) -> None:
    def snapshot() -> dict[str, tuple[int, bytes]]:
        files = [each for each in shop.rglob("*") if each.is_file() and each.name != ".lock"]
        return {str(each): (each.stat().st_mtime_ns, each.read_bytes()) for each in files}

    told = publish(built.first, shop)
    before = snapshot()
    assert publish(built.first, shop) == told
    assert snapshot() == before


def test_the_version_depends_on_content_alone(built: Built, shop: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(built.first, tmp_path / "copy"))
    (copy / ".gitignore").write_text("/movies")
    assert publish(copy, tmp_path / "other") == publish(built.first, shop)
    assert publish(built.second, shop) != publish(built.first, shop)


def test_old_versions_are_kept_and_listed_newest_first(built: Built, shop: Path) -> None:
    names = [publish(each, shop)["version"] for each in built]
    versions = list_versions(shop)
    assert [each.name for each in versions] == names[::-1]
    assert [each.is_current for each in versions] == [True, False, False]
    assert [each.sequence for each in versions] == [3, 2, 1]
    assert all(each.media == ("movies",) and each.published_at for each in versions)


def test_use_goes_back_and_publishing_the_same_again_goes_forward(built: Built, shop: Path) -> None:
    first, second = (publish(each, shop)["version"] for each in built[:2])
    assert use(shop, first) == first
    assert variant(shop) == "first"
    assert publish(built.second, shop)["version"] == second
    assert variant(shop) == "second"
    assert len(list_versions(shop)) == 2


def test_use_takes_the_beginning_of_a_name(built: Built, shop: Path) -> None:
    first, _ = (publish(each, shop)["version"] for each in built[:2])
    assert use(shop, first[:6]) == first


def test_use_of_an_unknown_version_offers_near_names(built: Built, shop: Path) -> None:
    first, second = (publish(each, shop)["version"] for each in built[:2])
    wrong = first[:-1] + ("0" if first[-1] != "0" else "1")
    with pytest.raises(BundleError, match=f"no version named '{wrong}'") as caught:
        use(shop, wrong)
    assert caught.value.hint == f"did you mean '{first}'?"
    for nonsense in ("", "zz", first[:2], "../.."):
        with pytest.raises(BundleError, match="version"):
            use(shop, nonsense)
    assert current(shop) == second


def test_use_refuses_a_damaged_version_and_keeps_the_current(built: Built, shop: Path) -> None:
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


def test_a_damaged_current_version_gives_way_to_the_one_before(built: Built, shop: Path) -> None:
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


def test_versions_before_the_current_are_preferred_to_later_ones(built: Built, shop: Path) -> None:
    names = [publish(each, shop)["version"] for each in built]
    use(shop, names[1])
    (shop / names[1] / "movies" / MANIFEST).unlink()
    with pytest.warns(ArtrecWarning, match=r"manifest\.json is missing"):
        assert read_current(shop).version == names[0]
    shutil.rmtree(shop / names[0])
    with pytest.warns(ArtrecWarning):
        assert read_current(shop).version == names[2]


def test_current_that_names_a_missing_version_gives_way(built: Built, shop: Path) -> None:
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
    built: Built, shop: Path
) -> None:
    names = [publish(each, shop)["version"] for each in built[:2]]
    for name in names:
        (shop / name / "movies" / "works.parquet").unlink()
    with pytest.raises(BundleError, match=f"{names[1]}.*works.parquet is missing"):
        read_current(shop)


def test_a_manifest_swapped_for_another_good_one_is_found(built: Built, shop: Path) -> None:
    """Every checksum agrees, but it is not what was published under that name."""
    first, second = (publish(each, shop)["version"] for each in built[:2])
    shutil.copy(shop / first / "movies" / MANIFEST, shop / second / "movies" / MANIFEST)
    with pytest.warns(ArtrecWarning, match="is not what was published"):
        assert read_current(shop).version == first


def test_a_lost_record_costs_the_date_only(built: Built, shop: Path) -> None:
    version = publish(built.first, shop)["version"]
    (shop / version / "published.json").write_text("{")
    assert list_versions(shop)[0].published_at == ""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert read_current(shop).version == version


# --- what publishing does when something goes wrong --------------------------------------------


def test_a_damaged_bundle_is_not_published(built: Built, shop: Path, tmp_path: Path) -> None:
    publish(built.first, shop)
    broken = Path(shutil.copytree(built.second, tmp_path / "broken"))
    (broken / "movies" / "works.parquet").write_bytes(b"")
    with pytest.raises(BundleError, match=r"broken/movies/works\.parquet is truncated"):
        publish(broken, shop)
    assert variant(shop) == "first"
    assert len(list_versions(shop)) == 1


def test_a_bundle_that_changes_meanwhile_is_not_published(
    built: Built, shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(built.first, shop)
    moving = Path(shutil.copytree(built.second, tmp_path / "moving"))
    copy = durable.copy_file

    def meddle(name: str, by: Path) -> None:
        def copy_and_meddle(source: Path, target: Path) -> tuple[int, str]:
            if source.name == name:
                shutil.copy(by / source.relative_to(moving), source)
            return copy(source, target)

        monkeypatch.setattr(durable, "copy_file", copy_and_meddle)

    meddle(MANIFEST, by=built.third)
    with pytest.raises(BundleError, match="changed while it was being published"):
        publish(moving, shop)
    (tmp_path / "movies").mkdir()
    (tmp_path / "movies" / "works.parquet").write_bytes(b"other")
    shutil.copy(built.second / "movies" / MANIFEST, moving / "movies")
    meddle("works.parquet", by=tmp_path)
    with pytest.raises(BundleError, match=r"works\.parquet changed while it was being published"):
        publish(moving, shop)
    assert variant(shop) == "first"
    assert not rubbish(shop)


def test_a_damaged_version_is_healed_by_publishing_it_again(built: Built, shop: Path) -> None:
    version = publish(built.first, shop)["version"]
    (shop / version / "movies" / "works.parquet").unlink()
    publish(built.first, shop)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert variant(shop) == "first"
    assert not rubbish(shop)


def test_too_little_space_is_told_before_anything_is_written(
    built: Built, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(built.first, shop)
    usage = namedtuple("usage", ["total", "used", "free"])
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(100 << 30, 100 << 30, 5 << 20))
    monkeypatch.setattr(durable, "copy_file", lambda *_: pytest.fail("nothing may be copied"))
    with pytest.raises(BundleError, match="needs 16 MiB, 5 MiB are free") as caught:
        publish(built.second, shop)
    assert "deleting old version folders" in caught.value.hint
    assert variant(shop) == "first"


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EACCES, "cannot be written"),
    ],
)
@pytest.mark.parametrize("call", ["fsync", "replace", "open"])
def test_whatever_the_disk_refuses_the_previous_version_stays(
    built: Built, shop: Path, monkeypatch: pytest.MonkeyPatch, number: int, told: str, call: str
) -> None:
    """The n-th call of each kind fails, for every n up to the last call there is."""
    publish(built.first, shop)
    whole = getattr(os, call)
    failures = 0
    for fails_at in range(1000):
        calls = 0

        def refuses(*args: object, **kwargs: object) -> object:
            nonlocal calls
            calls += 1
            if calls == fails_at + 1:  # noqa: B023 - called within this turn
                raise OSError(number, os.strerror(number), str(shop))
            return whole(*args, **kwargs)

        with monkeypatch.context() as patch:
            patch.setattr(os, call, refuses)
            try:
                publish(built.second, shop)
                if calls <= fails_at:
                    break
            except BundleError as error:
                failures += 1
                assert told in error.problem
                assert "previous version stays in use" in error.problem
        # CURRENT may have moved already where only its folder's sync failed: it is whole then
        assert variant(shop) in {"first", "second"}
        if variant(shop) == "first":
            assert not rubbish(shop)
        use(shop, publish(built.first, shop)["version"])
        shutil.rmtree(next(p for p in shop.iterdir() if is_second(p)), ignore_errors=True)
    assert failures >= 2
    assert variant(shop) == "second"


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_every_way_of_being_full_is_called_full(
    built: Built, shop: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def full(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(durable, "copy_file", full)
    with pytest.raises(BundleError, match="the disk is full"):
        publish(built.first, shop)
    assert list_versions(shop) == []


def is_second(folder: Path) -> bool:
    path = folder / "movies" / MANIFEST
    return not path.is_file() or json.loads(path.read_text())["source"]["variant"] == "second"


def test_a_full_disk_in_the_middle_of_a_file_leaves_no_trace(built: Built, shop: Path) -> None:
    """A real refusal by the kernel: no file may grow beyond a few hundred bytes."""
    publish(built.first, shop)
    program = textwrap.dedent("""
        import resource, sys
        from artrec.bundle import publish
        from artrec.errors import BundleError
        resource.setrlimit(resource.RLIMIT_FSIZE, (700, 700))
        try:
            publish(sys.argv[1], sys.argv[2])
        except BundleError as error:
            print(error)
            sys.exit(7)
    """)
    done = subprocess.run(
        [sys.executable, "-c", program, str(built.second), str(shop)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 7, done.stderr
    assert "the disk is full" in done.stdout
    assert variant(shop) == "first"
    assert not rubbish(shop)
    publish(built.second, shop)
    assert variant(shop) == "second"


def test_without_write_permission_it_says_so_and_the_version_stays(
    built: Built, shop: Path, tmp_path: Path
) -> None:
    publish(built.first, shop)
    program = textwrap.dedent("""
        import os, sys
        from artrec.bundle import publish
        from artrec.errors import BundleError
        if os.getuid() == 0:  # root may write everywhere: become nobody
            os.setuid(65534)
        try:
            publish(sys.argv[1], sys.argv[2])
        except BundleError as error:
            print(error)
            sys.exit(7)
    """)
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.getuid() and folder != Path(folder.anchor):
            folder.chmod(folder.stat().st_mode | 0o011)
    bundle = Path(shutil.copytree(built.second, tmp_path / "bundle"))
    command = [sys.executable, "-c", program, str(bundle), str(shop)]
    shop.chmod(0o555)
    (shop / ".lock").unlink(missing_ok=True)
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    finally:
        shop.chmod(0o755)
    assert done.returncode == 7, done.stderr
    assert "cannot be written (Permission denied)" in done.stdout
    assert f"make {shop} a folder that this user may write to" in done.stdout
    assert variant(shop) == "first"
    assert not rubbish(shop)


def test_what_killed_runs_left_is_removed_by_the_next(built: Built, shop: Path) -> None:
    publish(built.first, shop)
    (shop / ".publishing-killed" / "movies").mkdir(parents=True)
    (shop / ".publishing-killed" / "movies" / "half.npy").write_bytes(b"half")
    (shop / ".CURRENT.123.draft").write_text("half")
    assert variant(shop) == "first"
    publish(built.first, shop)
    assert not rubbish(shop)


def test_two_publishers_do_not_meet(
    built: Built, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(built.first, shop)
    monkeypatch.setattr(store_module, "LOCK_SECONDS", 0.05)
    program = textwrap.dedent("""
        import sys
        from filelock import FileLock
        with FileLock(sys.argv[1]):
            print("held", flush=True)
            sys.stdin.read()
    """)
    command = [sys.executable, "-c", program, str(shop / ".lock")]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(LockedError, match="another process is publishing"):
            publish(built.second, shop)
        other.communicate("")
    assert variant(shop) == "first"
    publish(built.second, shop)
    assert variant(shop) == "second"


def test_the_store_side_needs_no_pandas() -> None:
    program = """if True:
        import sys
        import artrec.bundle.store
        print({"pandas", "scipy", "numpy", "kedro"} & set(sys.modules))
    """
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
