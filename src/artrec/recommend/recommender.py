"""Recommender: recommendations, similar works and title search from a published bundle."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Final, Self
from warnings import warn

import numpy as np
import pandas as pd
from pydantic import ValidationError

from artrec import schema
from artrec.bundle.location import find_store
from artrec.bundle.manifest import Manifest, media_of
from artrec.bundle.member import Member
from artrec.bundle.reading import Bundle, read_bundle, read_current
from artrec.bundle.store import CURRENT, list_versions
from artrec.data.ids import IdMap
from artrec.data.interactions import Interactions
from artrec.errors import ArtrecWarning, BundleError, ConfigError, InputError, UnknownIdError
from artrec.models.base import FloatArray
from artrec.recommend import rank
from artrec.recommend.explain import BECAUSE_ITEM_ID, because_of, explaining_part
from artrec.recommend.history import History, profile_of, visitor
from artrec.recommend.person import Opinion
from artrec.recommend.rerank import RerankConfig, rerank
from artrec.recommend.search import TitleIndex, label
from artrec.recommend.why import Why, as_why, liked_by_most

BECAUSE: Final = "because"
COLUMNS: Final = (
    schema.ITEM_ID,
    schema.TITLE,
    schema.YEAR,
    schema.SCORE,
    schema.RANK,
    BECAUSE,
)
N_REASONS: Final = 3


class Recommender:
    """Recommends from one medium of a bundle; loaded once, asked as often as one likes.

    Nothing in it changes after loading, so threads may share it.

    Args:
        member: A checked and loaded member of a bundle.
        version: Name of the published version, empty where it was not published.

    Examples:
        In a project where ``make recommend`` has run::

            import artrec

            recommender = artrec.Recommender.load()
            recommender.recommend("42")                                # a user of the data
            recommender.recommend(["Alien (1979)", "Brazil"], k=5)     # somebody new
            recommender.recommend({"Alien (1979)": 5, "Titanic": 1})   # with ratings
            recommender.recommend("42", diversity=0.3)                 # less of the same
            recommender.why("42", "Alien (1979)").reasons              # what the score is made of
            recommender.similar("Alien (1979)")
            recommender.find("blade runer")
    """

    def __init__(self, member: Member, version: str = "") -> None:
        self._member = member
        self._scorer = member.scorer
        self.version = version

    @classmethod
    def load(cls, folder: Path | str | None = None, medium: str | None = None) -> Self:
        """Load the bundle in use; every file is checked before any is used.

        Args:
            folder: A store of published bundles, or one bundle. By default the store that the
                environment variable ``ARTREC_STORE`` names, or ``data/published`` of the project
                that the working directory lies in.
            medium: Name of the medium; may be left out where the bundle holds a single one.

        Raises:
            BundleError: There is no bundle, or none that is whole, or not of this medium.

        Warns:
            ArtrecWarning: The current version is damaged, and the newest good one before it is
                used in its place.
        """
        where = find_store() if folder is None else Path(folder)
        bundle = _open(where, medium)
        if len(bundle.members) > 1:
            raise BundleError(
                f"the bundle in {where} holds {len(bundle.members)} media: "
                f"{', '.join(sorted(bundle.members))}",
                f"name one of them, for example medium={min(bundle.members)!r}",
            )
        (member,) = bundle.members.values()
        return cls(member, bundle.version)

    @property
    def medium(self) -> str:
        """Name of the medium, for example ``movies``."""
        return self._member.medium

    @property
    def manifest(self) -> Manifest:
        """Model, configuration, data source, metrics and licence of what is loaded."""
        return self._member.manifest

    @property
    def works(self) -> pd.DataFrame:
        """A copy of the catalogue of works (`schema.WORKS`)."""
        return self._member.works.copy()

    @property
    def users(self) -> IdMap:
        """The users whose history the bundle knows."""
        return self._member.profiles.users

    def recommend(self, history: History, k: int = 10, diversity: float = 0.0) -> pd.DataFrame:
        """Recommend works for one history; everything in the history is left out.

        Args:
            history: What the recommendations are for, one of

                - the id of a user of the data, as text: ``"42"``
                - a list of titles or item ids, all of them liked: ``["Alien (1979)", "Brazil"]``
                - a mapping of titles or item ids to ratings on the scale of the data:
                  ``{"Alien (1979)": 5, "Titanic": 1}``
                - an interactions table of one person: ``item_id``, maybe ``rating``,
                  ``timestamp``

                An item id wins over a title that is written alike; ``"movies:42"`` is always
                the id.
            k: Number of works.
            diversity: 0 keeps the order by score, 1 takes of the best hundred works that are as
                unlike each other as possible, by their genres (`artrec.recommend.rerank`, mmr).

        Returns:
            A table with a row a work, best first: ``item_id``, ``title``, ``year``, ``score``,
            ``rank`` (from 1), and ``because``: those works of the history that speak most for
            it, joined by ``|``; empty where the model cannot tell.

        Raises:
            UnknownIdError: A user, item or title is not known; near ones are offered.
                `AmbiguousTitleError` (a kind of it) holds the works that a title may mean.
            ConfigError: `k` is not a whole number of at least 1, or `diversity` not from 0 to 1.
            InputError: The history is of a kind not named above.

        Warns:
            ArtrecWarning: Fewer than `k` works are left; items of a table are not known; or
                the model knows nothing of the history, so that the most popular works come.

        Examples:
            Loading comes first (see the class)::

                table = recommender.recommend(["Alien (1979)", "Brazil (1985)"], k=5)
                table[["rank", "title", "because"]]
        """
        profile = profile_of(history, self._member, self.resolve).onto_items(self._scorer.items)
        how = _mixing(diversity)
        longer = max(k, how.pool) if how.reorders and isinstance(k, int) else k
        table = self._rank(profile, longer, self._popularity)
        table = rerank(table, profile, self._member.works, k, how)
        if self._knows_nothing_of(profile):
            warn(
                ArtrecWarning(
                    "the model knows nothing of this history, so the most popular works are shown",
                    "add works that more people have rated, and some that were liked",
                ),
                stacklevel=2,
            )
        if len(table) < k:
            warn(
                ArtrecWarning(
                    f"asked for {k} works, {len(table)} are left to recommend",
                    "works with too few ratings, and those of the history, are left out",
                ),
                stacklevel=2,
            )
        return self._readable(table, profile)

    def why(self, history: History, item: str, n_works: int = N_REASONS) -> Why:
        """Why a work scores as it does for one history.

        Works for every kind of model: one that sums over the history gives the history's works,
        a hybrid its groups of features, each with the works behind it where any is.

        Args:
            history: As in `recommend`.
            item: A title or an item id, recommended or not.
            n_works: Works behind a reason at most.

        Returns:
            The score and the reasons it is the sum of, the strongest first.

        Raises:
            UnknownIdError: A user, item or title is not known, or too few people rated the item.

        Examples:
            Loading comes first (see the class)::

                why = recommender.why(["Alien (1979)", "Brazil (1985)"], "Blade Runner")
                [(each.words, each.contribution) for each in why.reasons]
        """
        return self.why_each(history, [item], n_works)[0]

    def why_each(
        self, history: History, items: Sequence[str], n_works: int = N_REASONS
    ) -> list[Why]:
        """`why` for several works of one history, which is looked at once.

        Args:
            history: As in `recommend`.
            items: Titles or item ids.
            n_works: Works behind a reason at most.
        """
        ids = [self._scored(item, "be scored") for item in items]
        profile = profile_of(history, self._member, self.resolve)
        places = self._scorer.items.to_index(ids)
        opinion = Opinion(self._scorer, profile.onto_items(self._scorer.items))
        if opinion.is_silent:
            found = liked_by_most(self._popularity[places])
        else:
            found = opinion.told(places, n_works)
        return [as_why(item, *each, self.label) for item, each in zip(ids, found, strict=True)]

    def similar(self, item: str, k: int = 10) -> pd.DataFrame:
        """Works that the model puts next to one work.

        They are what it recommends to somebody who likes that work and nothing else is known
        of; works of which this says nothing are left out.

        Args:
            item: A title or an item id.
            k: Number of works at most.

        Returns:
            A table like that of `recommend`, with an empty ``because``.

        Raises:
            UnknownIdError: The item is not known, or too few people rated it.
            ConfigError: `k` is not a whole number of at least 1.
        """
        item_id = self._scored(item, "be compared")
        positive_from = self.manifest.positive_from
        profile = visitor({item_id: np.nan}, positive_from).onto_items(self._scorer.items)
        table = self._rank(profile, k, None)
        nobody = visitor({}, positive_from).onto_items(self._scorer.items)
        default = self._scorer.score(nobody).block(slice(0, 1), slice(None))[0]
        places = self._scorer.items.to_index(table[schema.ITEM_ID])
        table = table[table[schema.SCORE].to_numpy() > default[places] + 1e-9]
        if len(table) < k:
            warn(
                ArtrecWarning(f"asked for {k} works, {len(table)} are similar to that one"),
                stacklevel=2,
            )
        return self._with_titles(table, [""] * len(table))

    def find(self, title: str, limit: int = 5) -> pd.DataFrame:
        """Works whose title resembles what was typed.

        Case, accents, articles and typing errors do not matter; a year in brackets narrows.

        Args:
            title: For example ``"alien"`` or ``"Alien (1979)"``.
            limit: Number of works at most.

        Returns:
            A table ``item_id, title, year, score``, best first; the score goes from 0 to 100.
        """
        found = self.titles.find(title, limit)
        rows = [(each.item_id, each.title, each.year, each.score) for each in found]
        columns = [schema.ITEM_ID, schema.TITLE, schema.YEAR, schema.SCORE]
        return pd.DataFrame(rows, columns=columns).astype({schema.YEAR: schema.NULLABLE_INTEGER})

    def resolve(self, item: str) -> str:
        """Item id of an item id or a title.

        Raises:
            UnknownIdError: There is none; or, as `AmbiguousTitleError`, more than one.
        """
        if not isinstance(item, str):
            raise InputError(f"titles and item ids are text; got {item!r}", f"write {str(item)!r}")
        bare = item.removeprefix(f"{self.medium}:")
        if self.has_item(bare):
            return bare
        return self.titles.resolve(item).item_id

    def has_item(self, item_id: str) -> bool:
        """Whether the catalogue has a work of this id."""
        return item_id in self._work_ids

    def label(self, item_id: str) -> str:
        """Title and year of an item, as people write them: ``Alien (1979)``."""
        at = int(self._work_ids.to_index([item_id])[0])
        year = self._member.works[schema.YEAR].iloc[at]
        title = self._member.works[schema.TITLE].iloc[at] or item_id
        return label(title, None if pd.isna(year) else int(year))

    @cached_property
    def titles(self) -> TitleIndex:
        """The index that `find` and `resolve` search."""
        columns = self._member.columns
        at = self._member.profiles.items.find(columns.texts[schema.ITEM_ID].tolist())
        return TitleIndex.over(columns, np.append(self._member.profiles.item_counts(), 0)[at])

    @cached_property
    def _work_ids(self) -> IdMap:
        return IdMap(pd.Index(self._member.works[schema.ITEM_ID], dtype="object"))

    def _scored(self, item: str, what: str) -> str:
        """Id of a work that the model can score."""
        item_id = self.resolve(item)
        if item_id not in self._scorer.items:
            raise UnknownIdError(
                f"{self.label(item_id)!r} has too few ratings to {what}",
                "ask for a work that more people have rated",
            )
        return item_id

    def _rank(self, profile: Interactions, k: int, fallback: FloatArray | None) -> pd.DataFrame:
        # a list is never longer than the catalogue, whatever was asked for
        most = min(k, len(self._scorer.items)) if isinstance(k, int) else k
        return rank.recommend(self._scorer, profile, most, fallback=fallback)

    def _knows_nothing_of(self, profile: Interactions) -> bool:
        return len(rank.silent(self._scorer.score(profile), np.array([0]))) > 0

    @cached_property
    def _popularity(self) -> FloatArray:
        return rank.liked_counts(self._member.profiles, self._scorer.items)

    def _readable(self, table: pd.DataFrame, profile: Interactions) -> pd.DataFrame:
        speaker = explaining_part(self._scorer)
        if speaker is None:
            return self._with_titles(table, [""] * len(table))
        known = table[schema.ITEM_ID][speaker.items.find(table[schema.ITEM_ID]) >= 0]
        found = because_of(speaker, profile, known, N_REASONS)
        reasons: dict[str, list[str]] = {}
        for item_id, because in zip(found[schema.ITEM_ID], found[BECAUSE_ITEM_ID], strict=True):
            reasons.setdefault(item_id, []).append(self.label(because))
        joined = [schema.SEPARATOR.join(reasons.get(each, [])) for each in table[schema.ITEM_ID]]
        return self._with_titles(table, joined)

    def _with_titles(self, table: pd.DataFrame, reasons: list[str]) -> pd.DataFrame:
        at = self._work_ids.to_index(table[schema.ITEM_ID])
        works = self._member.works.iloc[at]
        full = table.assign(
            **{
                schema.TITLE: works[schema.TITLE].to_numpy(),
                schema.YEAR: works[schema.YEAR].array,
                BECAUSE: reasons,
            }
        )
        return full.loc[:, list(COLUMNS)].reset_index(drop=True)


def _mixing(diversity: float) -> RerankConfig:
    try:
        return RerankConfig(method="mmr", strength=diversity)
    except ValidationError as error:
        raise ConfigError(
            f"diversity goes from 0 to 1; got {diversity!r}", "0.3 mixes a little, 0.8 a lot"
        ) from error


def _open(where: Path, medium: str | None) -> Bundle:
    if (where / CURRENT).is_file() or list_versions(where):
        return read_current(where, medium)
    if media_of(where):
        return read_bundle(where, medium)
    raise BundleError(
        f"no bundle was published in {where}", "run `make recommend` first: it publishes one"
    )
