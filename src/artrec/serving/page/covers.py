"""Typographic covers as SVG, for the page as the server renders it (`cover.js` draws richer ones).

Colours stand in attributes, never in a style, so that the strict content security policy holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any, Final

WIDTH: Final = 100
HEIGHT: Final = 150
INK: Final = "#f6f1e4"


def cover_svg(cover: Mapping[str, Any]) -> str:
    """A small cover from a work's hue, pattern and initials; decoration, hidden from readers."""
    hue = int(cover.get("hue") or 0) % 360
    draw = PATTERNS[_number(cover.get("pattern")) % len(PATTERNS)]
    initials = escape(str(cover.get("initials") or "")[:3])
    return (
        f'<svg class="cover" viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden="true" focusable="false">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="hsl({hue},34%,24%)"/>'
        f"{draw(f'hsl({hue},58%,62%)', f'hsl({(hue + 40) % 360},62%,70%)')}"
        f'<text x="10" y="34" font-size="26" fill="{INK}">{initials}</text></svg>'
    )


def _number(pattern: object) -> int:
    if isinstance(pattern, int):
        return pattern
    return sum(map(ord, str(pattern)))


def _sun(first: str, second: str) -> str:
    return f'<circle cx="62" cy="104" r="34" fill="{first}"/>' + "".join(
        f'<rect y="{y}" width="100" height="2" fill="{second}"/>' for y in range(112, 150, 8)
    )


def _rings(first: str, second: str) -> str:
    return "".join(
        f'<circle cx="30" cy="120" r="{radius}" fill="none" stroke="{colour}" stroke-width="5"/>'
        for radius, colour in ((14, second), (28, first), (42, first), (56, first))
    )


def _bars(first: str, second: str) -> str:
    return "".join(
        f'<rect x="{10 + 14 * at}" y="{136 - height}" width="9" height="{height}" fill="{colour}"/>'
        for at, (height, colour) in enumerate(
            ((30, first), (52, first), (74, second), (46, first), (60, first), (24, first))
        )
    )


def _diamonds(first: str, second: str) -> str:
    return (
        f'<path d="M50 56 90 96 50 136 10 96z" fill="{first}"/>'
        f'<path d="M50 76 70 96 50 116 30 96z" fill="{second}"/>'
    )


PATTERNS: Final = (_sun, _rings, _bars, _diamonds)
