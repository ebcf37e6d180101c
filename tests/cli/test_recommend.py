"""`artrec recommend` and `artrec similar`, for people and machines."""

from __future__ import annotations

import importlib
import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import artrec
from film_world import SCIENCE_FICTION, film_table


def test_recommend_to_a_user_prints_a_readable_table(run_artrec: Any, film_store: Path) -> None:
    done = run_artrec("recommend", "--user", "r7", "-k", "3")
    assert done.exit_code == 0, done.output
    assert done.stderr == ""
    expected = artrec.Recommender.load(film_store).recommend("r7", k=3)
    lines = [line for line in done.stdout.splitlines() if line.strip()]
    assert "For user r7 (movies, ease, version" in lines[0]
    assert all(heading in lines[1] for heading in ("#", "title", "because of"))
    rows = [line for line in lines if line.split()[0].isdigit()]
    assert len(rows) == 3
    for line, row in zip(rows, expected.itertuples(), strict=True):
        assert row.title in line
        assert f"{row.score:.3f}" not in line  # a raw score says nothing to a person
        assert row.because.split("|")[0] in line


def test_recommend_as_json_is_one_object_with_every_field(
    run_artrec: Any, film_store: Path
) -> None:
    done = run_artrec("recommend", "--user", "r7", "-k", "2", "--json")
    told = json.loads(done.stdout)
    loaded = artrec.Recommender.load(film_store)
    expected = loaded.recommend("r7", k=2)
    assert told["user"] == "r7"
    assert (told["medium"], told["model"]) == ("movies", "ease")
    assert told["version"] == loaded.version
    assert told["notes"] == []
    assert [row["item_id"] for row in told["recommendations"]] == expected["item_id"].tolist()
    first = told["recommendations"][0]
    assert list(first) == ["rank", "item_id", "title", "year", "score", "because"]
    assert first["because"] == expected["because"][0].split("|")
    assert isinstance(first["year"], int)


def test_a_missing_year_is_null_and_brackets_in_titles_survive(run_artrec: Any) -> None:
    done = run_artrec("recommend", "--like", "Casablanca", "-k", "13", "--json")
    rec = [row for row in json.loads(done.stdout)["recommendations"] if row["item_id"] == "16"]
    assert rec[0]["year"] is None
    assert rec[0]["title"] == "[rec] of Love"
    assert "[rec] of Love" in run_artrec("recommend", "--like", "Casablanca", "-k", "13").stdout


def test_recommend_for_liked_titles_says_what_it_understood(run_artrec: Any) -> None:
    liked = ("--like", "alein (1979)", "--like", "BRAZIL")
    done = run_artrec("recommend", *liked, "-k", "4", "--json")
    told = json.loads(done.stdout)
    assert told["likes"] == ["Alien (1979)", "Brazil (1985)"]
    fiction = {item for item, _, _ in SCIENCE_FICTION}
    assert {row["item_id"] for row in told["recommendations"]} <= fiction - {"1", "3"}
    text = run_artrec("recommend", *liked).stdout
    assert "For you, who like Alien (1979), Brazil (1985)" in text


@pytest.mark.parametrize("like", ["movies:7", "7"])
def test_an_item_can_be_named_by_id(run_artrec: Any, like: str) -> None:
    done = run_artrec("recommend", "--like", like, "--json")
    assert json.loads(done.stdout)["likes"] == ["Godzilla (1998)"]


def test_a_title_that_is_also_an_id_means_the_title(run_artrec: Any) -> None:
    title = json.loads(run_artrec("recommend", "--like", "Movies 7", "--json").stdout)
    assert title["likes"] == ["Movies 7 (2003)"]  # "movies:7" is another film
    number = json.loads(run_artrec("recommend", "--like", "12", "--json").stdout)
    assert number["likes"] == ["12 (2007)"]
    item = json.loads(run_artrec("recommend", "--like", "movies:12", "--json").stdout)
    assert item["likes"] == ["Casablanca (1942)"]


def test_an_ambiguous_title_lists_the_candidates_and_fails(run_artrec: Any) -> None:
    done = run_artrec("recommend", "--like", "Godzilla")
    assert done.exit_code == 1
    assert done.stdout == ""
    assert "error: 'Godzilla' may mean 2 works" in done.stderr
    assert "7  Godzilla (1998)" in done.stderr
    assert "6  Godzilla (1954)" in done.stderr
    as_json = run_artrec("recommend", "--like", "Godzilla", "--json")
    assert as_json.exit_code == 1
    candidates = json.loads(as_json.stdout)["error"]["candidates"]
    assert {each["item_id"] for each in candidates} == {"6", "7"}


def test_on_a_terminal_it_asks_back(run_artrec: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    # artrec.cli.recommend is the command; the module lies behind the same name
    module = importlib.import_module("artrec.cli.recommend")
    monkeypatch.setattr(module, "_somebody_is_there", lambda: True)
    done = run_artrec("similar", "Godzilla", "-k", "2", input="2\n")
    assert done.exit_code == 0, done.output
    which = next(line for line in done.stderr.splitlines() if line.startswith("  2"))
    assert f"Similar to {which.split(maxsplit=1)[1]}" in done.stdout
    none = run_artrec("similar", "Godzilla", input="0\n")
    assert none.exit_code == 1
    gone = run_artrec("similar", "Godzilla", input="")
    assert gone.exit_code == 1
    # a machine is never asked
    assert run_artrec("similar", "Godzilla", "--json", input="2\n").exit_code == 1


def test_a_real_terminal_is_recognised(film_store: Path) -> None:
    controller, terminal = pty.openpty()
    command = [sys.executable, "-m", "artrec.cli", "similar", "Godzilla", "-k", "2"]
    environment = {**os.environ, "ARTREC_STORE": str(film_store), "TERM": "dumb"}
    with subprocess.Popen(
        command, stdin=terminal, stdout=terminal, stderr=terminal, env=environment
    ) as asked:
        os.close(terminal)
        os.write(controller, b"1\n")
        heard = b""
        while True:
            try:
                piece = os.read(controller, 4096)
            except OSError:  # Linux says so when the other end is closed
                break
            if not piece:
                break
            heard += piece
    os.close(controller)
    assert asked.returncode == 0, heard.decode()
    assert b"Which one is 'Godzilla'?" in heard
    assert b"Similar to Godzilla (1998)" in heard or b"Similar to Godzilla (1954)" in heard


def test_similar_lists_the_neighbours(run_artrec: Any, film_store: Path) -> None:
    done = run_artrec("similar", "Alien (1979)", "-k", "3", "--json")
    told = json.loads(done.stdout)
    assert told["item"] == "Alien (1979)"
    expected = artrec.Recommender.load(film_store).similar("Alien (1979)", k=3)
    assert [row["item_id"] for row in told["recommendations"]] == expected["item_id"].tolist()
    text = run_artrec("similar", "Alien (1979)", "-k", "3").stdout
    assert "Similar to Alien (1979)" in text
    assert "because of" not in text


def test_why_says_in_words_what_each_score_is_made_of(run_artrec: Any, film_store: Path) -> None:
    expected = artrec.Recommender.load(film_store)
    lists = expected.recommend("r7", k=2)
    text = run_artrec("recommend", "--user", "r7", "-k", "2", "--why").stdout
    for number, row in enumerate(lists.itertuples(), start=1):
        (reason,) = expected.why("r7", row.item_id).reasons
        told = text.partition(f"\n{number}. {expected.label(row.item_id)}\n")[2].splitlines()
        assert reason.words in told[0]
        assert reason.works[0].title in told[0]
        assert f"{reason.contribution:+.3f}" in told[0]
        assert f"{row.score:.3f}  its score" in told[1]
    plain = run_artrec("recommend", "--user", "r7", "-k", "2").stdout
    assert text.startswith(plain.rstrip("\n"))


def test_why_as_json_has_every_contribution(run_artrec: Any, film_store: Path) -> None:
    done = run_artrec("recommend", "--like", "Alien", "-k", "3", "--why", "--json")
    for row in json.loads(done.stdout)["recommendations"]:
        sums = sum(each["contribution"] for each in row["reasons"])
        assert sums == pytest.approx(row["score"], abs=1e-5)
        assert row["reasons"][0]["works"][0]["title"] == "Alien (1979)"
    plain = run_artrec("recommend", "--like", "Alien", "-k", "3", "--json")
    assert "reasons" not in json.loads(plain.stdout)["recommendations"][0]


def test_diversity_is_handed_on(
    run_artrec: Any, film_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    real = artrec.Recommender.recommend

    def noted(self: Any, history: Any, k: int, diversity: float) -> Any:
        asked.append(diversity)
        return real(self, history, k, diversity)

    monkeypatch.setattr(artrec.Recommender, "recommend", noted)
    assert run_artrec("recommend", "--user", "r7", "--diversity", "0.3").exit_code == 0
    assert asked == [0.3]


def test_unknown_users_and_titles_fail_with_near_ones(run_artrec: Any) -> None:
    done = run_artrec("recommend", "--user", "r77")
    assert done.exit_code == 1
    assert "error: user 'r77' is not among the 38 users" in done.stderr
    assert "hint: did you mean 'r7'?" in done.stderr
    assert "Traceback" not in done.output
    title = run_artrec("similar", "Casa de Papel")
    assert title.exit_code == 1
    assert "no title like 'Casa de Papel'" in title.stderr
    assert "Casablanca (1942)" in title.stderr
    as_json = run_artrec("recommend", "--user", "r77", "--json")
    assert as_json.exit_code == 1
    assert "did you mean 'r7'?" in json.loads(as_json.stdout)["error"]["hint"]


def test_k_beyond_the_catalogue_gives_what_there_is_and_says_so(run_artrec: Any) -> None:
    done = run_artrec("recommend", "--user", "r7", "-k", "5000", "--json")
    assert done.exit_code == 0
    told = json.loads(done.stdout)
    left = 14 - len(film_table().query("user_id == 'r7'"))
    assert len(told["recommendations"]) == left
    assert told["notes"] == [f"asked for 5000 works, {left} are left to recommend"]
    assert f"note: asked for 5000 works, {left} are left" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("recommend",),
        ("recommend", "--user", "r7", "--like", "Alien"),
        ("recommend", "--user", "r7", "-k", "0"),
        ("recommend", "--user", "r7", "-k", "-3"),
        ("recommend", "--user", "r7", "-k", "many"),
        ("recommend", "--user", "r7", "--diversity", "2"),
        ("recommend", "--usr", "r7"),
        ("recommend", "--user"),
        ("similar",),
        ("similar", "Alien", "-k", "0"),
        ("recomend", "--user", "r7"),
        ("bundle", "use"),
        ("bundle", "lst"),
    ],
    ids=" ".join,
)
def test_wrong_usage_exits_with_2(run_artrec: Any, arguments: tuple[str, ...]) -> None:
    done = run_artrec(*arguments)
    assert done.exit_code == 2
    assert "Error:" in done.stderr
