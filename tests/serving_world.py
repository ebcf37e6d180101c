"""A small invented store of films and books to serve: two tastes each, and hostile titles."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from artrec.bundle import publish, write_member
from artrec.data.interactions import Interactions
from artrec.models.ease import Ease, EaseConfig

POSITIVE_FROM = 4.0
N_FANS = 40

# id, title, year, genres, creators, minutes, languages
FILMS = [
    ("1", "Alien", 1979, "Horror|Sci-Fi", "Ridley Scott", 117, "English"),
    ("2", "Aliens", 1986, "Action|Sci-Fi", "James Cameron", 137, "English"),
    ("3", "Brazil", 1985, "Fantasy|Sci-Fi", "Terry Gilliam", 132, "English"),
    ("4", "Blade Runner", 1982, "Sci-Fi|Thriller", "Ridley Scott", 117, "English"),
    ("5", "Thing, The", 1982, "Horror|Sci-Fi", "John Carpenter", 109, "English"),
    ("6", "Godzilla", 1954, "Horror|Sci-Fi", "Ishirô Honda", 96, "Japanese"),
    ("7", "Godzilla", 1998, "Action|Sci-Fi", "Roland Emmerich", 139, "English"),
    ("8", "Solaris (Solyaris)", 1972, "Drama|Sci-Fi", "Andrei Tarkovsky", 167, "Russian"),
    ("10", "Amélie", 2001, "Comedy|Romance", "Jean-Pierre Jeunet", 122, "French"),
    ("11", "Titanic", 1997, "Drama|Romance", "James Cameron", 194, "English"),
    ("12", "Casablanca", 1942, "Drama|Romance", "Michael Curtiz", 102, "English"),
    ("13", "Notting Hill", 1999, "Comedy|Romance", "Roger Michell", 124, "English"),
    ("14", "Ghost", 1990, "Fantasy|Romance", "Jerry Zucker", 127, "English"),
    ("15", "Before Sunrise", 1995, "Drama|Romance", "Richard Linklater", 101, "English"),
    ("16", "Sleepless in Seattle", 1993, "Comedy|Romance", "Nora Ephron", 105, "English"),
    ("17", "Harold and Maude", 1971, "Comedy|Romance", "Hal Ashby", 91, "English"),
    ("66", "<script>alert('x')</script>", 2001, "Drama", "<b>Bobby</b>", 90, None),
    ("67", "'; DROP TABLE works; --", 2002, "Drama", 'Quote " Mark', None, None),
    ("68", '=HYPERLINK("#")\u202e\U0001f600 &amp; \u0130stanbul', None, None, None, None, None),
    ("69", None, None, None, None, None, None),
]
SCIENCE = [row[0] for row in FILMS[:8]]
ROMANCE = [row[0] for row in FILMS[8:16]]

# id, title, year, genres, creators, series, series_number, isbn
BOOKS = [
    ("1", "Mort", 1987, "fantasy|humor", "Terry Pratchett", "Death", "1", "0575041714"),
    ("2", "Reaper Man", 1991, "fantasy|humor", "Terry Pratchett", "Death", "2", "0575049790"),
    ("3", "Soul Music", 1994, "fantasy|humor", "Terry Pratchett", "Death", "3", "0575055049"),
    ("4", "The Hobbit", 1937, "fantasy|classics", "J.R.R. Tolkien", None, None, "0618260307"),
    ("5", "Good Omens", 1990, "fantasy|humor", "Terry Pratchett|Neil Gaiman", None, None, None),
    ("6", "American Gods", 2001, "fantasy", "Neil Gaiman", "American Gods", "1", None),
    ("10", "Emma", 1815, "classics|romance", "Jane Austen", None, None, None),
    ("11", "Persuasion", 1817, "classics|romance", "Jane Austen", None, None, None),
    ("12", "Jane Eyre", 1847, "classics|romance", "Charlotte Brontë", None, None, None),
    ("13", "Wuthering Heights", 1847, "classics|romance", "Emily Brontë", None, None, None),
    ("14", "Middlemarch", 1871, "classics", "George Eliot", None, None, None),
    ("15", "North and South", 1854, "classics|romance", "Elizabeth Gaskell", None, None, None),
]
FANTASY = [row[0] for row in BOOKS[:6]]
CLASSICS = [row[0] for row in BOOKS[6:]]


def film_works() -> pd.DataFrame:
    """Films; those with hostile titles are rated by few."""
    names = ["item_id", "title", "year", "genres", "creators", "runtime_minutes", "languages"]
    works = pd.DataFrame(FILMS, columns=names)
    works["year"] = works["year"].astype("Int64")
    works["imdb_id"] = [f"{int(item):07}" for item in works["item_id"]]
    return works


def book_works() -> pd.DataFrame:
    """Books, some of a series."""
    names = ["item_id", "title", "year", "genres", "creators", "series", "series_number", "isbn"]
    works = pd.DataFrame(BOOKS, columns=names)
    works["year"] = works["year"].astype("Int64")
    return works


def ratings(first: list[str], second: list[str], rare: list[str], seed: int) -> pd.DataFrame:
    """Fans of one kind love five of it and hate one of the other; user ``42`` loves the first."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(N_FANS):
        loved, hated = (first, second) if number % 2 else (second, first)
        chosen = rng.choice(loved, size=min(5, len(loved) - 1), replace=False)
        rows += [(f"u{number:02}", str(item), 4.0 + number % 2) for item in chosen]
        rows.append((f"u{number:02}", str(rng.choice(hated)), 1.5))
        rows += [(f"u{number:02}", item, 4.0) for item in rare if number % 8 == 0]
    rows += [("42", item, 5.0) for item in first[:3]]
    table = pd.DataFrame(rows, columns=["user_id", "item_id", "rating"])
    return table.assign(timestamp=np.arange(len(table)) + 10**9)


def write_world(folder: Path, note: str = "") -> None:
    """Write the bundle of both media; `note` makes one that differs in its manifests alone."""
    films = ratings(SCIENCE, ROMANCE, ["66", "67", "68", "69"], 4)
    books = ratings(FANTASY, CLASSICS, [], 5)
    for medium, table, works in (("movies", films, film_works()), ("books", books, book_works())):
        profiles = Interactions.from_table(table, POSITIVE_FROM)
        scorer = Ease.fit(profiles, EaseConfig(regularization=5.0), np.random.default_rng(0))
        write_member(
            folder,
            medium,
            scorer,
            works,
            profiles,
            positive_from=POSITIVE_FROM,
            source={"name": "serving world", "variant": note},
            metrics={"ndcg@10": 0.5},
            licence="CC0-1.0",
            attribution=f"nobody, of {medium}",
        )


def publish_world(store: Path, bundle: Path, note: str = "") -> str:
    """Write and publish; the version's name."""
    write_world(bundle, note)
    return publish(bundle, store)["version"]
