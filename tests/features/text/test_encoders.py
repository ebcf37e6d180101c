"""What every encoder keeps to, run over all of the registry; and each against its definition."""

from __future__ import annotations

from importlib.util import find_spec
from math import log, sqrt

import numpy as np
import pytest
from scipy import sparse

from artrec.errors import ConfigError, InputError
from artrec.features.text import encoders
from artrec.features.text.encoders import ENCODERS, Encoder, config_class, encoder_class, require
from artrec.features.text.lexical import (
    BagOfWords,
    BagOfWordsConfig,
    TfIdf,
    TfIdfConfig,
    TfIdfSvd,
    TfIdfSvdConfig,
)

SEA = ["ship", "harbour", "sailor", "wave", "captain", "storm"]
COURT = ["judge", "verdict", "jury", "lawyer", "trial", "witness"]
PARAMETERS = {
    "bag_of_words": {},
    "tf_idf": {"longest": 2},
    "tf_idf_svd": {"n_factors": 4},
    "word2vec": {"n_factors": 8, "n_epochs": 3},
    "minilm": {},
}


def corpus(n_texts: int = 60) -> list[list[str]]:
    """Texts of six words, by turns of one circle of words and of the other."""
    rng = np.random.default_rng(4)
    return [
        [str(word) for word in rng.choice(SEA if text % 2 else COURT, size=6)]
        for text in range(n_texts)
    ]


def readings(name: str, tokens: list[list[str]]) -> object:
    """What the encoder reads; invented vectors stand for the pretrained network's."""
    if encoder_class(name).reads == "tokens":
        return tokens
    words = [*SEA, *COURT]
    known = np.random.default_rng(1).normal(size=(len(words), 384)).astype(np.float32)
    rows = [
        sum((known[words.index(w)] for w in text if w in words), np.zeros(384)) for text in tokens
    ]
    lengths = [max(np.linalg.norm(row), 1e-9) for row in rows]
    return (np.array(rows).reshape(-1, 384) / np.array(lengths)[:, None]).astype(np.float32)


def fitted(name: str, tokens: list[list[str]], **parameters: object) -> Encoder:
    config = config_class(name)(**{**PARAMETERS[name], **parameters})
    return encoder_class(name).fit(readings(name, tokens), config, np.random.default_rng(7))


def dense(rows: object) -> np.ndarray:
    return rows.toarray() if sparse.issparse(rows) else np.asarray(rows)


@pytest.fixture(params=ENCODERS)
def name(request: pytest.FixtureRequest) -> str:
    # the vectors of MiniLM are invented here, so that its extra is not needed
    if request.param == "word2vec" and find_spec("gensim") is None:
        pytest.skip("needs the extra 'models'")
    return request.param


def test_rows_are_float32_of_length_one_or_zero(name: str) -> None:
    encoder = fitted(name, corpus())
    rows = encoder.transform(readings(name, [*corpus(), ["unheard", "of"], []]))
    assert rows.shape == (62, encoder.n_features)
    assert rows.dtype == np.float32
    lengths = np.linalg.norm(dense(rows), axis=1)
    np.testing.assert_allclose(lengths[:60], 1, atol=1e-5)
    assert lengths[60:].tolist() == [0, 0]
    assert isinstance(encoder, Encoder)


def test_a_text_is_encoded_alone(name: str) -> None:
    encoder = fitted(name, corpus())
    whole = dense(encoder.transform(readings(name, corpus())))
    single = [dense(encoder.transform(readings(name, [text])))[0] for text in corpus()]
    np.testing.assert_allclose(whole, single, atol=1e-6)


def test_no_texts_no_rows(name: str) -> None:
    encoder = fitted(name, corpus())
    assert encoder.transform(readings(name, [])).shape == (0, encoder.n_features)


def test_arrays_keep_everything(name: str) -> None:
    encoder = fitted(name, corpus())
    arrays = encoder.arrays()
    assert all(each.dtype != object for each in arrays.values())
    again = type(encoder).from_arrays(encoder.config, arrays)
    expected = dense(encoder.transform(readings(name, corpus())))
    np.testing.assert_array_equal(dense(again.transform(readings(name, corpus()))), expected)
    assert set(again.arrays()) == set(arrays)


def test_same_seed_gives_the_same_arrays(name: str) -> None:
    one, two = fitted(name, corpus()).arrays(), fitted(name, corpus()).arrays()
    for key, array in one.items():
        np.testing.assert_array_equal(array, two[key])


def test_a_fitted_encoder_cannot_be_changed(name: str) -> None:
    encoder = fitted(name, corpus())
    with pytest.raises(AttributeError):
        encoder.config = None
    for value in vars(encoder).values():
        assert not isinstance(value, np.ndarray) or not value.flags.writeable


def test_texts_of_one_circle_are_nearer_than_of_two(name: str) -> None:
    rows = dense(fitted(name, corpus()).transform(readings(name, corpus())))
    likeness = rows @ rows.T
    same = likeness[::2, ::2][~np.eye(30, dtype=bool)].mean()
    assert same > likeness[::2, 1::2].mean() + 0.2


def test_what_is_not_of_the_training_texts_is_not_known(name: str) -> None:
    if encoder_class(name).reads != "tokens":
        pytest.skip("knows its words from elsewhere")
    encoder = fitted(name, corpus())
    with_strangers = [[*text, "zeppelin", "quartz"] for text in corpus()]
    np.testing.assert_array_equal(
        dense(encoder.transform(with_strangers)), dense(encoder.transform(corpus()))
    )


def test_another_encoders_config_is_refused(name: str) -> None:
    encoder = fitted(name, corpus())
    other = config_class("minilm" if name != "minilm" else "bag_of_words")()
    with pytest.raises(ConfigError, match="wanted a"):
        type(encoder).from_arrays(other, encoder.arrays())


@pytest.mark.parametrize("lexical", ["bag_of_words", "tf_idf", "tf_idf_svd"])
@pytest.mark.parametrize("tokens", [[], [[], []], [["once"]]])
def test_nothing_to_learn_from_is_refused(lexical: str, tokens: list[list[str]]) -> None:
    with pytest.raises(InputError, match="no term stands in"):
        fitted(lexical, tokens)


TEXTS = [["a", "a", "b"], ["a", "c"], ["b", "c", "c", "c"], ["d"]]


def test_bag_of_words_counts() -> None:
    encoder = BagOfWords.fit(TEXTS, BagOfWordsConfig(min_df=2, longest=1), np.random.default_rng(0))
    assert encoder.terms == ("a", "b", "c")
    expected = [[2 / sqrt(5), 1 / sqrt(5), 0], [1 / sqrt(2), 0, 1 / sqrt(2)]]
    np.testing.assert_allclose(encoder.transform(TEXTS[:2]).toarray(), expected, rtol=1e-6)


@pytest.mark.parametrize("sublinear", [True, False])
def test_tf_idf_is_that_of_the_definition(sublinear: bool) -> None:
    config = TfIdfConfig(min_df=1, sublinear=sublinear, longest=1)
    encoder = TfIdf.fit(TEXTS, config, np.random.default_rng(0))
    asked = [["c", "c", "d", "x"]]
    c = (1 + log(2) if sublinear else 2) * (log(5 / 3) + 1)
    d = log(5 / 2) + 1
    length = sqrt(c * c + d * d)
    np.testing.assert_allclose(
        encoder.transform(asked).toarray(), [[0, 0, c / length, d / length]], rtol=1e-6
    )


def test_tf_idf_is_scikit_learns() -> None:
    from sklearn.feature_extraction.text import TfidfVectorizer

    texts = corpus()
    theirs = TfidfVectorizer(
        tokenizer=list,
        preprocessor=list,
        token_pattern=None,
        lowercase=False,
        ngram_range=(1, 3),
        min_df=2,
        max_df=0.5,
        sublinear_tf=True,
    )
    expected = theirs.fit_transform(texts)
    encoder = TfIdf.fit(texts, TfIdfConfig(longest=3), np.random.default_rng(0))
    assert list(encoder.terms) == theirs.get_feature_names_out().tolist()
    np.testing.assert_allclose(encoder.transform(texts).toarray(), expected.toarray(), atol=1e-6)


def test_terms_of_several_tokens_and_their_bounds() -> None:
    config = BagOfWordsConfig(min_df=1, longest=2, max_df=1.0)
    encoder = BagOfWords.fit(TEXTS, config, np.random.default_rng(0))
    assert encoder.terms == ("a", "a a", "a b", "a c", "b", "b c", "c", "c c", "d")
    rare = BagOfWords.fit(
        TEXTS, BagOfWordsConfig(min_df=1, max_df=0.25, longest=1), np.random.default_rng(0)
    )
    assert rare.terms == ("d",)
    few = BagOfWords.fit(TEXTS, BagOfWordsConfig(max_terms=1, longest=1), np.random.default_rng(0))
    assert few.terms == ("a",)


def test_all_dimensions_of_the_decomposition_keep_the_cosines() -> None:
    config = TfIdfSvdConfig(n_factors=60, n_iterations=10, centre=False)
    encoder = TfIdfSvd.fit(corpus(), config, np.random.default_rng(0))
    rows = encoder.transform(corpus())
    exact = encoder.weighting.transform(corpus()).toarray()
    np.testing.assert_allclose(rows @ rows.T, exact @ exact.T, atol=1e-4)


@pytest.mark.parametrize("centring", ["tf_idf_svd", "word2vec", "minilm"])
def test_the_mean_of_the_training_texts_is_taken_away(centring: str) -> None:
    if centring == "word2vec":
        pytest.importorskip("gensim")
    tokens = corpus()

    def rows(centre: bool) -> np.ndarray:
        encoder = fitted(centring, tokens, centre=centre)
        return dense(encoder.transform(readings(centring, tokens)))

    departs = rows(centre=False) - rows(centre=False).mean(axis=0)
    expected = departs / np.linalg.norm(departs, axis=1, keepdims=True)
    np.testing.assert_allclose(rows(centre=True), expected, atol=1e-4)


@pytest.mark.parametrize("centring", ["tf_idf_svd", "minilm"])
def test_where_all_texts_are_one_none_departs_from_the_mean(centring: str) -> None:
    tokens = [["ship", "wave"]] * 4
    rows = fitted(centring, tokens, **({"max_df": 1.0} if centring != "minilm" else {})).transform(
        readings(centring, tokens)
    )
    assert not dense(rows).any()


def test_unknown_encoder_offers_the_near_one() -> None:
    for asked in (require, encoder_class, config_class):
        with pytest.raises(ConfigError, match="did you mean 'tf_idf'"):
            asked("tf_idff")


def test_an_extra_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoders, "find_spec", {}.get)
    require("tf_idf")
    with pytest.raises(ConfigError, match=r"(?s)needs torch.*artrec\[text\].*tf_idf_svd"):
        require("minilm")
    with pytest.raises(ConfigError, match=r"artrec\[models\]"):
        require("word2vec")


def test_every_parameter_is_described() -> None:
    for each in ENCODERS:
        for field, about in config_class(each).model_fields.items():
            assert (about.description or "").endswith("."), (each, field)
