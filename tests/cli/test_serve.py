"""`artrec serve`: serves until it is told to stop; says plainly why it cannot begin."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

# kedro-viz brings fastapi, and nothing else of the extra
pytest.importorskip("itsdangerous", reason="needs the extra: pip install 'artrec[serve]'")

from click.testing import CliRunner

from artrec.cli import main
from serving_world import publish_world


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("served")
    publish_world(root / "data" / "published", root / "bundle")
    return root / "data" / "published"


@contextmanager
def served(store: Path, *flags: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    command = [sys.executable, "-m", "artrec.cli", "serve", "--port", "0", *flags]
    command += ["--bundle", str(store)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env={**os.environ})
    try:
        assert process.stderr is not None
        for line in process.stderr:
            if "listening" in line:
                yield process, json.loads(line)["url"]
                return
        pytest.fail("it never listened")
    finally:
        process.kill()
        process.wait()


def get(url: str) -> dict[str, object]:
    for _ in range(600):
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                return dict(json.loads(answer.read()))
        except OSError:
            time.sleep(0.1)
    pytest.fail("no answer")


@pytest.mark.parametrize("flags", [(), ("--workers", "2")])
def test_it_serves_until_it_is_told_to_stop(store: Path, flags: tuple[str, ...]) -> None:
    with served(store, *flags) as (process, url):
        assert get(url + "api/health/ready")["status"] == "ready"
        assert get(url + "api/items?q=alien")["items"]
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    key = store.parent / "serving" / "session.key"
    assert key.stat().st_mode & 0o777 == 0o600


def refused(*arguments: str) -> str:
    result = CliRunner().invoke(main, ["serve", *arguments])
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    return result.output


def test_no_bundle_is_told(tmp_path: Path) -> None:
    told = refused("--bundle", str(tmp_path))
    assert "no bundle was published" in told
    assert "make recommend" in told


def test_settings_that_do_not_fit_are_told(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "'port'" in refused("--bundle", str(store), "--port", "99999")
    monkeypatch.setenv("ARTREC_SERVE_ADMIN_KEY", "short")
    told = refused("--bundle", str(store))
    assert "'admin_key'" in told
    assert "short" not in told
    monkeypatch.setenv("ARTREC_SERVE_ADMIN_KEY", "")
    monkeypatch.setenv("ARTREC_SERVE_POTR", "80")
    assert "did you mean 'port'?" in refused("--bundle", str(store))


def test_a_service_within_a_process_leaves_its_signals_as_they_were(tmp_path: Path) -> None:
    from artrec.errors import BundleError
    from artrec.serving.server import run
    from artrec.serving.settings import ServingSettings

    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(BundleError):
        run(ServingSettings(store=tmp_path / "nothing", secret="a secret for tests only"))
    assert signal.getsignal(signal.SIGTERM) == before


def test_a_missing_extra_is_told(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import artrec.cli.serve as module

    serve = sys.modules["artrec.cli.serve"]
    monkeypatch.setattr(serve, "EXTRA", ("fastapi", "not_installed_at_all"))
    assert module is not None
    told = refused("--bundle", str(store))
    assert "not_installed_at_all" in told
    assert "artrec[serve]" in told
