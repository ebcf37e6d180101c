"""A member comes back as it was written, in equal bytes each time, or does not come at all."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from artrec.bundle import read_bundle, write_member
from artrec.bundle.manifest import MANIFEST, describe_files, read_manifest
from artrec.data.ids import StoredIds
from artrec.data.interactions import Interactions
from artrec.data.parquet import read_parquet
from artrec.errors import BundleError, InputError
from film_world import POSITIVE_FROM, film_table, film_works, fit_film_scorer, write_films


def film_profiles() -> Interactions:
    return Interactions.from_table(film_table(), POSITIVE_FROM)


def test_what_was_written_comes_back(tmp_path: Path) -> None:
    written = write_films(tmp_path)
    member = read_bundle(tmp_path).members["movies"]
    assert member.manifest == written
    pd.testing.assert_frame_equal(
        member.works, film_works().sort_values("item_id", ignore_index=True)
    )
    profiles, expected = member.profiles, film_profiles()
    assert profiles.users == expected.users
    assert profiles.items == expected.items
    for name in ("indptr", "indices", "ratings", "timestamps", "positive"):
        np.testing.assert_array_equal(getattr(profiles, name), getattr(expected, name))
        assert getattr(profiles, name).dtype == getattr(expected, name).dtype
    scorer = fit_film_scorer()
    everything = (slice(None), slice(None))
    np.testing.assert_allclose(
        member.scorer.score(profiles.onto_items(member.scorer.items)).block(*everything),
        scorer.score(expected.onto_items(scorer.items)).block(*everything),
        rtol=1e-6,
        atol=1e-6,
    )


@pytest.mark.parametrize("moment", [1, 2])
def test_an_interruption_while_it_takes_its_place_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: int
) -> None:
    old = write_films(tmp_path)
    rename, moves = Path.rename, iter(range(1, 10))

    def interrupted(path: Path, to: Path) -> Path:
        if next(moves) == moment:
            raise KeyboardInterrupt
        return rename(path, to)

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_films(tmp_path)
    assert read_bundle(tmp_path).members["movies"].manifest == old
    assert [each.name for each in tmp_path.iterdir()] == ["movies"]


def test_a_source_without_users_comes_back_empty(tmp_path: Path) -> None:
    write_member(
        tmp_path,
        "movies",
        fit_film_scorer(),
        film_works(),
        Interactions.from_table(film_table().iloc[:0], POSITIVE_FROM),
        positive_from=POSITIVE_FROM,
        source={},
        metrics={},
        licence="",
        attribution="",
    )
    assert read_bundle(tmp_path).members["movies"].profiles.shape == (0, 0)


def test_profiles_and_columns_are_mapped_not_read(tmp_path: Path) -> None:
    write_films(tmp_path)
    member = read_bundle(tmp_path).members["movies"]
    profiles, columns = member.profiles, member.columns
    assert isinstance(profiles.users, StoredIds)
    mapped = [profiles.ratings, columns.texts["title"].letters, columns.numbers["year"]]
    mapped += [columns.names.names.letters, columns.names.lookup.names.starts]
    for array in mapped:
        assert isinstance(array.base, np.memmap)
        assert not array.flags.writeable


def test_the_catalogue_is_read_when_it_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_films(tmp_path)
    asked = []
    monkeypatch.setattr(
        "artrec.bundle.member.read_parquet",
        lambda path: asked.append(path.name) or read_parquet(path),
    )
    member = read_bundle(tmp_path).members["movies"]
    assert asked == []
    assert len(member.works) == len(member.works) == len(member.columns) == 16
    assert asked == ["works.parquet"]
    (tmp_path / "movies" / "works.parquet").unlink()
    assert len(member.works) == 16
    with pytest.raises(BundleError, match=r"does not load: .*works\.parquet"):
        member.read_works()


def test_a_bundle_of_format_1_is_read(tmp_path: Path) -> None:
    """It has no columns, and ids as tables."""
    write_films(tmp_path)
    new = read_bundle(tmp_path).members["movies"]
    folder = as_format_1(tmp_path / "movies")
    assert not (folder / "columns").exists()
    old = read_bundle(tmp_path).members["movies"]
    assert old.manifest.format_version == 1
    assert old.profiles.users == new.profiles.users
    assert old.profiles.items == new.profiles.items
    for name, texts in new.columns.texts.items():
        assert old.columns.texts[name].tolist() == texts.tolist()
    for name, numbers in new.columns.numbers.items():
        np.testing.assert_array_equal(old.columns.numbers[name], numbers)
    assert old.columns.names.names.tolist() == new.columns.names.names.tolist()
    pd.testing.assert_frame_equal(old.works, new.works)


@pytest.mark.parametrize(
    ("name", "array", "why"),
    [
        ("title_starts", np.zeros(17, dtype=np.int64), "do not fit together"),
        ("title_starts", np.arange(17, dtype=np.int32), "type int64"),
        ("year", np.zeros(3), "do not fit together"),
        ("names/owners", np.zeros(3, dtype=np.int64), "do not fit together"),
        ("names/lookup/order", np.zeros(3, dtype=np.int64), "should hold .* numbers"),
    ],
)
def test_columns_that_do_not_fit_together_are_refused(
    tmp_path: Path, name: str, array: np.ndarray, why: str
) -> None:
    write_films(tmp_path)
    np.save(tmp_path / "movies" / "columns" / f"{name}.npy", array)
    resign(tmp_path / "movies")
    with pytest.raises(BundleError, match=f"does not load: .*{why}"):
        read_bundle(tmp_path)


def test_the_manifest_says_what_it_is(tmp_path: Path) -> None:
    manifest = write_films(tmp_path)
    assert manifest.model == "ease"
    assert manifest.config["regularization"] == 5.0
    assert manifest.positive_from == POSITIVE_FROM
    assert manifest.counts == {
        "users": 38,
        "items": 14,
        "works": 16,
        "interactions": len(film_table()),
    }
    assert manifest.metrics == {"ndcg@10": 0.5}
    assert manifest.licence == "CC0-1.0"
    assert {"numpy", "pandas", "scipy"} <= set(manifest.libraries)
    assert manifest.files == describe_files(tmp_path / "movies")


def test_equal_input_gives_equal_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_films(tmp_path / name)
    names = sorted(p.relative_to(tmp_path / "one") for p in (tmp_path / "one").rglob("*.*"))
    assert len(names) > 8
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_the_order_of_works_does_not_matter(tmp_path: Path) -> None:
    first = write_films(tmp_path)
    again = write_member(
        tmp_path,
        "movies",
        fit_film_scorer(),
        film_works().iloc[::-1],
        film_profiles(),
        positive_from=POSITIVE_FROM,
        source=first.source,
        metrics=first.metrics,
        licence=first.licence,
        attribution=first.attribution,
    )
    assert again == first


def test_writing_again_replaces_the_member_and_nothing_else(tmp_path: Path) -> None:
    write_films(tmp_path, medium="others")
    before = (tmp_path / "others" / MANIFEST).read_bytes()
    write_films(tmp_path, model="ease")
    write_films(tmp_path, model="popularity")
    assert read_bundle(tmp_path).members["movies"].scorer.name == "popularity"
    assert (tmp_path / "others" / MANIFEST).read_bytes() == before
    assert sorted(each.name for each in tmp_path.iterdir()) == ["movies", "others"]


def test_an_interrupted_write_leaves_the_earlier_member(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier = write_films(tmp_path)

    def interrupted(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(np, "save", interrupted)
        with pytest.raises(KeyboardInterrupt):
            write_films(tmp_path, model="popularity")
    assert read_bundle(tmp_path).members["movies"].manifest == earlier
    assert [each.name for each in tmp_path.iterdir()] == ["movies"]


def test_a_folder_that_is_a_file_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "bundle").write_text("in the way")
    with pytest.raises(BundleError, match="cannot be written"):
        write_films(tmp_path / "bundle")


@pytest.mark.parametrize("medium", ["", "../up", "a/b", ".hidden", "two words"])
def test_a_medium_must_be_fit_for_a_folder(tmp_path: Path, medium: str) -> None:
    with pytest.raises(InputError, match="letters, digits and _"):
        write_films(tmp_path, medium=medium)


def test_every_scored_item_needs_a_work(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="2 items of the scorer have no work, first '1'"):
        write_member(
            tmp_path,
            "movies",
            fit_film_scorer(),
            film_works().iloc[2:],
            film_profiles(),
            positive_from=POSITIVE_FROM,
            source={},
            metrics={},
            licence="",
            attribution="",
        )


def test_files_that_do_not_fit_together_are_refused(tmp_path: Path) -> None:
    """A manifest whose checksums agree with files that contradict each other."""
    write_films(tmp_path)
    folder = tmp_path / "movies"
    np.save(folder / "profiles" / "indptr.npy", np.array([0, 1], dtype=np.int64))
    resign(folder)
    with pytest.raises(BundleError, match="does not load: 38 users but 1 rows"):
        read_bundle(tmp_path)


def test_objects_in_arrays_are_never_unpickled(tmp_path: Path) -> None:
    write_films(tmp_path)
    folder = tmp_path / "movies"
    np.save(folder / "profiles" / "ratings.npy", np.array([print], dtype=object))
    resign(folder)
    with pytest.raises(BundleError, match="does not load"):
        read_bundle(tmp_path)


def test_a_manifest_of_another_model_is_refused(tmp_path: Path) -> None:
    write_films(tmp_path)
    resign(tmp_path / "movies", model="svd")
    with pytest.raises(BundleError, match="says model 'svd' but holds 'ease'"):
        read_bundle(tmp_path)


def as_format_1(folder: Path) -> Path:
    """A member as it was written before format 2."""
    profiles = read_bundle(folder.parent).members[folder.name].profiles
    for name, ids in (("users", profiles.users), ("items", profiles.items)):
        table = pd.DataFrame({f"{name[:-1]}_id": ids.index.to_numpy()})
        table.to_parquet(folder / "profiles" / f"{name}.parquet")
        (folder / "profiles" / f"{name}.npy").unlink()
        (folder / "profiles" / f"{name}_starts.npy").unlink()
    shutil.rmtree(folder / "columns")
    resign(folder, format_version=1)
    return folder


def resign(folder: Path, **changes: object) -> None:
    """Write checksums that agree with the files as they are now."""
    manifest = read_manifest(folder).model_copy(update={"files": describe_files(folder), **changes})
    (folder / MANIFEST).write_text(json.dumps(manifest.model_dump()), encoding="utf-8")
