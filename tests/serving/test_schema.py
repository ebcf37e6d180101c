"""The API as it describes itself, against itself: invented calls, fitting and not, get no 5xx.

Nothing may be answered that the description does not say: no other status, type or shape.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fastapi", reason="needs the extra: pip install 'artrec[serve]'")
schemathesis = pytest.importorskip(
    "schemathesis", reason="needs the extra: pip install 'artrec[browser]'"
)
import httpx  # noqa: E402
from hypothesis import HealthCheck, Phase, given, seed, settings  # noqa: E402
from hypothesis.errors import Unsatisfiable  # noqa: E402
from schemathesis import checks  # noqa: E402
from schemathesis.specs.openapi import checks as described  # noqa: E402

from service_process import ADMIN_KEY, ServiceProcess  # noqa: E402

pytestmark = pytest.mark.slow
LEAST = 1000
"""Calls in all."""
EXAMPLES = 40
"""Calls of one operation, fitting and not each; those without parameters have fewer."""
CHECKS = [
    checks.not_a_server_error,
    described.status_code_conformance,
    described.content_type_conformance,
    described.response_schema_conformance,
    described.response_headers_conformance,
]
MODES = (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE)


@pytest.fixture(scope="module")
def service(
    published_world: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServiceProcess]:
    folder = tmp_path_factory.mktemp("schema")
    database = f"sqlite:///{folder / 'feedback.db'}"
    with ServiceProcess(published_world, folder, database=database, secret="s" * 20) as running:
        yield running


def headers_of_a_person(service: ServiceProcess) -> dict[str, str]:
    """All keys, and a session of one's own."""
    cookies = httpx.post(f"{service.url}/api/session").cookies
    cookie = f"artrec_session={cookies['artrec_session']}"
    return {
        **service.headers,
        "X-Artrec-Admin": ADMIN_KEY,
        "X-Artrec-Request": "1",
        "Cookie": cookie,
    }


def test_invented_calls_get_described_answers(service: ServiceProcess) -> None:
    schema = schemathesis.openapi.from_url(f"{service.url}/api/openapi.json")
    statuses: Counter[str] = Counter()
    found: dict[str, str] = {}
    for operation in (each.ok() for each in schema.get_all_operations()):
        for mode in MODES:
            headers = headers_of_a_person(service)
            try:
                call_often(operation, mode, headers, statuses)
            except AssertionError as error:
                found[f"{operation.label} {mode.value}"] = str(error)[:1500]
            except BaseExceptionGroup as group:
                told = "\n".join(str(each) for each in group.exceptions)
                found[f"{operation.label} {mode.value}"] = told[:3000]
    assert not found, "\n\n".join(f"{name}: {told}" for name, told in found.items())
    calls = sum(statuses.values())
    assert calls >= LEAST, statuses
    # they reach what lies behind the doors, too
    assert statuses["200"] > calls / 10, statuses


def call_often(operation: Any, mode: Any, headers: dict[str, str], statuses: Counter[str]) -> None:
    @seed(5)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def call(case: Any) -> None:
        if mode is MODES[0]:
            name_what_is_there(case)
        answer = case.call(headers=headers, timeout=30)
        statuses[str(answer.status_code)] += 1
        case.validate_response(answer, checks=CHECKS, headers=headers)

    with contextlib.suppress(Unsatisfiable):  # nothing can be wrong about no parameters
        call()


def name_what_is_there(case: Any) -> None:
    """No invented text is the id of a person or work: put in those that are."""
    for name, known in (("user_id", "me"), ("item_id", "movies:1")):
        if name in (case.path_parameters or {}):
            case.path_parameters[name] = known
    case.query.pop("medium", None)
    if isinstance(case.body, dict):
        case.body.pop("medium", None)
        for entry in case.body.get("profile") or []:
            entry["item"] = "movies:2"
            entry.pop("rating", None)
