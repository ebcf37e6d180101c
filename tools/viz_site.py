"""Write kedro-viz's static site into build/viz, from left to right and without needing a network.

``make viz-build`` calls it, ``make viz`` serves what it wrote. kedro-viz draws from top to bottom
and shows every dataset; both are settings it keeps in the browser, so the site brings defaults
for them, once: what a person changes afterwards stays. The button of each dataset in the sidebar
brings back what is not shown at first.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
import webbrowser
from fnmatch import fnmatch
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

BUILT = Path("build")  # where `kedro viz build` writes, always
SITE = BUILT / "viz"
PARTS = ("api", "assets", "index.html", "404.html", "favicon.ico")
PORT = 4141

# one a model and holdout, or a by-product: shown on request
DETAILS = (
    "*-*_scorer",
    "*-*_lists",
    "*-*_predictions",
    "*_fit",
    "*_profiles",
    "*_withheld",
    "*_split",
    "*_user_metrics",
    "*.source_variant",
    "*.rejected_*",
    "*_links",
    "*.fitted_parameters",
    "*.validation_text",
    "*.evaluation_md_text",
    "*_content",
    "*.recommendation_reasons",
    "*_validation_users_features",
    "*.text_cache",
    "bundle_store",
)

FONT = re.compile(r"\s*<link\b[^>]*\bfonts\.(?:googleapis|gstatic)\.com[^>]*/?>")

DEFAULTS = """\
<script>
if (localStorage.getItem("artrec-viz") !== "{version}") {{
  const own = JSON.parse(localStorage.getItem("KedroViz") || "{{}}");
  localStorage.setItem("KedroViz", JSON.stringify({{...own, ...{settings}}}));
  localStorage.setItem("artrec-viz", "{version}");
}}
</script>
"""


def build() -> None:
    """Write the site anew; the old one is gone also when the new one fails."""
    shutil.rmtree(SITE, ignore_errors=True)
    for part in PARTS:
        _remove(BUILT / part)
    subprocess.run(
        [sys.executable, "-m", "kedro", "viz", "build", "--include-previews"], check=True
    )
    # kedro-viz says what went wrong but exits with 0
    if not (BUILT / "index.html").is_file() or not (BUILT / "api" / "main").is_file():
        sys.exit("kedro-viz wrote no site; what it said stands above")
    SITE.mkdir(parents=True)
    for part in PARTS:
        (BUILT / part).rename(SITE / part)
    for part in ("autoreload.html", "telemetry.html"):
        _remove(BUILT / part)
    index = SITE / "index.html"
    graph = whole_graph(SITE / "api")
    index.write_text(with_defaults(index.read_text(encoding="utf-8"), graph), encoding="utf-8")
    print(f"\nwritten: {index} (open it through a server: make viz)")


def whole_graph(api: Path) -> dict[str, list[dict[str, str]]]:
    """The nodes of every pipeline, those of media that are not run among them, each once.

    Args:
        api: Folder of what kedro-viz answers: ``main`` is the first pipeline it shows.
    """
    answers = [api / "main", *sorted((api / "pipelines").glob("*"))]
    nodes = {
        node["id"]: node
        for answer in answers
        for node in json.loads(answer.read_text(encoding="utf-8"))["nodes"]
    }
    return {"nodes": list(nodes.values())}


def with_defaults(page: str, graph: dict[str, list[dict[str, str]]]) -> str:
    """The page without its web font and with artrec's first look at the graph.

    Args:
        page: kedro-viz's index.html.
        graph: Its ``api/main``: the nodes by id and name.
    """
    settings = json.dumps(
        {
            "orientation": "horizontal",
            "layer": {"visible": False},
            "node": {"disabled": dict.fromkeys(sorted(hidden(graph)), True)},
            "showFeatureHints": False,
        },
        sort_keys=True,
    )
    version = hashlib.sha256(settings.encode()).hexdigest()[:12]
    script = DEFAULTS.format(version=version, settings=settings)
    head, found, rest = FONT.sub("", page).partition('<script type="module"')
    if not found:
        sys.exit("kedro-viz's page is not the one this tool knows: see tools/viz_site.py")
    return head + script + found + rest


def hidden(graph: dict[str, list[dict[str, str]]]) -> set[str]:
    """Ids of the datasets that are not shown at first; a stage may be called like one."""
    return {
        node["id"]
        for node in graph["nodes"]
        if node["type"] == "data" and any(fnmatch(node["name"], detail) for detail in DETAILS)
    }


def serve(port: int) -> None:
    """Serve the site on this machine only, until Ctrl-C."""
    handler = partial(SimpleHTTPRequestHandler, directory=str(SITE))
    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError:
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    address = f"http://127.0.0.1:{server.server_port}/"
    print(f"kedro-viz: {address} (Ctrl-C ends it)", flush=True)
    webbrowser.open(address)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print()


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--serve", action="store_true", help="serve it when it is written")
    arguments.add_argument("--port", type=int, default=PORT)
    chosen = arguments.parse_args()
    build()
    if chosen.serve:
        serve(chosen.port)
