"""Protocols: every holdout belongs to one of them, and test is never chosen on."""

from __future__ import annotations

from collections import Counter

import pytest

from artrec.splitting.protocols import PROTOCOLS, protocol_of


def test_every_holdout_has_one_protocol() -> None:
    holdouts = Counter(name for each in PROTOCOLS.values() for name in each.holdouts)
    assert set(holdouts.values()) == {1}
    assert all(name in protocol_of(name).holdouts for name in holdouts)


def test_what_is_chosen_on_is_called_validation_and_what_is_judged_on_test() -> None:
    for each in PROTOCOLS.values():
        assert all("validation" in name for name in each.validation)
        assert all("test" in name for name in each.test)


def test_a_holdout_nobody_knows_has_no_protocol() -> None:
    with pytest.raises(KeyError):
        protocol_of("per_user_tset")
