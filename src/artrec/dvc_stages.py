"""dvc.yaml, generated from the pipeline registry and conf/base: ``python -m artrec.dvc_stages``.

A stage is what one pipeline does for one medium, in training for one model: the nodes that share a
namespace. Its deps are the files these nodes load, the code they run and the catalog; its params
are their ``params:`` inputs; its outs are the files they save.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from kedro.framework.startup import bootstrap_project
from kedro.inspection import get_project_snapshot
from kedro.inspection.models import NodeSnapshot, ProjectSnapshot

from artrec.configuration import as_in
from artrec.models.registry import MODELS
from artrec.pipeline_registry import STAGES

Stage = dict[str, Any]
Nodes = list[NodeSnapshot]

HEADER = """\
# Written by `make dvc` from the pipeline registry and conf/base: change those, not this file.
# tests/test_dvc.py sees that they agree.
"""
CONF = "conf/base"
PARAMETER = "params:"
# neither deps nor outs: the store keeps all versions, whoever makes them; a cache changes nothing
UNTRACKED = ("bundle_store", "text_cache")
UNCACHED = ("published",)  # says what this folder's store holds; made anew in every clone
METRICS = "evaluation_metrics"
SUMMARY = "evaluation_summary"
REGISTRY = "artrec.models.registry"


def generate(project: Path) -> str:
    """Text of dvc.yaml for the project in that folder."""
    bootstrap_project(project)
    snapshot = get_project_snapshot(project, env=Path(CONF).name)
    writer = _Writer(project, snapshot)
    stages = {name: writer.stage(*group) for name, group in groups(snapshot).items()}
    content = {"stages": stages, "plots": list(_plots(snapshot))}
    return HEADER + yaml.safe_dump(content, sort_keys=False, width=100)


def groups(snapshot: ProjectSnapshot) -> dict[str, tuple[str, str | None, Nodes]]:
    """Stage name to pipeline, namespace and nodes, in the order of the registry."""
    pipelines = {each.name: each.nodes for each in snapshot.pipelines}
    found: dict[str, tuple[str, str | None, Nodes]] = {}
    for pipeline in (*STAGES, "publish"):
        nodes = pipelines[pipeline]
        for node in sorted(nodes, key=lambda each: each.name):
            parts = [part for part in (node.namespace or "").split(".") if part]
            name = "-".join([pipeline, *(part for part in parts if part != pipeline)])
            found.setdefault(name, (pipeline, node.namespace, []))[2].append(node)
    return found


class _Writer:
    def __init__(self, project: Path, snapshot: ProjectSnapshot) -> None:
        self._project = project
        self._datasets = snapshot.datasets
        self._code = CodeGraph(project / "src")

    def stage(self, pipeline: str, namespace: str | None, nodes: Nodes) -> Stage:
        inputs = {name for node in nodes for name in node.inputs if _short(name) not in UNTRACKED}
        outputs = {name for node in nodes for name in node.outputs}
        code = self._code_of(namespace, nodes, inputs | outputs)
        metrics = {name for name in outputs if _short(name) == METRICS}
        stage: Stage = {
            "cmd": _command(pipeline, namespace),
            "deps": self._paths(inputs - outputs) + self._catalogs + code,
            "params": self._params(inputs),
            "outs": self._outs(outputs - metrics),
            "metrics": self._outs(metrics),
        }
        return {key: value for key, value in stage.items() if value}

    def _paths(self, names: Iterable[str]) -> list[str]:
        # a factory pattern of the catalog may match the name of a parameter too
        data = (name for name in names if name in self._datasets and PARAMETER not in name)
        return sorted({path for name in data if (path := self._datasets[name].filepath)})

    def _outs(self, names: set[str]) -> list[str | Stage]:
        uncached = {name for name in names if _short(name) in UNCACHED}
        return [
            *self._paths(names - uncached),
            *({path: {"cache": False}} for path in self._paths(uncached)),
        ]

    def _code_of(self, namespace: str | None, nodes: Nodes, datasets: set[str]) -> list[str]:
        kinds = {self._datasets[name].type for name in datasets if name in self._datasets}
        modules = {kind.rpartition(".")[0] for kind in kinds}
        modules |= {_module(node.source.filepath) for node in nodes if node.source}
        of_one = (namespace or "").rpartition(".")[2]
        models = [of_one] if of_one in MODELS else list(MODELS)
        return sorted(self._code.files(modules, models))

    @cached_property
    def _catalogs(self) -> list[str]:
        found = (self._project / CONF).glob("catalog*.yml")
        return sorted(path.relative_to(self._project).as_posix() for path in found)

    @cached_property
    def _parameters(self) -> dict[str, Any]:
        found = sorted((self._project / CONF).glob("parameters*.yml"))
        return {
            path.relative_to(self._project).as_posix(): yaml.safe_load(path.read_text("utf-8"))
            for path in found
        }

    def _params(self, inputs: Iterable[str]) -> list[dict[str, list[str]]]:
        wanted: dict[str, list[str]] = {}
        for name in sorted(inputs):
            if name.startswith(PARAMETER):
                parameter = name.removeprefix(PARAMETER)
                wanted.setdefault(self._home(parameter), []).append(parameter)
        return [{path: names} for path, names in sorted(wanted.items())]

    def _home(self, parameter: str) -> str:
        for path, content in self._parameters.items():
            if holds(content, parameter):
                return path
        raise LookupError(f"no {CONF}/parameters*.yml holds {parameter!r}")


def holds(content: object, parameter: str) -> bool:
    """Whether nested mappings hold a dotted name."""
    for part in parameter.split("."):
        if not isinstance(content, Mapping) or part not in content:
            return False
        content = content[part]
    return True


class CodeGraph:
    """Which files of a source tree run when modules of artrec are used.

    Args:
        source: The folder that holds the package.
    """

    def __init__(self, source: Path) -> None:
        self._source = source
        self._imports: dict[str, set[str]] = {}

    def files(self, modules: Iterable[str], models: Iterable[str]) -> set[str]:
        """Files of the modules and of all they import, from the project's folder on.

        Args:
            modules: Dotted names; those outside artrec are left out.
            models: Names of the models the registry may be asked for: it imports by name.
        """
        by_name = {MODELS[model].partition(":")[0] for model in models}
        found: dict[str, Path] = {}
        todo = set(modules)
        while todo:
            module = todo.pop()
            path = self._path(module)
            if path is None or module in found:
                continue
            found[module] = path
            todo |= self._imported(module, path) | ({module.rpartition(".")[0]} - {""})
            todo |= by_name if module == REGISTRY else set()
        root = self._source.parent
        return {path.relative_to(root).as_posix() for path in found.values() if _does_much(path)}

    def _path(self, module: str) -> Path | None:
        if module.split(".", maxsplit=1)[0] != "artrec":
            return None
        place = self._source / module.replace(".", "/")
        return next(
            (path for path in (place.with_suffix(".py"), place / "__init__.py") if path.exists()),
            None,
        )

    def _imported(self, module: str, path: Path) -> set[str]:
        if module not in self._imports:
            visitor = _Imports()
            visitor.visit(ast.parse(path.read_text(encoding="utf-8")))
            self._imports[module] = visitor.names
        return self._imports[module]


class _Imports(ast.NodeVisitor):
    """Imports that happen when the code runs: anywhere but for types or on a package's demand."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_Import(self, node: ast.Import) -> None:
        self.names |= {alias.name for alias in node.names}

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        self.names |= {str(node.module)} | {f"{node.module}.{each.name}" for each in node.names}

    def visit_If(self, node: ast.If) -> None:
        if not (isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"):
            self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        if node.name != "__getattr__":
            self.generic_visit(node)


def _does_much(path: Path) -> bool:
    """Whether a file is more than the docstring of a package."""
    return len(ast.parse(path.read_text(encoding="utf-8")).body) > 1


def _module(path: str) -> str:
    return path.removeprefix("src/").removesuffix(".py").replace("/", ".")


def _short(name: str) -> str:
    return name.rpartition(".")[2]


def _command(pipeline: str, namespace: str | None) -> str:
    only = f" --namespaces={namespace}" if namespace else ""
    return f"kedro run --pipelines={pipeline}{only} --env={Path(CONF).name}"


def _plots(snapshot: ProjectSnapshot) -> Iterator[str | Stage]:
    made = {
        out for _, _, nodes in groups(snapshot).values() for node in nodes for out in node.outputs
    }
    for name in sorted(made & set(snapshot.datasets)):
        path = snapshot.datasets[name].filepath
        if path and path.endswith(".png"):
            yield path
        elif path and _short(name) == SUMMARY:
            yield {path: {"x": "coverage@10", "y": "ndcg@10", "template": "scatter"}}


def main() -> int:
    """Write dvc.yaml of the project in the current folder."""
    project = Path.cwd()
    bootstrap_project(project)
    with as_in(project, Path(CONF).name):  # conf/local is nobody else's
        text = generate(project)
    (project / "dvc.yaml").write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
