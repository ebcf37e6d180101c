"""Which shelves say something of a book, and which are genres."""

from __future__ import annotations

import pytest

from artrec.data.shelves import GENRE_SHELVES, SAME_GENRE, genre_of, says_something

LEFT_OUT = """
to-read currently-reading read owned i-own books-i-own favorites favourites all-time-favorites
kindle ebook e-books audiobooks audio-book library library-books default misc wish-list to-buy tbr
read-in-2015 2016-reads 2014 5-stars dnf did-not-finish abandoned re-read my-books book-club
rory-gilmore-reading-challenge high-school to-read-fantasy - 1 --
"""
KEPT = """
fantasy young-adult science-fiction magic made-me-cry star-wars boarding-school fairy-tales
world-war-ii 19th-century coming-of-age series novels روايات j-k-rowling
"""


@pytest.mark.parametrize("shelf", LEFT_OUT.split())
def test_what_a_reader_does_with_a_book_says_nothing_of_it(shelf):
    assert not says_something(shelf)


@pytest.mark.parametrize("shelf", KEPT.split())
def test_what_a_book_is_stays(shelf):
    assert says_something(shelf)


def test_spellings_of_a_genre_are_one():
    assert genre_of("sci-fi") == genre_of("scifi") == genre_of("science-fiction")
    assert genre_of("ya") == "young-adult"
    assert genre_of("dragons") is None
    assert all(says_something(shelf) for shelf in GENRE_SHELVES)
    assert all(says_something(shelf) for shelf in SAME_GENRE)
