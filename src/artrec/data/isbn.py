"""ISBNs in one form, the thirteen digits, whatever form they come in."""

from __future__ import annotations

import re
from typing import Final

_LEFT_OVER: Final = re.compile(r"""[\s\-="'.]""")
SHORT, LONG = 10, 13
BOOKLAND: Final = "978"


def isbn13(text: str) -> str:
    """The ISBN-13 of an ISBN of either form; empty for what is none.

    Zeros that a spreadsheet took from the front of an ISBN-10 are put back.

    Examples:
        >>> isbn13('="0306406152"'), isbn13("978-0-306-40615-7"), isbn13("306406152")
        ('9780306406157', '9780306406157', '9780306406157')
        >>> isbn13("0306406153"), isbn13("B002RI9ZQ8"), isbn13("")
        ('', '', '')
    """
    digits = _LEFT_OVER.sub("", text).upper()
    if len(digits) in (SHORT - 2, SHORT - 1) and digits[:-1].isdigit():
        digits = digits.zfill(SHORT)
    if not digits.isascii() or not digits[:-1].isdigit():
        return ""
    if is_isbn10(digits):
        return _with_check(BOOKLAND + digits[:-1])
    if len(digits) == LONG and _with_check(digits[:-1]) == digits:
        return digits
    return ""


def is_isbn10(text: str) -> bool:
    """Whether the check digit of an ISBN-10 fits: the digits weighted 10 to 1 are 0 modulo 11.

    Examples:
        >>> is_isbn10("097522980X"), is_isbn10("0975229801"), is_isbn10("97522980X")
        (True, False, False)
    """
    if len(text) != SHORT or not text.isascii() or not text[:-1].isdigit():
        return False
    if text[-1] not in "0123456789X":
        return False
    digits = [*map(int, text[:-1]), SHORT if text[-1] == "X" else int(text[-1])]
    return sum(digit * (SHORT - at) for at, digit in enumerate(digits)) % 11 == 0


def _with_check(twelve: str) -> str:
    """Twelve digits and the check digit behind: weights 1 and 3 in turn, 0 modulo 10."""
    total = sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(twelve))
    return f"{twelve}{-total % 10}"
