"""Which site a file is of: told by its columns, never by what somebody says it is."""

from __future__ import annotations

from typing import Final

from artrec.data.exports import goodreads, imdb, letterboxd, movielens_profile, storygraph
from artrec.data.exports.bounds import EXPORT_AGAIN
from artrec.data.exports.plain import SITE as PLAIN
from artrec.data.exports.reading import Table
from artrec.data.exports.records import Layout
from artrec.errors import InputError, near_names

LAYOUTS: Final = (
    *letterboxd.LAYOUTS,
    *goodreads.LAYOUTS,
    *storygraph.LAYOUTS,
    *imdb.LAYOUTS,
    *movielens_profile.LAYOUTS,
)
SITES: Final = (*dict.fromkeys(layout.site for layout in LAYOUTS), PLAIN)
LETTERBOXD_LIST: Final = "letterboxd list export"
MAX_SHOWN: Final = 12


def layout_of(table: Table) -> Layout | None:
    """The layout a table has; None for a table of no site's layout."""
    columns = frozenset(table.columns)
    return next((each for each in LAYOUTS if each.fits(columns, table.name)), None)


def check_site(site: str | None) -> None:
    """Refuse a site that is not read.

    Raises:
        InputError: There is none of that name.
    """
    if site is not None and site not in SITES:
        raise InputError(f"exports of {site[:60]!r} are not read", near_names(site[:60], SITES))


def refuse_wrong_site(wanted: str | None, found: str, name: str) -> None:
    """Refuse a file that is of another site than was said.

    Raises:
        InputError: It is.
    """
    if wanted not in (None, found):
        raise InputError(
            f"{name} is no export of {wanted}, but looks like one of {found}",
            f"leave the site out, or say {found!r}",
        )


def unknown(table: Table) -> InputError:
    """What to say of a table that no layout fits and no column of which names works."""
    if table.columns[0].startswith(LETTERBOXD_LIST):
        return InputError(
            f"{table.name} is one list of Letterboxd, not the account's export",
            "export your data at Letterboxd (Settings, Data), and send that archive",
        )
    shown = ", ".join(repr(column[:40]) for column in table.columns[:MAX_SHOWN])
    return InputError(
        f"{table.name} is no export that is known, and no column names works; its columns: {shown}",
        "sites read: " + ", ".join(SITES) + f"; {EXPORT_AGAIN}",
    )
