"""The closing summary: what was read, how good it is against popularity, where it lies."""

from types import SimpleNamespace

import pandas as pd
import pytest

from artrec.reporting.terminal import print_absent, print_summary

RESULTS = pd.DataFrame(
    [
        (model, metric, 10, mean, mean - 0.01, mean + 0.01)
        for model, means in {
            "popularity": (0.05, 0.04, 0.3, 0.01),
            "ease": (0.1, 0.09, 0.5, 0.06),
        }.items()
        for metric, mean in zip(("ndcg", "recall", "hit_rate", "coverage"), means, strict=True)
    ],
    columns=["model", "metric", "k", "mean", "low", "high"],
)
TABLES = {
    "films.interactions": pd.DataFrame({"user_id": ["u", "u", "v"], "item_id": ["a", "b", "a"]}),
    "films.quarantine": pd.DataFrame({"row": [7]}),
    "films.wikidata_films_links": pd.DataFrame(
        {"item_id": ["a", "b"], "status": ["linked", "unmatched"]}
    ),
    "films.final_scorer": SimpleNamespace(items=["a"]),
    "films.source_variant": {"label": "invented[ratings=4]"},
    "films.selection": {
        "model": "ease",
        "metric": "ndcg@10",
        "validation": {"ease": 0.1234, "popularity": 0.05},
    },
    "films.per_user_test_results": RESULTS,
    "films.per_user_test_comparisons": pd.DataFrame(
        [("ease", "popularity", 10, 0.05, 0.03, 0.07, 0.0012)],
        columns=["model", "other", "k", "difference", "low", "high", "p_holm"],
    ),
    "films.recommendations": pd.DataFrame({"user_id": ["u", "v"]}),
}


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str]) -> str:
    print_summary("films", "per_user_test", TABLES.__getitem__, "elsewhere", "wikidata_films")
    return capsys.readouterr().out


def test_it_says_what_was_read_and_set_aside(printed: str) -> None:
    assert "invented[ratings=4]" in printed
    assert "3 interactions of 2 users with 2 works; 1 rows set aside" in printed
    assert "1 works with film metadata (66.7% of the interactions); 0 ambiguous, 1 not" in printed
    assert "1 works; 1 have too few interactions" in printed


def test_the_best_model_comes_first_and_the_published_one_is_marked(printed: str) -> None:
    lines = [line.split() for line in printed.splitlines()]
    models = [words for words in lines if words and words[0] in ("ease", "popularity")]
    assert models[0][:5] == ["ease", "*", "0.100", "0.090", "to"]
    assert models[1][0] == "popularity"
    assert "* chosen  by ndcg@10 on validation (0.123)" in printed


def test_it_is_held_against_popularity(printed: str) -> None:
    assert "popularity: 2.00 x, +0.050 [+0.030, +0.070], p 0.001 after Holm" in printed


def test_it_names_the_folder_of_the_run(printed: str) -> None:
    assert "elsewhere/07_model_output/films/recommendations_readable.csv" in printed
    assert "2 recommendations for 2 users" in printed


def test_a_medium_without_data_is_named_with_the_way_to_get_them(capsys) -> None:
    print_absent({"books": ["data/01_raw/goodbooks-10k/ratings.csv"]})
    told = capsys.readouterr().out
    assert "books: data/01_raw/goodbooks-10k/ratings.csv is not there" in told
    assert "`make data`" in told


def test_a_medium_that_is_joined_with_nothing_says_nothing_of_it(capsys) -> None:
    tables = {name: table for name, table in TABLES.items() if not name.endswith("_links")}
    print_summary("films", "per_user_test", tables.__getitem__)
    assert "joined" not in capsys.readouterr().out
