"""The page's files: small, nothing from elsewhere, nothing inline."""

import re
from importlib.resources import files

import pytest

from artrec.serving.page.assets import LARGEST_PAGE, MEDIA_TYPES, load_assets

TEXTS = ("css", "js", "svg", "html")
OUTSIDE = re.compile(rb"""(?:https?:)?//[a-z0-9-]+(?:\.[a-z0-9-]+)+""", re.IGNORECASE)
NAMES_OF_SVG = b"http://www.w3.org/2000/svg"


def contents() -> dict[str, bytes]:
    """Everything a browser loads for the page."""
    assets = load_assets()
    return {
        "index.html": assets.shell.encode(),
        **{name: content for name, (content, _) in assets.files.items()},
    }


def test_the_page_weighs_no_more_than_150_kilobytes() -> None:
    sizes = {name: len(content) for name, content in contents().items()}
    assert sum(sizes.values()) <= LARGEST_PAGE == 150_000, sizes


def test_every_file_of_the_folder_is_served_with_its_type() -> None:
    assets = load_assets()
    folder = files("artrec.serving.page")
    wanted = {
        entry.name
        for entry in folder.iterdir()
        if entry.name.rpartition(".")[2] in MEDIA_TYPES and entry.is_file()
    }
    assert wanted <= set(assets.files)
    assert {"app.js", "page.css", "icon.svg"} <= set(assets.files)
    assert all(media_type for _, media_type in assets.files.values())


@pytest.mark.parametrize("name", [n for n in contents() if n.endswith(TEXTS)])
def test_no_file_names_an_outside_address(name: str) -> None:
    content = contents()[name].replace(NAMES_OF_SVG, b"")
    assert OUTSIDE.findall(content) == []


def test_the_shell_has_no_inline_script_style_or_handler() -> None:
    shell = load_assets().shell
    assert "<style" not in shell
    assert re.findall(r"\son[a-z]+=|\sstyle=|javascript:", shell) == []
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", shell))


@pytest.mark.parametrize("name", [n for n in contents() if n.endswith(".js")])
def test_scripts_never_turn_text_into_markup_or_code(name: str) -> None:
    script = contents()[name].decode()
    dangerous = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function"
    assert re.findall(dangerous, script) == []
    assert not re.search(r"""["']style["']|\bstyle:""", script)


@pytest.mark.parametrize("name", [n for n in contents() if n.endswith(".js")])
def test_modules_import_only_what_is_there(name: str) -> None:
    imported = re.findall(r"""(?:from|import\()\s*"\./([^"]+)\"""", contents()[name].decode())
    assert set(imported) <= set(load_assets().files)


def test_another_content_is_another_version(monkeypatch: pytest.MonkeyPatch) -> None:
    version = load_assets().version
    assert re.fullmatch(r"[0-9a-f]{12}", version)
    assert load_assets().version == version
    monkeypatch.setitem(MEDIA_TYPES, "py", "text/x-python")
    load_assets.cache_clear()
    try:
        assert load_assets().version != version
    finally:
        monkeypatch.undo()
        load_assets.cache_clear()
