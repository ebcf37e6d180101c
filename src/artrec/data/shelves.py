"""Readers' shelves as tags: which of them say something of the book, and which are genres.

A shelf is left out when its name says what a reader does with the book rather than what the book
is: reading state and plans ("to-read", "dnf", "re-read"), possession and place ("owned",
"library", "box-3"), format ("kindle", "audiobooks"), a date or a challenge ("read-in-2015"), a
verdict ("favorites", "5-stars"), or nothing ("default", "misc", digits only).
"""

from __future__ import annotations

import re

_WHOLE = (
    r"default|misc\w*|other|others|general|none|unknown|books?|my-?books|stuff|random|list|lists"
    r"|shelf|shelves|reading|reads?|a|z|i|me|mine|new|old|done|finished|complete[d]?|maybe|someday"
    r"|later|next|soon|good|great|bad|loved?|liked?|meh|ok|best|amazing|awesome|enjoyed|recommend\w*"
    r"|must-?reads?|collection|my-collection|own|e|hardcover|hardback|paperbacks?|pdf|epub|nook"
    r"|ipad|audible|overdrive|scribd|gifts?|school|for-school|class|for-class|college|university"
    r"|english-class|high-school|summer-reading|book-?clubs?|bookclub-\w+|giveaways?|arcs?"
    r"|netgalley|first-reads|to-get|goodreads|english|in-english|abandoned|gave-up|pending"
    r"|reviewed|na|1001|series-(?:to-\w+|in-progress|complete[d]?|finished|read)|on-hold|couldn-t-finish"
)
_WORDS = (
    r"to-?read\w*|tbr|wish-?list\w*|want(?:ed)?|to-?buy|buy|bought|purchase[d]?|own|owned|have"
    r"|currently|already|unread|un-read|re-?reads?|dnf|did-not-finish|didn-t-finish|unfinished"
    r"|favou?rites?|faves?|favs?|all-time|\d-stars?|rating|rated|guilty-pleasures?"
    r"|library|libraries|borrow\w*|loan\w*|lent|bookshelf|my-shelf|bookcase|shelved|boxe?s?"
    r"|kindle|e-?books?|audio-?books?|audios?|audible|nook|listened|physical|print|paperback"
    r"|hardcover|hard-copy|my|reads?|reading|challenge|rory|gilmore|before-you-die|top-\d+"
    r"|(?:19|20)\d\d|book-?club|book-group|(?<!boarding-)school|class|assigned|maybe|waiting"
)
_LEFT_OUT = re.compile(rf"^(?:{_WHOLE}|[\W\d_]*)$|(?:^|-)(?:{_WORDS})(?:-|$)")
# shelves that say a genre in another way -> the genre
SAME_GENRE = {
    "sci-fi": "science-fiction",
    "scifi": "science-fiction",
    "sf": "science-fiction",
    "nonfiction": "non-fiction",
    "ya": "young-adult",
    "teen": "young-adult",
    "classic": "classics",
    "children": "childrens",
    "children-s": "childrens",
    "children-s-books": "childrens",
    "childrens-books": "childrens",
    "kids": "childrens",
    "humour": "humor",
    "funny": "humor",
    "comedy": "humor",
    "memoirs": "memoir",
    "biographies": "biography",
    "graphic-novel": "graphic-novels",
    "comic": "comics",
    "mysteries": "mystery",
    "thrillers": "thriller",
    "dystopia": "dystopian",
    "plays": "drama",
    "vampire": "vampires",
    "short-story": "short-stories",
    "christian-fiction": "christian",
}
# fmt: off
GENRE_SHELVES = frozenset((
    "adventure", "art", "biography", "business", "chick-lit", "childrens", "christian",
    "classics", "comics", "contemporary", "cookbooks", "crime", "drama", "dystopian", "erotica",
    "essays", "fantasy", "graphic-novels", "historical-fiction", "history", "horror", "humor",
    "manga", "memoir", "music", "mystery", "non-fiction", "paranormal", "philosophy", "poetry",
    "politics", "psychology", "religion", "romance", "science", "science-fiction", "self-help",
    "short-stories", "spirituality", "sports", "suspense", "thriller", "travel", "true-crime",
    "urban-fantasy", "young-adult",
))
# fmt: on


def says_something(shelf: str) -> bool:
    """Whether a shelf's name says something of the book itself.

    Examples:
        >>> [says_something(each) for each in ("to-read", "magic", "read-in-2015", "star-wars")]
        [False, True, False, True]
    """
    return _LEFT_OUT.search(shelf) is None


def genre_of(shelf: str) -> str | None:
    """The genre a shelf stands for, or None.

    Examples:
        >>> genre_of("scifi"), genre_of("dragons")
        ('science-fiction', None)
    """
    name = SAME_GENRE.get(shelf, shelf)
    return name if name in GENRE_SHELVES else None
