"""Titles: every name found, accidents of spelling gone, different names kept apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artrec.data.titles import article_first, compact, names_of, normalise, without_article

plain_words = st.lists(
    st.text("abcdefghijklmnopqrstuvwyz", min_size=2, max_size=8), min_size=1, max_size=4
).map(" ".join)


@given(st.text())
def test_normalising_twice_changes_nothing_more(title):
    key = normalise(title)
    assert normalise(key) == key


@given(st.text())
def test_a_key_is_lower_case_words_of_letters_and_digits(title):
    key = normalise(title)
    assert all(each.isalnum() for each in key.replace(" ", ""))
    assert "  " not in key
    assert key == key.strip()


@given(st.text())
def test_every_title_has_a_name_and_none_fails(title):
    names = names_of(title)
    assert len(names) >= 1
    assert len(set(names)) == len(names)


@given(plain_words)
def test_spelling_does_not_matter(title):
    assert normalise(title.upper()) == normalise(title)
    assert normalise(f"  {title}!") == normalise(title)
    assert normalise(title.replace(" ", "-")) == normalise(title)


@given(plain_words, st.sampled_from(["The", "A", "An", "Le", "La", "Die", "Los"]))
def test_an_article_behind_a_comma_is_an_article_in_front(title, article):
    assert normalise(article_first(f"{title}, {article}")) == normalise(f"{article} {title}")
    assert without_article(normalise(f"{article} {title}")) == normalise(title)


@given(plain_words, plain_words)
def test_a_bracketed_name_is_a_name_of_its_own(title, other):
    assert names_of(f"{title} ({other})") == tuple(dict.fromkeys([title, other]))
    assert names_of(f"{title} (a.k.a. {other})") == tuple(dict.fromkeys([title, other]))


@pytest.mark.parametrize(
    ("title", "names"),
    [
        ("Matrix, The", ["The Matrix"]),
        ("Amelie (Fabuleux destin d'Amélie Poulain, Le)",
         ["Amelie", "Le Fabuleux destin d'Amélie Poulain"]),
        ("8 ½ Women (a.k.a. 8 1/2 Women) (a.k.a. Eight and a Half Women)",
         ["8 ½ Women", "8 1/2 Women", "Eight and a Half Women"]),
        ("Emma (2009)", ["Emma"]),
        ("(500) Days of Summer", ["(500) Days of Summer"]),
        ("(Untitled)", ["(Untitled)"]),
        ("Birdman (or (The) Ignorance)", ["Birdman", "or (The) Ignorance"]),
        ("Unbalanced) Title", ["Unbalanced) Title"]),
        ("Lonely)", ["Lonely)"]),
        ("", [""]),
    ],
)  # fmt: skip
def test_names_by_hand(title, names):
    assert list(names_of(title)) == names


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Léon", "Leon"),
        ("Sånger från andra våningen", "Sanger fran andra vaningen"),
        ("Smørrebrød", "SMORREBROD"),
        ("Straße", "strasse"),
        ("e\u0301clair", "éclair"),
        ("8½", "8 1/2"),
        ("Oscar & Lucinda", "Oscar and Lucinda"),
        ("Porky's", "Porky\u2019s"),
        ("Lust, Caution", "Lust Caution"),
        ("Rocky IV", "Rocky 4"),
        ("¡Three Amigos!", "Three Amigos"),
    ],
)
def test_these_are_the_same(one, other):
    assert normalise(one) == normalise(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Alien", "Aliens"),
        ("Rocky", "Rocky II"),
        ("Malcolm X", "Malcolm 10"),
        ("I, Robot", "1, Robot"),
        ("The Patriot", "Patriot Games"),
        ("七人の侍", "七人の人"),
    ],
)
def test_these_are_not_the_same(one, other):
    assert compact(normalise(one)) != compact(normalise(other))


def test_letters_that_become_capitals_when_taken_apart_are_folded_too():
    assert normalise("Film\u2122") == "filmtm"


def test_a_title_that_is_an_article_keeps_it():
    assert without_article(normalise("The")) == "the"
    assert without_article(normalise("Theremin")) == "theremin"


def test_blanks_and_articles_do_not_matter_to_the_compact_key():
    assert compact(normalise("The Troll Hunter")) == compact(normalise("Trollhunter"))


def test_letters_of_other_scripts_stay():
    assert normalise("七人の侍") == "七人の侍"
    assert normalise("...") == ""
