"""From texts to rows: fitted on training texts only, and the same with a cache as without."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

from artrec.errors import ConfigError
from artrec.features.text import encoders, encoding
from artrec.features.text.cache import TextCache
from artrec.features.text.encoding import TextConfig, TextEncoder

TRAINING = [
    "The captain steers the old ship into a harbour",
    "An old captain loses a ship in the ice harbour",
    "The jury doubts the verdict of the judge",
    "A judge and a jury, and no verdict",
] * 3
OTHERS = ["An old captain, as he loses a zeppelin", "zeppelin", "", "🙂"]
CONFIGS = {
    "bag_of_words": TextConfig(encoder="bag_of_words"),
    "tf_idf": TextConfig(),
    "tf_idf with phrases": TextConfig(phrases={"min_count": 2, "threshold": 0.3}),
    "tf_idf_svd": TextConfig(encoder="tf_idf_svd", parameters={"n_factors": 3}),
}


@pytest.fixture(params=CONFIGS)
def config(request: pytest.FixtureRequest) -> TextConfig:
    return CONFIGS[request.param]


def fitted(config: TextConfig, cache: TextCache | None = None) -> TextEncoder:
    return TextEncoder.fit(TRAINING, config, np.random.default_rng(5), cache)


def dense(rows: object) -> np.ndarray:
    return rows.toarray() if sparse.issparse(rows) else np.asarray(rows)


def test_a_cache_changes_nothing(config: TextConfig, tmp_path: Path) -> None:
    expected = dense(fitted(config).transform([*TRAINING, *OTHERS]))
    for _ in range(2):
        cache = TextCache(tmp_path)
        found = fitted(config, cache).transform([*TRAINING, *OTHERS], cache)
        np.testing.assert_array_equal(dense(found), expected)


def test_an_unchanged_catalogue_is_not_encoded_again(
    config: TextConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = TextCache(tmp_path)
    first = fitted(config, cache).transform(OTHERS, cache)
    monkeypatch.setattr(encoding, "tokenize", None)
    monkeypatch.setattr(encoding, "_readings", None)
    again = fitted(config, cache).transform(OTHERS, cache)
    np.testing.assert_array_equal(dense(again), dense(first))


def test_of_a_changed_catalogue_only_what_changed_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = TextCache(tmp_path)
    fitted(CONFIGS["tf_idf"], cache).transform(OTHERS, cache)
    read: list[str] = []
    tokenize = encoding.tokenize

    def watched(texts: list[str], config: object) -> list[list[str]]:
        read.extend(texts)
        return tokenize(texts, config)

    monkeypatch.setattr(encoding, "tokenize", watched)
    grown = TextEncoder.fit(
        [*TRAINING, "A new ship"], CONFIGS["tf_idf"], np.random.default_rng(5), cache
    )
    grown.transform([*OTHERS, "A new ship", "A newer ship"], cache)
    assert read == ["A new ship", "A newer ship"]


def test_the_generator_moves_on_as_without_a_cache(tmp_path: Path) -> None:
    after = []
    for cache in (None, TextCache(tmp_path), TextCache(tmp_path)):
        rng = np.random.default_rng(5)
        TextEncoder.fit(TRAINING, CONFIGS["tf_idf_svd"], rng, cache)
        after.append(rng.random())
    assert len(set(after)) == 1


def test_what_the_future_says_changes_nothing(config: TextConfig) -> None:
    """Works that are not in training may say anything: the others' rows stay."""
    encoder = fitted(config)
    alone = dense(encoder.transform(TRAINING))
    beside = dense(encoder.transform([*TRAINING, "the harbour of the verdict " * 50]))[:-1]
    np.testing.assert_array_equal(alone, beside)


def test_arrays_keep_everything(config: TextConfig) -> None:
    encoder = fitted(config)
    again = TextEncoder.from_arrays(config, encoder.arrays())
    np.testing.assert_array_equal(dense(again.transform(OTHERS)), dense(encoder.transform(OTHERS)))


def test_phrases_of_the_training_texts_are_terms() -> None:
    encoder = fitted(CONFIGS["tf_idf with phrases"])
    assert "old_captain" in encoder.encoder.terms


def test_nothing_known_of_a_text_is_a_zero_row(config: TextConfig) -> None:
    rows = dense(fitted(config).transform(OTHERS))
    assert rows.any(axis=1).tolist() == [True, False, False, False]


def test_an_extra_that_is_missing_is_said_before_anything_runs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(encoders, "find_spec", {}.get)
    monkeypatch.setattr(encoding, "_readings", None)
    with pytest.raises(ConfigError, match="artrec\\[text\\]"):
        fitted(TextConfig(encoder="minilm"))


def test_parameters_are_those_of_the_encoder() -> None:
    with pytest.raises(ValueError, match="unknown parameter 'n_factor' for TfIdfSvdConfig"):
        TextConfig(encoder="tf_idf_svd", parameters={"n_factor": 3})
    with pytest.raises(ConfigError, match="did you mean 'tf_idf'"):
        TextConfig(encoder="tfidf")


def test_an_encoder_of_whole_texts_leaves_no_word_out() -> None:
    assert TextConfig(encoder="tf_idf").tokens == TextConfig().preprocess
    assert TextConfig(encoder="minilm").tokens is None
