"""What the hooks refuse, with the near name, and how errors are told."""

import pytest
import yaml
from kedro.validation.exceptions import ParameterValidationError
from pydantic import Field, ValidationError

from artrec.config import Config
from artrec.errors import ConfigError
from artrec.hooks import plain_text, refuse_unread

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


class Limits(Config):
    k: int = Field(ge=1)


def test_a_value_out_of_range_is_told_with_what_came() -> None:
    with pytest.raises(ValidationError) as raised:
        Limits(k=0)
    text = plain_text(ParameterValidationError(str(raised.value)))
    assert text is not None
    assert "should be greater than or equal to 1; got 0\n  hint: " in text
    assert "pydantic" not in text


def test_broken_yaml_is_told_without_a_traceback() -> None:
    with pytest.raises(yaml.YAMLError) as raised:
        yaml.safe_load("movies: [\n")
    text = plain_text(raised.value)
    assert text is not None
    assert "hint: mend the YAML" in text
