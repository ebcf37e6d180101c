"""The feedback store: once a key, in the order it came, durable before it says so."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("sqlalchemy", reason="needs the extra: pip install 'artrec[serve]'")

from artrec.errors import ConfigError, InputError
from artrec.serving.feedback import (
    Ack,
    Event,
    FeedbackStore,
    ForgottenPersonError,
    StoreUnavailableError,
    TooManyEventsError,
    appending,
    writer,
)
from artrec.serving.feedback.store import NOBODY

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from conftest import Clock

ANN, BEN = "p_" + "a" * 26, "p_" + "b" * 26


def rating(key: str, item: str = "movies:1", value: float = 4.0) -> Event:
    return Event(key, item, "rating", value)


def file_of(store: FeedbackStore) -> Path:
    return Path(str(store._writing.url.database))


def test_events_come_back_as_they_were_told(store: FeedbackStore, clock: Clock) -> None:
    told = [
        rating("a", "movies:1", 3.5),
        Event("b", "books:é\U0001f600", "impression", list_id="l1", position=7),
        Event("c", None, "undo", "a"),
        Event("d", "movies:2", "seen", at=12),
    ]
    assert store.append(ANN, told) == [Ack(key, "accepted") for key in "abcd"]
    kept = store.events(ANN)
    assert [(each.key, each.item, each.kind, each.value) for each in kept] == [
        (each.key, each.item, each.kind, each.value) for each in told
    ]
    assert [each.at for each in kept] == [1_700_000_000, 1_700_000_000, 1_700_000_000, 12]
    assert (kept[1].list_id, kept[1].position) == ("l1", 7)
    assert store.events(BEN) == []


def test_a_key_counts_once_a_person(store: FeedbackStore) -> None:
    twice = store.append(ANN, [rating("k"), rating("k")])
    again = store.append(ANN, [rating("k")])
    other = store.append(ANN, [rating("k", value=1.0)])
    assert [each.status for each in (*twice, *again, *other)] == [
        "accepted",
        "repeated",
        "repeated",
        "conflict",
    ]
    assert store.append(BEN, [rating("k", value=1.0)]) == [Ack("k", "accepted")]
    assert [each.value for each in store.events(ANN)] == [4.0]
    assert [each.value for each in store.events(BEN)] == [1.0]


def test_keys_of_one_person_are_not_mixed_with_those_of_another(store: FeedbackStore) -> None:
    """Sent together, so that one statement looks for all."""
    waiting = [store.appending(who, [rating(key)]) for who in (ANN, BEN) for key in "xyz"]
    assert {ack.status for each in waiting for ack in each.result(10)} == {"accepted"}
    assert [len(store.events(who)) for who in (ANN, BEN)] == [3, 3]


def test_a_clock_that_jumps_back_reorders_nothing(store: FeedbackStore, clock: Clock) -> None:
    store.append(ANN, [rating("first", value=1.0)])
    clock.now -= 86_400
    store.append(ANN, [rating("second", value=5.0)])
    assert [each.key for each in store.events(ANN)] == ["first", "second"]
    assert store.state(ANN)["movies:1"].rating == 5.0


def test_every_change_has_another_revision(store: FeedbackStore) -> None:
    assert store.revision(ANN) == NOBODY
    seen = [NOBODY]
    store.append(ANN, [rating("a")])
    seen.append(store.revision(ANN))
    store.append(ANN, [rating("a")])
    assert store.revision(ANN) == seen[-1]  # a repetition changes nothing
    store.append(ANN, [rating("b", value=2.0)])
    seen.append(store.revision(ANN))
    store.delete_events(ANN)
    seen.append(store.revision(ANN))
    assert len(set(seen)) == len(seen)


def test_a_snapshot_is_of_its_revision(store: FeedbackStore) -> None:
    store.append(ANN, [rating("a", value=2.0)])
    first = store.snapshot(ANN)
    assert store.snapshot(ANN) is first
    store.append(ANN, [rating("b", value=5.0)])
    second = store.snapshot(ANN)
    assert (first.state["movies:1"].rating, second.state["movies:1"].rating) == (2.0, 5.0)
    assert first.revision != second.revision


def test_one_bad_event_and_none_is_kept(store: FeedbackStore) -> None:
    with pytest.raises(InputError):
        store.append(ANN, [rating("good"), rating("bad", value=float("nan"))])
    assert store.events(ANN) == []


@pytest.mark.parametrize("person", ["", "p\0", "p" * 65, "p\nq"])
def test_a_person_has_a_printable_id(store: FeedbackStore, person: str) -> None:
    with pytest.raises(InputError):
        store.append(person, [rating("k")])


def test_a_person_has_so_many_events(store: FeedbackStore, monkeypatch) -> None:
    monkeypatch.setattr(appending, "MOST_EVENTS", 3)
    store.append(ANN, [rating("a"), rating("b")])
    with pytest.raises(TooManyEventsError):
        store.append(ANN, [rating("c"), rating("d")])
    assert [each.status for each in store.append(ANN, [rating("c"), rating("a")])] == [
        "accepted",
        "repeated",
    ]
    assert [each.key for each in store.events(ANN)] == ["a", "b", "c"]


def test_deleted_for_good(store: FeedbackStore) -> None:
    store.append(ANN, [rating("secret-key", "movies:secret-item")])
    store.append(BEN, [rating("kept")])
    assert b"secret-item" in bytes_of(store)
    assert store.delete_person(ANN) == 1
    assert store.events(ANN) == [] and store.state(ANN) == {} and store.revision(ANN) == NOBODY
    assert store.export(ANN) == {"person": ANN, "events": []}
    with pytest.raises(ForgottenPersonError):
        store.append(ANN, [rating("late")])
    left = bytes_of(store)
    assert b"secret-item" not in left and b"secret-key" not in left and ANN.encode() not in left
    assert [each.key for each in store.events(BEN)] == ["kept"]
    assert store.delete_person(ANN) == 0


def bytes_of(store: FeedbackStore) -> bytes:
    """What lies on the disk: database, log and all."""
    file = file_of(store)
    return b"".join(path.read_bytes() for path in sorted(file.parent.iterdir()))


def test_feedback_deleted_and_the_person_goes_on(store: FeedbackStore) -> None:
    store.append(ANN, [rating("a"), rating("b")])
    assert store.delete_events(ANN) == 2
    assert store.append(ANN, [rating("a", value=1.0)]) == [Ack("a", "accepted")]
    assert store.state(ANN)["movies:1"].rating == 1.0


def test_who_was_away_long_is_forgotten(store: FeedbackStore, clock: Clock) -> None:
    store.append(ANN, [rating("a")])
    clock.now += 1000
    store.append(BEN, [rating("b")])
    assert store.delete_idle(int(clock.now) - 500) == [ANN]
    assert [person for person, _ in store.everyone()] == [BEN]


def test_everyone_is_every_person_once(store: FeedbackStore) -> None:
    people = [f"p_{number:026d}" for number in range(1203)]
    for each in [store.appending(person, [rating("k")]) for person in people]:
        each.result(30)
    store.delete_events(people[7])
    found = [(person, len(events)) for person, events in store.everyone()]
    assert found == [(person, 1) for person in people if person != people[7]]


def test_many_threads_lose_nothing(store: FeedbackStore) -> None:
    acks: list[Ack] = []

    def tell(number: int) -> None:
        for key in range(20):
            acks.extend(store.append(ANN, [rating(f"{number}-{key}")]))
            acks.extend(store.append(ANN, [rating(f"shared-{key}")]))

    threads = [threading.Thread(target=tell, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    accepted = [each.key for each in acks if each.status == "accepted"]
    assert len(accepted) == len(set(accepted)) == 8 * 20 + 20
    kept = store.events(ANN)
    assert {each.key for each in kept} == set(accepted) and len(kept) == len(accepted)
    assert [each.seq for each in kept] == sorted({each.seq for each in kept if each.seq})


def test_two_stores_on_one_file_agree(store: FeedbackStore, database: str) -> None:
    with FeedbackStore(database) as other:
        waiting = [
            each.appending(ANN, [rating(f"k{number}")])
            for number in range(50)
            for each in (store, other)
        ]
        statuses = [ack.status for each in waiting for ack in each.result(30)]
        assert sorted(statuses) == ["accepted"] * 50 + ["repeated"] * 50
        assert len(other.events(ANN)) == 50


def test_what_was_accepted_before_closing_is_there_after(database: str) -> None:
    store = FeedbackStore(database)
    waiting = [store.appending(ANN, [rating(f"k{number}")]) for number in range(300)]
    store.close()
    assert {each.result(0)[0].status for each in waiting} == {"accepted"}
    with pytest.raises(StoreUnavailableError, match="stopping"):
        store.append(ANN, [rating("late")])
    with FeedbackStore(database) as again:
        assert len(again.events(ANN)) == 300


def test_more_than_can_wait_is_refused(store: FeedbackStore, monkeypatch) -> None:
    monkeypatch.setattr(writer, "WAITING", 2)
    held = threading.Event()
    blocking = store._writer.submit(lambda _: held.wait(10))
    while store._writer._waiting:
        pass
    waiting = [store.appending(ANN, [rating(key)]) for key in "ab"]
    with pytest.raises(StoreUnavailableError, match="more feedback"):
        store.appending(ANN, [rating("c")])
    held.set()
    blocking.result(10)
    assert [each.result(10)[0].status for each in waiting] == ["accepted", "accepted"]


def test_a_call_that_spoils_a_batch_spoils_no_other(store: FeedbackStore) -> None:
    def spoil(_: object) -> None:
        raise ValueError("spoilt")

    held = threading.Event()
    store._writer.submit(lambda _: held.wait(10))
    before, bad = store.appending(ANN, [rating("a")]), store._writer.submit(spoil)
    after = store.appending(ANN, [rating("b")])
    held.set()
    with pytest.raises(ValueError, match="spoilt"):
        bad.result(10)
    assert before.result(10) == [Ack("a", "accepted")]
    assert after.result(10) == [Ack("b", "accepted")]
    assert [each.key for each in store.events(ANN)] == ["a", "b"]


def test_a_commit_flushes_the_disk(store: FeedbackStore) -> None:
    with store._writing.connect() as connection:

        def asked(name: str) -> object:
            return connection.exec_driver_sql(f"PRAGMA {name}").scalar()

        assert asked("journal_mode") == "wal"
        assert asked("synchronous") == 2  # FULL
        assert asked("secure_delete") == 1


def test_the_file_is_its_owners_alone(store: FeedbackStore) -> None:
    assert {path.stat().st_mode & 0o077 for path in file_of(store).parent.glob("*.db*")} == {0}


def test_readiness_writes_a_row(store: FeedbackStore, monkeypatch) -> None:
    assert store.ready() is None
    monkeypatch.setattr("artrec.serving.feedback.store.PROBE_EVERY", -1.0)
    monkeypatch.setattr(store, "_write_probe", lambda: "broken")
    assert store.ready() == "broken"


def test_a_full_disk_is_told_and_got_over(store: FeedbackStore) -> None:
    def bound(pages: int) -> None:
        def limit(within: Connection) -> None:
            within.exec_driver_sql(f"PRAGMA max_page_count={pages}")

        store._writer.submit(limit).result(10)

    store.append(ANN, [rating("before")])
    bound(1)  # SQLite takes the present size for the least
    with pytest.raises(StoreUnavailableError, match="full"):
        store.append(ANN, [Event(f"k{n}", "movies:" + "x" * 290, "like") for n in range(500)])
    assert [each.key for each in store.events(ANN)] == ["before"]
    bound(10**9)
    assert store.append(ANN, [rating("after")]) == [Ack("after", "accepted")]


@pytest.mark.parametrize(
    "url",
    ["", "nonsense", "sqlite://", "sqlite:///:memory:", "oracle7://x", "postgresql+nothing://h/d"],
)
def test_a_url_that_names_no_database_is_refused(url: str) -> None:
    with pytest.raises(ConfigError):
        FeedbackStore(url)


def test_a_password_is_never_told() -> None:
    with pytest.raises(ConfigError) as caught:
        FeedbackStore("nodriver://ann:hunter2@host/db")
    assert "hunter2" not in str(caught.value)


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(ConfigError, match="cannot be written"):
        FeedbackStore(f"sqlite:///{tmp_path / 'file' / 'feedback.db'}")


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "f.db").write_bytes(b"no database at all, but long enough to be looked at" * 50)
    with pytest.raises(StoreUnavailableError, match="not a database"):
        FeedbackStore(f"sqlite:///{tmp_path / 'f.db'}")


def test_a_locked_database_is_told(store: FeedbackStore, monkeypatch) -> None:
    with store._writing.begin() as within:
        within.exec_driver_sql("PRAGMA busy_timeout=50")
    with sqlite3.connect(file_of(store)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailableError, match="locked"):
            store.append(ANN, [rating("a")])
        other.rollback()
    assert store.append(ANN, [rating("a")]) == [Ack("a", "accepted")]
