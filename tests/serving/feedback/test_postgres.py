"""The same store on Postgres, where its programs are installed: one is started for the test."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("sqlalchemy", reason="needs the extra: pip install 'artrec[serve]'")
pytest.importorskip("psycopg", reason="needs psycopg: pip install 'psycopg[binary]'")

from sqlalchemy import create_engine, text

from artrec.errors import ConfigError
from artrec.serving.feedback import (
    Event,
    FeedbackStore,
    ForgottenPersonError,
    StoreUnavailableError,
)
from artrec.serving.feedback.store import NOBODY

ANN, BEN = "p_" + "a" * 26, "p_" + "b" * 26
PLACES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


def program(name: str) -> str:
    found = next((str(place / name) for place in PLACES if (place / name).exists()), None)
    found = found or shutil.which(name)
    if found is None:
        pytest.skip(f"needs Postgres's {name} (Debian: postgresql)")
    return found


def unprivileged() -> str | None:
    """Postgres refuses to run as root: then as whom; None for oneself."""
    if os.getuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    pytest.skip("Postgres refuses to run as root, and there is no user postgres or nobody")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """URL of a server of its own, on a free port of loopback."""
    initdb, postgres = program("initdb"), program("postgres")
    user = unprivileged()
    folder = Path(tempfile.mkdtemp(prefix="artrec-postgres-"))
    if user:
        shutil.chown(folder, user)
    options: dict[str, Any] = {"cwd": folder, "user": user, "stderr": subprocess.STDOUT}
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
    process = None
    try:
        make = [initdb, "-D", str(folder / "data"), "-U", "artrec", "-A", "trust", "-E", "UTF8"]
        made = subprocess.run(
            [*make, "--no-sync", "--locale=C"], stdout=subprocess.PIPE, check=False, **options
        )
        assert made.returncode == 0, made.stdout
        serve = [postgres, "-D", str(folder / "data"), "-p", str(port), "-k", str(folder)]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen([*serve, "-h", "127.0.0.1"], stdout=log, **options)
        url = f"postgresql+psycopg://artrec@127.0.0.1:{port}/postgres"
        _wait_for(url)
        yield url
    finally:
        if process is not None:
            process.send_signal(signal.SIGINT)  # its fast way to stop: waits for nobody
            process.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(url: str) -> None:
    engine = create_engine(url)
    for _ in range(300):
        try:
            engine.connect().close()
        except Exception:
            time.sleep(0.1)
        else:
            engine.dispose()
            return
    raise TimeoutError("Postgres did not come up")


@pytest.fixture
def url(server: str, request: pytest.FixtureRequest) -> str:
    """A database of the test's own."""
    name = f"t{abs(hash(request.node.name))}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return server.rpartition("/")[0] + f"/{name}"


def rating(key: str, value: float = 4.0, item: str = "movies:1") -> Event:
    return Event(key, item, "rating", value)


def statuses(acks: list[Any]) -> list[str]:
    return [each.status for each in acks]


def test_once_a_key_in_their_order(url: str) -> None:
    with FeedbackStore(url) as store:
        assert store.migrated == (None, "0001") and store.ready() is None
        assert statuses(store.append(ANN, [rating("a"), rating("a"), rating("b", 2.5)])) == [
            "accepted",
            "repeated",
            "accepted",
        ]
        assert statuses(store.append(ANN, [rating("a", 1.0)])) == ["conflict"]
        odd = Event("'; DROP TABLE events; --\U0001f600", "books:é", "like", at=5)
        store.append(BEN, [odd, Event("u", None, "undo", "zzz")])
        assert [each.key for each in store.events(ANN)] == ["a", "b"]
        assert store.state(ANN)["movies:1"].rating == 2.5
        assert store.events(BEN)[0].item == "books:é"
        assert [person for person, _ in store.everyone()] == [ANN, BEN]
        assert store.export(ANN)["events"][1]["value"] == 2.5
    with FeedbackStore(url) as again:
        assert again.migrated == ("0001", "0001")
        assert len(again.events(ANN)) == 2


def test_deleted_for_good(url: str) -> None:
    with FeedbackStore(url) as store:
        store.append(ANN, [rating("a")])
        assert store.delete_events(ANN) == 1 and store.revision(ANN) != NOBODY
        store.append(ANN, [rating("b")])
        assert store.delete_person(ANN) == 1 and store.revision(ANN) == NOBODY
        with pytest.raises(ForgottenPersonError):
            store.append(ANN, [rating("c")])


def test_workers_that_write_the_same_at_once_agree(url: str) -> None:
    people = [f"p_{number:026d}" for number in range(4)]
    found: list[str] = []
    with FeedbackStore(url) as first, FeedbackStore(url) as second:

        def tell(store: FeedbackStore, turn: int) -> None:
            for number in range(40):
                for person in people[turn:] + people[:turn]:
                    found.extend(statuses(store.append(person, [rating(f"k{number}")])))

        threads = [
            threading.Thread(target=tell, args=(store, turn))
            for turn, store in enumerate((first, second, first, second))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(found) == ["accepted"] * 160 + ["repeated"] * 480
        for person in people:
            assert len(second.events(person)) == 40


def test_workers_that_start_at_once_make_one_schema(url: str) -> None:
    found: list[object] = []

    def start() -> None:
        with FeedbackStore(url) as store:
            found.append(store.migrated)

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found, key=str) == [("0001", "0001")] * 3 + [(None, "0001")]


def test_a_newer_schema_is_refused(url: str) -> None:
    FeedbackStore(url).close()
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0999'"))
    engine.dispose()
    with pytest.raises(ConfigError, match="schema 0999"):
        FeedbackStore(url)


def test_a_server_that_is_not_there_is_told_without_its_password() -> None:
    with pytest.raises(StoreUnavailableError) as caught:
        FeedbackStore("postgresql+psycopg://ann:hunter2@127.0.0.1:1/nothing?connect_timeout=2")
    assert "cannot be opened" in str(caught.value) and "hunter2" not in str(caught.value)
