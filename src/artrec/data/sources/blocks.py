"""Text of a CSV file in blocks of whole records, so that each can be parsed for itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from artrec.data.sources.streams import DecodedText
from artrec.errors import InputError

QUOTE = '"'
# a cell that spans more than this is a quote nobody closed
MAX_CHARACTERS = 2**28


def record_blocks(
    text: DecodedText, name: str, n_characters: int, delimiter: str, quoted: bool
) -> Iterator[str]:
    """Cut a text where a record ends.

    Args:
        text: The open file.
        name: What errors call it.
        n_characters: About how long a block is; longer only where one record is.
        delimiter: Column separator, one character.
        quoted: Whether a cell in double quotes may hold line breaks.

    Raises:
        InputError: A record has no end.
    """
    opening = re.compile(rf"(?:\A|[{re.escape(delimiter)}\r\n]){QUOTE}") if quoted else None
    held = ""
    while piece := text.read(n_characters):
        held += piece
        end = end_of_records(held, opening)
        if end:
            yield held[:end]
            held = held[end:]
        elif len(held) > MAX_CHARACTERS:
            raise InputError(
                f"{name} has a record of more than {MAX_CHARACTERS:,} characters; it begins with "
                f"{held[:60]!r}",
                "a quote that opens a cell there is never closed: mend that line",
            )
    if held:
        yield held


def end_of_records(text: str, opening: re.Pattern[str] | None) -> int:
    """Where the last whole record of a text ends, 0 where none does.

    Args:
        text: Begins with a record.
        opening: Finds the quote that opens a cell, with what stands before it; None where quotes
            have no meaning.
    """
    line_break = "\n" if "\n" in text else "\r"
    end = at = 0
    while opening is not None and QUOTE in text and (found := opening.search(text, at)):
        end = max(end, text.rfind(line_break, at, found.end()) + 1)
        closing = _closing_quote(text, found.end())
        if closing < 0:
            return end
        at = closing + 1
    return max(end, text.rfind(line_break, at, len(text) - (line_break == "\r")) + 1)


def _closing_quote(text: str, at: int) -> int:
    """Where a cell's quote closes, two in a row being one of the cell's own; -1 if nowhere."""
    while (found := text.find(QUOTE, at)) >= 0:
        if text[found + 1 : found + 2] != QUOTE:
            return found
        at = found + 2
    return -1
