"""Which code a stage of dvc.yaml depends on, read off the imports of a small source tree."""

from __future__ import annotations

from pathlib import Path

import pytest

from artrec.dvc_stages import CodeGraph


@pytest.fixture
def tree(tmp_path: Path) -> CodeGraph:
    files = {
        "__init__": '"""Package."""\nVERSION = 1\n\ndef __getattr__(n):\n    import artrec.lazy\n',
        "lazy": '"""On demand."""\nA = 1\n',
        "node": '"""Node."""\nfrom typing import TYPE_CHECKING\nfrom artrec.deep import leaf\n'
        "if TYPE_CHECKING:\n    from artrec import typed\n\n"
        "def run():\n    from artrec import inner\n",
        "typed": '"""Types."""\nA = 1\n',
        "inner": '"""Late."""\nA = 1\n',
        "deep/__init__": '"""Nothing but these words."""\n',
        "deep/leaf": '"""Leaf."""\nimport artrec.far\n',
        "far": '"""Far."""\nA = 1\n',
        "unused": '"""Nobody."""\nA = 1\n',
        "by_registry": '"""Asks by name."""\nimport artrec.models.registry\n',
        "models/__init__": '"""Models."""\n',
        "models/registry": '"""Names."""\nA = 1\n',
        "models/svd": '"""One."""\nA = 1\n',
        "models/ease": '"""Other."""\nA = 1\n',
    }
    for name, content in files.items():
        path = tmp_path / "src" / "artrec" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return CodeGraph(tmp_path / "src")


def short(files: set[str]) -> set[str]:
    return {path.removeprefix("src/artrec/").removesuffix(".py") for path in files}


def test_imports_are_followed_where_they_run(tree: CodeGraph) -> None:
    assert short(tree.files(["artrec.node", "pandas"], [])) == {
        "__init__", "node", "inner", "deep/leaf", "far"
    }  # fmt: skip


def test_models_are_imported_by_name(tree: CodeGraph) -> None:
    assert short(tree.files(["artrec.by_registry"], ["svd"])) == {
        "__init__", "by_registry", "models/registry", "models/svd"
    }  # fmt: skip
