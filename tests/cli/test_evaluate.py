"""`artrec evaluate` shows what the pipelines wrote."""

from __future__ import annotations

import importlib
import json
import os
import sys
from io import StringIO
from pathlib import Path

import pytest
from click.testing import CliRunner

from artrec.cli import main


@pytest.fixture
def reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "data" / "08_reporting"
    for age, medium in ((100, "movies"), (200, "books")):
        (folder / medium).mkdir(parents=True)
        summary = folder / medium / "evaluation_summary.csv"
        summary.write_text(
            f"model,metric,k,mean\nease,ndcg,10,0.2512345\n{medium} model,ndcg,10,nan\n"
        )
        (folder / medium / "evaluation.md").write_text(f"# All about {medium}\n")
        for path in (summary, folder / medium / "evaluation.md"):
            os.utime(path, (1e9 - age, 1e9 - age))
    below = tmp_path / "notebooks"
    below.mkdir()
    monkeypatch.chdir(below)
    return folder


def test_evaluate_prints_the_newest_table(reports: Path) -> None:
    done = CliRunner().invoke(main, ["evaluate"])
    assert done.exit_code == 0, done.output
    assert "Evaluation of movies" in done.stdout
    assert "0.2512" in done.stdout
    assert "0.25123" not in done.stdout
    assert "books model" in CliRunner().invoke(main, ["evaluate", "--medium", "books"]).stdout


def test_a_narrow_terminal_loses_no_figure(reports: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    metrics = [f"metric_number_{n}@10" for n in range(9)]
    lines = [",".join(["split", "model", *metrics])]
    lines += [
        ",".join([split, model, *(f"0.{n}{place}7" for n in range(8)), "" if place else "0.1"])
        for split in ("first split", "second split")
        for place, model in enumerate(("ease", "biased_svd"))
    ]
    (reports / "movies" / "evaluation_summary.csv").write_text("\n".join(lines))
    monkeypatch.setenv("COLUMNS", "80")
    text = CliRunner().invoke(main, ["evaluate", "--medium", "movies"]).stdout
    assert "Evaluation of movies, first split" in text
    assert "Evaluation of movies, second split" in text
    assert all(text.count(f"0.{n}170") == 2 for n in range(8))
    assert max(map(len, text.splitlines()[:-1])) <= 80


def test_evaluate_as_json_has_numbers(reports: Path) -> None:
    told = json.loads(CliRunner().invoke(main, ["evaluate", "--json"]).stdout)
    assert told["medium"] == "movies"
    assert told["rows"][0] == {"model": "ease", "metric": "ndcg", "k": 10, "mean": 0.2512345}
    assert told["rows"][1]["mean"] is None


def test_a_blank_is_null_in_json(reports: Path) -> None:
    (reports / "movies" / "evaluation_summary.csv").write_text("model,rmse\nease,\nsvd,0.9\n")
    told = json.loads(CliRunner().invoke(main, ["evaluate", "--json"]).stdout)
    assert told["rows"] == [{"model": "ease", "rmse": None}, {"model": "svd", "rmse": 0.9}]


def test_evaluate_show_prints_the_report_where_nothing_can_open_it(reports: Path) -> None:
    assert CliRunner().invoke(main, ["evaluate", "--show"]).stdout == "# All about movies\n\n"
    page = reports / "movies" / "evaluation.html"
    page.write_text("<p>")
    said = CliRunner().invoke(main, ["evaluate", "--show"]).stdout
    assert str(page) in said
    assert str(page.with_suffix(".md")) in said
    page.with_suffix(".md").unlink()
    assert str(page) in CliRunner().invoke(main, ["evaluate", "--show"]).stdout
    told = json.loads(CliRunner().invoke(main, ["evaluate", "--show", "--json"]).stdout)
    assert told == {"medium": "movies", "report": str(page)}


@pytest.mark.parametrize(("display", "opened"), [(":0", True), ("", False)])
def test_evaluate_show_opens_a_browser_where_there_is_a_display(
    reports: Path, monkeypatch: pytest.MonkeyPatch, display: str, opened: bool
) -> None:
    page = reports / "movies" / "evaluation.html"
    page.write_text("<p>")
    asked: list[str] = []
    module = importlib.import_module("artrec.cli.evaluate")  # the command has its name too
    monkeypatch.setattr(module.webbrowser, "open", lambda address: not asked.append(address))
    monkeypatch.setattr(module.sys, "platform", "linux")
    for name in ("WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DISPLAY", display)
    terminal = StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(sys, "stdout", terminal)
    main(["evaluate", "--show"], standalone_mode=False)
    assert asked == ([page.as_uri()] if opened else [])
    assert ("opened" in terminal.getvalue()) is opened
    assert str(page) in terminal.getvalue()


def test_evaluate_without_reports_says_what_to_run(
    tmp_path: Path, reports: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unknown = CliRunner().invoke(main, ["evaluate", "--medium", "bookz"])
    assert unknown.exit_code == 1
    assert "did you mean 'books'?" in unknown.stderr
    (reports / "books" / "evaluation_summary.csv").unlink()
    half = CliRunner().invoke(main, ["evaluate", "--medium", "books"])
    assert half.exit_code == 1
    assert "evaluation_summary.csv is missing" in half.stderr
    empty = tmp_path / "empty"
    empty.mkdir()
    nothing = CliRunner().invoke(main, ["evaluate", "--reports", str(empty)])
    assert nothing.exit_code == 1
    assert "make recommend" in nothing.stderr
    monkeypatch.chdir("/")
    nowhere = CliRunner().invoke(main, ["evaluate"])
    assert nowhere.exit_code == 1
    assert "no data/08_reporting in /" in nowhere.stderr
