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

from artrec.bundle import durable, list_versions, publish, use
from artrec.bundle import store as store_module
from artrec.bundle.manifest import MANIFEST
from artrec.errors import BundleError, LockedError
from store_checks import rubbish, variant

Bundles = tuple[Path, Path, Path]


def test_a_damaged_bundle_is_not_published(built: Bundles, shop: Path, tmp_path: Path) -> None:
    publish(built[0], shop)
    broken = Path(shutil.copytree(built[1], tmp_path / "broken"))
    (broken / "movies" / "works.parquet").write_bytes(b"")
    with pytest.raises(BundleError, match=r"broken/movies/works\.parquet is truncated"):
        publish(broken, shop)
    assert variant(shop) == "first"
    assert len(list_versions(shop)) == 1


def test_a_bundle_that_changes_meanwhile_is_not_published(
    built: Bundles, shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(built[0], shop)
    moving = Path(shutil.copytree(built[1], tmp_path / "moving"))
    copy = durable.copy_file

    def meddle(name: str, by: Path) -> None:
        def copy_and_meddle(source: Path, target: Path) -> tuple[int, str]:
            if source.name == name:
                shutil.copy(by / source.relative_to(moving), source)
            return copy(source, target)

        monkeypatch.setattr(durable, "copy_file", copy_and_meddle)

    meddle(MANIFEST, by=built[2])
    with pytest.raises(BundleError, match="changed while it was being published"):
        publish(moving, shop)
    (tmp_path / "movies").mkdir()
    (tmp_path / "movies" / "works.parquet").write_bytes(b"other")
    shutil.copy(built[1] / "movies" / MANIFEST, moving / "movies")
    meddle("works.parquet", by=tmp_path)
    with pytest.raises(BundleError, match=r"works\.parquet changed while it was being published"):
        publish(moving, shop)
    assert variant(shop) == "first"
    assert not rubbish(shop)


def test_every_folder_is_on_the_disk_before_its_version_gets_its_name(
    built: Bundles, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A kill cannot show what a power cut would: so the order of the calls is looked at."""
    steps: list[str] = []
    sync, replace = durable.sync_folder, os.replace

    def record_sync(folder: Path) -> None:
        steps.append(f"sync {folder.name}")
        sync(folder)

    def record_replace(source: Path, target: Path) -> None:
        steps.append(f"name {target.name}")
        replace(source, target)

    monkeypatch.setattr(durable, "sync_folder", record_sync)
    monkeypatch.setattr(os, "replace", record_replace)
    version = publish(built[0], shop)["version"]
    named = steps.index(f"name {version}")
    assert {"sync movies", "sync scorer", "sync profiles"} <= set(steps[:named])
    assert steps[named + 1 :] == ["sync published", "name CURRENT", "sync published"]


def test_a_damaged_version_is_healed_by_publishing_it_again(built: Bundles, shop: Path) -> None:
    version = publish(built[0], shop)["version"]
    (shop / version / "movies" / "works.parquet").unlink()
    publish(built[0], shop)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert variant(shop) == "first"
    assert not rubbish(shop)


def test_too_little_space_is_told_before_anything_is_written(
    built: Bundles, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(built[0], shop)
    usage = namedtuple("usage", ["total", "used", "free"])
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(100 << 30, 100 << 30, 5 << 20))
    monkeypatch.setattr(durable, "copy_file", lambda *_: pytest.fail("nothing may be copied"))
    with pytest.raises(BundleError, match="needs 16 MiB, 5 MiB are free") as caught:
        publish(built[1], shop)
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
    built: Bundles, shop: Path, monkeypatch: pytest.MonkeyPatch, number: int, told: str, call: str
) -> None:
    """The n-th call of each kind fails, for every n up to the last call there is."""
    publish(built[0], shop)
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
                publish(built[1], shop)
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
        use(shop, publish(built[0], shop)["version"])
        shutil.rmtree(next(p for p in shop.iterdir() if is_second(p)), ignore_errors=True)
    assert failures >= 2
    assert variant(shop) == "second"


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_every_way_of_being_full_is_called_full(
    built: Bundles, shop: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def full(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(durable, "copy_file", full)
    with pytest.raises(BundleError, match="the disk is full"):
        publish(built[0], shop)
    assert list_versions(shop) == []


def is_second(folder: Path) -> bool:
    path = folder / "movies" / MANIFEST
    return not path.is_file() or json.loads(path.read_text())["source"]["variant"] == "second"


def test_a_full_disk_in_the_middle_of_a_file_leaves_no_trace(built: Bundles, shop: Path) -> None:
    """A real refusal by the kernel: no file may grow beyond a few hundred bytes."""
    publish(built[0], shop)
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
        [sys.executable, "-c", program, str(built[1]), str(shop)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 7, done.stderr
    assert "the disk is full" in done.stdout
    assert variant(shop) == "first"
    assert not rubbish(shop)
    publish(built[1], shop)
    assert variant(shop) == "second"


def test_without_write_permission_it_says_so_and_the_version_stays(
    built: Bundles, shop: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    publish(built[0], shop)
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
    own = tmp_path_factory.getbasetemp().parent  # pytest's, for its user alone
    for folder in (tmp_path, *tmp_path.parents):
        if folder.is_relative_to(own):
            folder.chmod(folder.stat().st_mode | 0o011)
        elif os.getuid() == 0 and not folder.stat().st_mode & 0o001:
            pytest.skip(f"root's temporary folders lie in {folder}, where nobody else may look")
    bundle = Path(shutil.copytree(built[1], tmp_path / "bundle"))
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


def test_what_killed_runs_left_is_removed_by_the_next(built: Bundles, shop: Path) -> None:
    publish(built[0], shop)
    (shop / ".publishing-killed" / "movies").mkdir(parents=True)
    (shop / ".publishing-killed" / "movies" / "half.npy").write_bytes(b"half")
    (shop / ".CURRENT.123.draft").write_text("half")
    assert variant(shop) == "first"
    publish(built[0], shop)
    assert not rubbish(shop)


def test_two_publishers_do_not_meet(
    built: Bundles, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(built[0], shop)
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
            publish(built[1], shop)
        other.communicate("")
    assert variant(shop) == "first"
    publish(built[1], shop)
    assert variant(shop) == "second"
