"""Words: the groups that reasons are given by, as a person would say them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

START: Final = "start"
"""The group of a hybrid that says nothing of a work: its scores start from there."""

WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        # scorers
        "popularity": "how many people liked it",
        "recent_popularity": "how many people liked it lately",
        "liked_by_most": "how many people liked it, for nothing is known of your taste",
        "item_knn": "how many people liked both it and works you liked",
        "user_knn": "what people whose taste is like yours think of it",
        "svd": "how it fits the patterns of what people like together",
        "biased_svd": "the rating you would probably give it",
        "ease": "how much it is liked by those who like works you liked",
        "graph_filter": "how near it is to works you liked, by way of people who liked both",
        "content": "how much it resembles works you liked",
        "content_ease": "how it suits works you liked, by what it is and who liked it",
        "projection": "how what it is suits those who like what you like",
        # kinds of likeness, and fields of works
        "liked_together": "how often it was liked together with works you liked",
        "text": "how much its description resembles those of works you liked",
        "title": "its title",
        "genres": "its genres",
        "creators": "who made it",
        "writers": "who wrote it",
        "cast": "who plays in it",
        "series": "the series it belongs to",
        "countries": "where it comes from",
        "languages": "its language",
        "companies": "who produced it",
        "tags": "how people tag it",
        "materials": "what it is made of",
        "year": "when it was made",
        "decade": "when it was made",
        # numbers
        "work": "the work's own numbers, such as its age and how often it is met",
        "user": "your own habits, such as how much you like",
        "match": "how near its numbers are to those of works you know",
        START: "what every work starts from",
        # how a person departs from what is popular now
        "level": "how popular it is now",
        "history": "how long your history is",
        "freshness": "how new the works are that you take",
        "mainstream": "how well known the works are that you take",
        "ratings": "how generously you rate",
        "pace": "how fast you go on",
        "decades": "the decades you like",
    }
)


def in_words(group: str) -> str:
    """What a group is, in plain words; an unknown one by its name.

    Examples:
        >>> in_words("genres")
        'its genres'
        >>> in_words("award_winners")
        'award winners'
    """
    return WORDS.get(group, group.replace("_", " "))
