"""What tests of the service share: a small published store, settings, an app, a client."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from serving_world import publish_world

if TYPE_CHECKING:
    from fastapi import FastAPI
    from fastapi.testclient import TestClient

    from artrec.serving.settings import ServingSettings

API_KEY = "product-key-for-tests"
ADMIN_KEY = "administrator-key-for-tests"
ARTREC = {"X-Artrec-Request": "1"}


@pytest.fixture(scope="session")
def published_world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store, made once; not to be changed."""
    root = tmp_path_factory.mktemp("serving_world")
    publish_world(root / "data" / "published", root / "bundle")
    return root / "data" / "published"


@pytest.fixture
def bundle_store(published_world: Path, tmp_path: Path) -> Path:
    """A store of one's own: published films and books, among them hostile titles."""
    store = tmp_path / "data" / "published"
    shutil.copytree(published_world, store)
    return store


@pytest.fixture
def served_store(bundle_store: Path, tmp_path: Path) -> Path:
    """The same, or a copy of the real store that ``ARTREC_SERVED_STORE`` names."""
    named = os.environ.get("ARTREC_SERVED_STORE", "")
    if not named:
        return bundle_store
    return Path(shutil.copytree(named, tmp_path / "served" / "published"))


@pytest.fixture
def settings(bundle_store: Path) -> ServingSettings:
    """Settings as tests have them: keys, no watching, no rate limit."""
    pytest.importorskip("fastapi", reason="needs the extra: pip install 'artrec[serve]'")
    from artrec.serving.settings import Limits, ServingSettings

    return ServingSettings(
        store=bundle_store,
        api_keys=(API_KEY,),
        admin_key=ADMIN_KEY,
        secret="a secret for tests only",
        watch_seconds=0,
        limits=Limits(rate=0),
    )


@pytest.fixture
def make_client(settings: ServingSettings) -> Iterator[Callable[..., TestClient]]:
    """Make clients of services whose settings differ in what is given; each is its own person."""
    from fastapi.testclient import TestClient

    from artrec.serving.app import create_app

    opened: list[TestClient] = []

    def make(**changed: Any) -> TestClient:
        app = create_app(settings.model_copy(update=changed))
        # errors are answered as they would be outside a test
        client = TestClient(app, raise_server_exceptions=False)
        client.__enter__()
        opened.append(client)
        return client

    yield make
    for client in reversed(opened):
        client.__exit__(None, None, None)


@pytest.fixture
def client(make_client: Callable[..., TestClient]) -> TestClient:
    """A client without a session; unsafe calls with one need the header of `ARTREC`."""
    return make_client()


@pytest.fixture
def app(client: TestClient) -> FastAPI:
    """The app behind `client`; its parts are ``app.state.service``."""
    return client.app  # type: ignore[return-value]


@pytest.fixture
def person(client: TestClient) -> str:
    """The person of a session begun with `client`, which from then on sends the header too."""
    answer = client.post("/api/session")
    client.headers.update(ARTREC)
    return str(answer.json()["person"])


@pytest.fixture
def product() -> dict[str, str]:
    """Headers of a product with an API key."""
    return {"Authorization": f"Bearer {API_KEY}"}


@pytest.fixture
def admin() -> dict[str, str]:
    """Headers of the administrator."""
    return {"X-Artrec-Admin": ADMIN_KEY}
