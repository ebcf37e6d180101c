"""The published bundle: one checked member a medium, and the store that keeps its versions."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from artrec.bundle.manifest import Manifest as Manifest
    from artrec.bundle.manifest import verify_bundle as verify_bundle
    from artrec.bundle.member import Member as Member
    from artrec.bundle.member import write_member as write_member
    from artrec.bundle.reading import Bundle as Bundle
    from artrec.bundle.reading import read_bundle as read_bundle
    from artrec.bundle.reading import read_current as read_current
    from artrec.bundle.store import Version as Version
    from artrec.bundle.store import current as current
    from artrec.bundle.store import list_versions as list_versions
    from artrec.bundle.store import publish as publish
    from artrec.bundle.store import use as use

# The store side needs neither pandas nor scipy, so that `artrec bundle list` starts at once.
_HOMES = {
    "Manifest": "manifest",
    "verify_bundle": "manifest",
    "Member": "member",
    "write_member": "member",
    "Bundle": "reading",
    "read_bundle": "reading",
    "read_current": "reading",
    "Version": "store",
    "current": "store",
    "list_versions": "store",
    "publish": "store",
    "use": "store",
}
__all__ = sorted(_HOMES)  # noqa: PLE0605 - one list of names, not two


def __getattr__(name: str) -> object:
    """Load a part of the package on first use."""
    if name in _HOMES:
        return getattr(import_module(f"artrec.bundle.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'artrec.bundle' has no attribute {name!r}")
