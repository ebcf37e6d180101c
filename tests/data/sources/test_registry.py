"""Readers by name: artrec's own, those written elsewhere, and what a reader is given."""

from __future__ import annotations

import pandas as pd
import pytest
from pydantic import ValidationError

from artrec.data.sources.base import SourceConfig
from artrec.data.sources.raw import RawRows
from artrec.data.sources.registry import Reader, parse, reader, readers
from artrec.errors import ConfigError, InputError

GIVEN = {}
ECHO = Reader(lambda tables, _: GIVEN.update(tables), ("songs",), ("moods",))
SONGS = RawRows.of(pd.DataFrame({"id": [1]}))


def elsewhere(name="ECHO"):
    return SourceConfig(reader=f"{__name__}:{name}", name="music")


@pytest.fixture(autouse=True)
def importable(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, __name__, sys.modules.get(__name__) or _this_module())
    GIVEN.clear()


def _this_module():
    import types

    module = types.ModuleType(__name__)
    module.__dict__.update(globals())
    return module


def test_every_reader_has_its_name_and_tables():
    for name, each in readers().items():
        assert reader(name) is each
        assert each.tables
        assert not set(each.tables) & set(each.optional)


def test_a_reader_written_elsewhere_gets_its_tables_and_no_others():
    parse({"songs": SONGS, "moods": RawRows.absent(), "noise": SONGS}, elsewhere())
    assert GIVEN == {"songs": SONGS}


def test_a_missing_table_is_named():
    with pytest.raises(InputError, match="needs the raw table 'songs'") as caught:
        parse({"songs": RawRows.absent(), "moods": SONGS}, elsewhere())
    assert "raw_songs" in caught.value.hint


@pytest.mark.parametrize("name", ["owm", "module:", ":NAME", ""])
def test_an_unknown_name_is_refused_with_the_configuration(name):
    with pytest.raises((ValidationError, ConfigError), match="there is no reader") as caught:
        SourceConfig(reader=name)
    assert "package.module:NAME" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        (f"{__name__}:NOTHING", "there is no reader at"),
        ("no.such.module:READER", "there is no reader at"),
        (f"{__name__}:SONGS", "no reader"),
    ],
)
def test_what_is_no_reader_is_said(name, says):
    with pytest.raises(ConfigError, match=says) as caught:
        reader(name)
    assert "Reader" in caught.value.hint
