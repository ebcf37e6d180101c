"""What the report says in words: how things were withheld, what each figure means."""

from __future__ import annotations

from typing import Final

HOW_WITHHELD: Final = {
    "per_user_test": (
        "Each person's last 20% by time",
        "The last fifth of what each person rated is hidden, and lists are made from the rest. "
        "Within a person no hidden rating is older than a known one; between people it may be: a "
        "model may know what others did later.",
    ),
    "random_test": (
        "A random part of each person's ratings",
        "The source knows no times, so a fifth of each person's ratings, drawn at random, is "
        "hidden. What somebody did later helps to guess what they did before: such a split "
        "flatters, and says little of the future.",
    ),
    "global_test": (
        "One cut in time, with fold-in",
        "Models are fitted on what everybody did before one moment. Judged are people active "
        "after it: what they rated first after the cut is shown to the models, the rest hidden.",
    ),
    "item_cold_test": (
        "Works without any rating",
        "A tenth of the works is hidden from the models, and with them everything a new work "
        "would not have (ratings, tags, counts and averages of ratings). They are ranked among "
        "themselves only: these figures are not comparable with those of other splits.",
    ),
    "user_cold_test": (
        "People the models have never seen",
        "Models are fitted without a tenth of the people. A part of their history is then shown "
        "to the fitted models, the rest hidden.",
    ),
    "rolling_test": (
        "Rolling cuts in time",
        "At several moments everything before is known, and the following window is hidden; no "
        "model knows anything that came later. Each cut counts the same in the means.",
    ),
}
"""Holdout, without the number of its cut, to a heading and what was done."""

HOW_TO_READ: Final = """Every list is made once, from what is left when some of a person's ratings
are hidden, and is judged by what was hidden. Only works rated at least as high as the source's
threshold count as found. Candidates are the works a model knows, but those in the person's profile;
a hidden work it does not know counts as missed. Nothing was chosen by the figures of this page."""

MEANINGS: Final = """- **brackets**: 95% percentile bootstrap intervals over people
- **letters**: models that share a letter do not differ significantly in NDCG (paired bootstrap,
  Holm's correction, 5%)
- **NDCG**: hits count more near the top; 1 is a perfect list. **Recall**: share of the hidden liked
  works in the list. **Precision**: share of the list that hits. **MAP**, **MRR**: how early hits
  come. **Hit rate**: share of people with a hit
- **coverage**: share of the catalogue in anybody's list. **Gini**: 0 all works are listed equally
  often, towards 1 a few only. **Novelty**: bits a listed work carries, more for works few have met
- **intra-list diversity**: mean distance of the genres of two works of a list
- **popularity lift**: 0 lists are as popular as what these people chose themselves, 1 twice as
  popular
- **serendipity**: hits that the list of popular works does not have, over k
- **calibration KL, JS**: how far the genres of a list are from those of the person's liked works; 0
  is the same shares
- **RMSE**, **MAE**: errors of predicted ratings, over all hidden ratings

Formulas, variants and sources stand in `artrec.metrics`."""

SLICES: Final = """Ranking figures of a part of the people, or of all people when only the hidden
works of a part count; lists stay whole. *Taste of the user*: by the mean popularity of their
profiles, the lowest fifth is niche, the highest mainstream. *Popularity of the item*: head, middle
and tail by share of all ratings; unseen works have none. A work of several genres counts in each.
Slices of few people say little: their number stands beside."""

TRADE: Final = """The best hundred works of each list are re-ordered, by MMR (avoid works like those
above) or by calibration (follow the genres of the profile); strength 0 keeps the order by score, 1
looks at nothing else. Published lists are ordered by score unless configured otherwise."""

PEOPLE: Final = """Drawn at random among the people judged. Bold works with a tick were hidden and
liked."""

LATER_TAGS: Final = """That is what the published lists read. What is judged knows of people's tags
only those given before anything withheld had happened: before the cut, or before the first withheld
rating of the split."""

KINDS: Final = {
    "text": "a text of their own",
    "tags": "tags, no text",
    "metadata": "metadata only: title, genres, people, decade and the like",
    "empty": "nothing to read",
}
"""Kind of a work's document to what it means."""
