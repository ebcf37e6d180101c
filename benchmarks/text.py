"""Texts a second, on one core: from text to TF-IDF rows with lemmas, and again from the cache.

    ARTREC_MIRROR=DIR python benchmarks/text.py [--rounds 5] [--language]

Real one-paragraph texts: book descriptions and Wikipedia film extracts of the mirror. Bar:
2,000 texts a second for tokens, lemmas, vocabulary, weights and rows together, nothing remembered.
Seconds are those of the process on its core, so that a busy machine changes little. Each round:

- first: every word form is looked up anew, the encoder is fitted on all texts and encodes them
  (simplemma's dictionary is opened before: 0.2 s, once a process);
- lemmas known: the same again in the same process;
- cached, one in a hundred changed: what did not change comes from the cache (fit and rows anew);
- cached, unchanged: nothing is fitted or encoded.

--language times the flag of the language too (dictionaries of other languages are opened if a
text is not English: seconds, once).
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from artrec.features.text import preprocess
from artrec.features.text.cache import TextCache
from artrec.features.text.encoding import TextConfig, TextEncoder
from artrec.features.text.language import languages_of

BAR = 2_000
ENCODERS = {
    "tf_idf": TextConfig(parameters={"longest": 1}),
    "tf_idf, pairs": TextConfig(parameters={"longest": 2}),
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--language", action="store_true")
    asked = parser.parse_args()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    preprocess.tokenize(["dictionaries"], preprocess.PreprocessConfig())
    print(f"one core; texts/s as minimum / median / maximum of {asked.rounds}; bar {BAR}")
    for source, texts in sources(Path(os.environ["ARTREC_MIRROR"])).items():
        words = np.mean([len(text.split()) for text in texts])
        print(f"\n{source}: {len(texts)} texts of {words:.0f} words")
        for name, config in ENCODERS.items():
            for step, rates in measure(texts, config, asked.rounds).items():
                low, middle, high = np.quantile(rates, [0, 0.5, 1])
                print(f"{name:16}{step:36}{low:10.0f}{middle:10.0f}{high:10.0f}")
        if asked.language:
            print(f"{'language':52}{timed(lambda texts=texts: languages_of(texts), texts):10.0f}")


def sources(mirror: Path) -> dict[str, list[str]]:
    """Real texts by where they are from."""
    from pyarrow import feather

    books = feather.read_table(
        str(mirror / "beeformer" / "goodbooks-item_text_descriptions.feather")
    )
    films = [
        film.get("extract")
        for path in sorted((mirror / "wikipedia-movies").glob("*.json"))
        for film in json.loads(path.read_text(encoding="utf-8"))
    ]
    return {
        "book descriptions": [each for each in books["llama31_description"].to_pylist() if each],
        "film extracts": [each for each in films if each],
    }


def measure(
    texts: list[str], config: TextConfig, rounds: int
) -> dict[str, npt.NDArray[np.float64]]:
    """Texts a second of each step, one figure a round."""
    changed = [f"{text} anew" if at % 100 == 0 else text for at, text in enumerate(texts)]
    rates: dict[str, list[float]] = {}
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            cache = TextCache(Path(folder))
            preprocess._forms.cache_clear()
            steps: dict[str, Callable[[], object]] = {
                "first": lambda: encoded(texts, config, None),
                "lemmas known": lambda: encoded(texts, config, None),
                "(filling the cache)": lambda cache=cache: encoded(texts, config, cache),
                "cached, one in a hundred changed": lambda cache=cache: encoded(
                    changed, config, cache
                ),
                "cached, unchanged": lambda cache=cache: encoded(changed, config, cache),
            }
            for step, run in steps.items():
                rates.setdefault(step, []).append(timed(run, texts))
    return {step: np.array(each) for step, each in rates.items()}


def encoded(texts: list[str], config: TextConfig, cache: TextCache | None) -> object:
    """Rows of the texts, by an encoder fitted on them."""
    encoder = TextEncoder.fit(texts, config, np.random.default_rng(0), cache)
    return encoder.transform(texts, cache)


def timed(run: Callable[[], object], texts: list[str]) -> float:
    """Texts a second of one run."""
    start = time.process_time()
    run()
    return len(texts) / (time.process_time() - start)


if __name__ == "__main__":
    main()
