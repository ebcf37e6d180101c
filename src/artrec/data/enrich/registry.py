"""Which enrichments there are, by the name configuration gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from artrec.data.enrich import wikidata_films, wikipedia_extracts
from artrec.data.enrich.base import Enrichment
from artrec.errors import ConfigError, near_names

ENRICHMENTS: Final[Mapping[str, Enrichment]] = {
    "wikidata_films": wikidata_films.ENRICHMENT,
    "wikipedia_extracts": wikipedia_extracts.ENRICHMENT,
}


def enrichment(name: str) -> Enrichment:
    """The enrichment of that name.

    Raises:
        ConfigError: There is none.
    """
    if name not in ENRICHMENTS:
        raise ConfigError(f"no enrichment is called {name!r}", near_names(name, ENRICHMENTS))
    return ENRICHMENTS[name]
