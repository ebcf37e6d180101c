"""A service on a free port and a real browser, for tests of the page."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

BROWSERS = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
PATIENCE = 30


@pytest.fixture(scope="session")
def address(published_world: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a service with the small store answers; a feedback store of its own."""
    why = "needs the extra: pip install 'artrec[serve]'"
    pytest.importorskip("fastapi", reason=why)
    uvicorn = pytest.importorskip("uvicorn", reason=why)
    from artrec.serving.app import create_app
    from artrec.serving.settings import Limits, ServingSettings

    store = tmp_path_factory.mktemp("page_world") / "data" / "published"
    shutil.copytree(published_world, store)
    app = create_app(
        ServingSettings(
            store=store, secret="a secret for tests only", watch_seconds=0, limits=Limits(rate=0)
        )
    )
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + PATIENCE
    while not server.started and time.monotonic() < deadline and thread.is_alive():
        time.sleep(0.05)
    assert server.started, "the service did not start"
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(PATIENCE)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium."""
    sync_api = pytest.importorskip(
        "playwright.sync_api", reason="needs the extra: pip install 'artrec[browser]'"
    )
    path = next((each for each in BROWSERS if Path(each).exists()), shutil.which("chromium"))
    if path is None:
        pytest.skip("there is no Chromium (Debian: apt install chromium)")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def new_context(browser: Browser, address: str) -> Iterator[Callable[..., BrowserContext]]:
    """Make contexts (each a person of its own); what pages complain of fails the test."""
    made: list[BrowserContext] = []
    complaints: list[str] = []

    def make(**options: Any) -> BrowserContext:
        options.setdefault("reduced_motion", "reduce")
        context = browser.new_context(base_url=address, **options)
        context.set_default_timeout(PATIENCE * 1000)
        context.on(
            "console",
            lambda said: complaints.append(said.text) if said.type == "error" else None,
        )
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        context.complaints = complaints  # type: ignore[attr-defined]
        made.append(context)
        return context

    yield make
    for context in made:
        context.close()
    assert complaints == []


@pytest.fixture
def page(new_context: Callable[..., BrowserContext]) -> Page:
    """A page of somebody new, at a desk."""
    page = new_context(viewport={"width": 1200, "height": 900}).new_page()
    page.goto("/")
    return page


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The source of axe-core, from the path in ARTREC_AXE or through npm."""
    named = os.environ.get("ARTREC_AXE")
    if named:
        return Path(named).read_text(encoding="utf-8")
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("needs npm for axe-core, or its path in ARTREC_AXE")
    folder = tmp_path_factory.mktemp("axe")
    try:
        subprocess.run(
            [npm, "pack", "axe-core@4", "--silent"],
            cwd=folder,
            check=True,
            capture_output=True,
            timeout=90,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        pytest.skip("npm cannot fetch axe-core; give its path in ARTREC_AXE")
    archive = next(folder.glob("axe-core-*.tgz"))
    with tarfile.open(archive) as packed:
        source = packed.extractfile("package/axe.min.js")
        assert source is not None
        return source.read().decode()
