"""The page's addresses: packed for who takes that, and a form that becomes a steering."""

from __future__ import annotations

import gzip
import re

import pytest

pytest.importorskip("fastapi", reason="needs the extra: pip install 'artrec[serve]'")

from fastapi.testclient import TestClient

from artrec.serving.packing import takes_gzip
from artrec.serving.page.assets import load_assets
from artrec.serving.steering import Steering, read_steering, write_steering


@pytest.mark.parametrize(
    ("accepted", "takes"),
    [
        ("gzip, deflate, br", True),
        ("br;q=1.0, GZIP;q=0.5", True),
        ("", False),
        ("identity", False),
        ("gzip;q=0", False),
        ("br, gzip; q=0.0", False),
        ("x-gzip-not", False),
    ],
)
def test_who_takes_gzip(accepted: str, takes: bool) -> None:
    assert takes_gzip(accepted) is takes


@pytest.mark.parametrize("path", ["/", "/api/docs", f"/static/{load_assets().version}/page.css"])
def test_the_page_and_its_files_are_packed_for_who_takes_that(
    client: TestClient, path: str
) -> None:
    plain = client.get(path, headers={"Accept-Encoding": "identity"})
    packed = client.get(path, headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.text == plain.text
    assert int(packed.headers["content-length"]) < len(plain.content) / 2
    assert plain.headers["vary"] == packed.headers["vary"] == "Accept-Encoding"
    assert plain.headers["content-type"] == packed.headers["content-type"]


def test_packed_files_are_the_files() -> None:
    assets = load_assets()
    assert {name: gzip.decompress(content) for name, content in assets.packed.items()} == {
        name: content for name, (content, _) in assets.files.items()
    }


def test_the_form_becomes_a_steering_over_the_one_that_held(client: TestClient) -> None:
    held = write_steering(Steering.model_validate({"hidden": 1, "only": {"genres": ["Sci-Fi"]}}))
    asked = {"like": ["movies:1", "movies:3"], "q": "", "steering": held, "medium": "movies"}
    turned = {"surprise": "0.5", "hidden": "0", "diversity": "0", "since": "1970", "until": ""}
    answer = client.get("/", params={**asked, **turned}, follow_redirects=False)
    assert answer.status_code == 303
    address = answer.headers["location"]
    assert address.startswith("/?like=movies%3A1&like=movies%3A3&medium=movies&steering=")
    steering = read_steering(re.search(r"steering=([\w-]+)", address)[1])  # type: ignore[index]
    assert steering == Steering.model_validate(
        {"surprise": 0.5, "years": [1970, 10_000], "only": {"genres": ["Sci-Fi"]}}
    )


@pytest.mark.parametrize("years", [("2000", "1990"), ("long ago", ""), ("1e3", "")])
def test_years_that_are_none_are_told_on_the_page(
    client: TestClient, years: tuple[str, str]
) -> None:
    answer = client.get("/", params={"since": years[0], "until": years[1]})
    assert answer.status_code == 422
    assert "these years cannot be read" in answer.text
    assert "<h1>" in answer.text


def test_what_others_put_into_an_address_is_passed_over(client: TestClient) -> None:
    assert client.get("/?utm_source=elsewhere").status_code == 200
    assert client.get("/", params={"like": ["movies:1"] * 51}).status_code == 422
