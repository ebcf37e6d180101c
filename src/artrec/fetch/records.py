"""What a fetch writes down: provenance beside the files, and checksums nobody published."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from filelock import FileLock

from artrec.bundle.durable import write_text
from artrec.errors import FetchError
from artrec.fetch.checking import Checked
from artrec.fetch.sources import PROVENANCE, RAW, Source

LOCK: Final = RAW / "sources.lock.json"
STAGING: Final = RAW / ".fetch"
Recorded = dict[str, dict[str, dict[str, str]]]


def provenance(name: str, source: Source, variant: str, files: Mapping[str, Checked]) -> str:
    """Text of a source's provenance: the same bytes wherever and whenever it was fetched."""
    told: dict[str, Any] = {
        "source": name,
        "variant": variant,
        "note": source.variants[variant].note,
        "page": source.page,
        "licence": source.licence,
        "attribution": source.attribution,
        "files": {
            each: {
                "size": checked.digest.size,
                "sha256": checked.digest.sha256,
                **({} if checked.members is None else {"contents": checked.identity}),
            }
            for each, checked in sorted(files.items())
        },
    }
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


def told_variant(folder: Path) -> str:
    """Variant the provenance in a folder names; empty where there is none to read."""
    try:
        told = json.loads((folder / PROVENANCE).read_text(encoding="utf-8"))
        return str(told["variant"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def recorded(project: Path) -> Recorded:
    """Source -> variant -> file -> identity, as first fetched.

    Raises:
        FetchError: The record is not readable.
    """
    path = project / LOCK
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return {
            str(source): {
                str(variant): {str(name): str(identity) for name, identity in files.items()}
                for variant, files in variants.items()
            }
            for source, variants in content.items()
        }
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, AttributeError) as error:
        raise FetchError(
            f"{path} is damaged: {error}",
            "bring it back with git, or remove it: what is fetched next is then recorded anew",
        ) from error


def record(project: Path, source: str, variant: str, identities: Mapping[str, str]) -> None:
    """Hold later fetches to what came now, where no checksum was published."""
    if not identities:
        return
    path = project / LOCK
    with FileLock(project / STAGING / f"{path.name}.lock"):
        content = recorded(project)
        known = content.setdefault(source, {}).setdefault(variant, {})
        if all(known.get(name) == identity for name, identity in identities.items()):
            return
        known.update(identities)
        write_text(path, json.dumps(content, indent=2, sort_keys=True) + "\n")
