"""The documentation of the API as a page: from its OpenAPI description, without scripts."""

from __future__ import annotations

import gzip
from html import escape
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from artrec.serving.packing import packed_answer
from artrec.serving.page.assets import load_assets
from artrec.serving.service import service_of

router = APIRouter(include_in_schema=False)


@router.get("/docs", response_class=HTMLResponse)
async def reference(request: Request) -> Response:
    """The calls, their parameters and their answers."""
    told = request.app.openapi()
    base = service_of(request).settings.base_path
    style = f"{base}/static/{load_assets().version}/page.css"
    calls = "".join(
        _call(address, method, call)
        for address, methods in told["paths"].items()
        for method, call in methods.items()
    )
    shapes = "".join(_shape(name, one) for name, one in told["components"]["schemas"].items())
    page = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>API of artrec {escape(told['info']['version'])}</title>"
        f'<meta name="description" content="The calls of artrec, and how they are made.">'
        f'<link rel="stylesheet" href="{escape(style)}"></head><body class="reference">'
        '<header class="top"><a class="wordmark" href="../">artrec</a></header><main>'
        f"<h1>The API</h1><p>{escape(told['info']['summary'])} The same for machines: "
        '<a href="openapi.json">openapi.json</a>. The samples run as they stand where the '
        "service listens on this machine; in their order they are one visit.</p>"
        f'<h2 class="section">Calls</h2>{calls}'
        f'<h2 class="section">Shapes</h2>{shapes}</main></body></html>'
    )
    return packed_answer(
        request, page.encode(), gzip.compress, "text/html; charset=utf-8", 200, "no-cache"
    )


def _call(address: str, method: str, call: dict[str, Any]) -> str:
    rows = "".join(
        f"<li><code>{escape(each['name'])}</code> ({escape(each['in'])}"
        f"{', needed' if each.get('required') else ''}): {escape(each.get('description', ''))}</li>"
        for each in call.get("parameters", [])
    )
    sent = "".join(
        f"<li>body: {_name(content.get('schema', {}))}</li>"
        for content in call.get("requestBody", {}).get("content", {}).values()
    )
    answers = "".join(
        f"<li>{escape(status)} {escape(one['description'])}: {_name(content.get('schema', {}))}"
        "</li>"
        for status, one in call["responses"].items()
        for content in one.get("content", {}).values()
    )
    return (
        f"<h3><code>{escape(method.upper())} {escape(address)}</code></h3>"
        f"<p>{escape(call.get('description') or call.get('summary', ''))}</p>"
        f"<ul>{rows}{sent}</ul>{_samples(call)}"
        f"<details><summary>Answers</summary><ul>{answers}</ul></details>"
    )


def _samples(call: dict[str, Any]) -> str:
    """How it is typed."""
    return "".join(
        f"<details><summary>{escape(each['label'])}</summary>"
        f'<pre tabindex="0"><code>{escape(each["source"])}</code></pre></details>'
        for each in call.get("x-codeSamples", [])
    )


def _shape(name: str, shape: dict[str, Any]) -> str:
    rows = "".join(
        f"<li><code>{escape(field)}</code> {_name(one)}: {escape(one.get('description', ''))}</li>"
        for field, one in shape.get("properties", {}).items()
    )
    told = escape(shape.get("description", ""))
    return f'<h3 id="{escape(name)}">{escape(name)}</h3><p>{told}</p><ul>{rows}</ul>'


def _name(schema: dict[str, Any]) -> str:
    """What a value is: a link to its shape, or its type."""
    if "$ref" in schema:
        name = escape(schema["$ref"].rpartition("/")[2])
        return f'<a href="#{name}">{name}</a>'
    if "items" in schema:
        return f"list of {_name(schema['items'])}"
    if "anyOf" in schema:
        return " or ".join(_name(each) for each in schema["anyOf"])
    return escape(str(schema.get("type", "any")))
