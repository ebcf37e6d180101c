"""Parameters that nothing reads are refused, with the near name."""

import pytest

from artrec.errors import ConfigError
from artrec.hooks import refuse_unread

READ = {"movies.models.ease", "movies.source", "movies.source.positive_from", "seed"}


def test_parameters_that_are_read_pass() -> None:
    refuse_unread(
        {"seed": 1, "movies": {"models": {"ease": {"regularization": 1}}, "source": {"name": "x"}}},
        READ,
    )


@pytest.mark.parametrize(
    ("parameters", "wrong", "near"),
    [
        ({"sead": 1}, "sead", "seed"),
        ({"movies": {"models": {"eaze": {}}}}, "movies.models.eaze", "movies.models.ease"),
        ({"movies": {"sorce": {"name": "x"}}}, "movies.sorce", "movies.source"),
        ({"movies": {"models": 3}}, "movies.models", "movies.models.ease"),
    ],
)
def test_a_misspelt_parameter_is_refused_with_the_near_name(parameters, wrong, near) -> None:
    with pytest.raises(ConfigError, match=f"{wrong!r}") as raised:
        refuse_unread(parameters, READ)
    assert near in raised.value.hint
