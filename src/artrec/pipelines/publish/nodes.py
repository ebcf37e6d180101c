"""Node of publish."""

from __future__ import annotations

from pathlib import Path

from artrec.bundle.store import publish


def publish_bundle(store: Path, *members: Path) -> dict[str, str]:
    """Copy the bundle that holds these members into the store and make it the current one.

    The one node with an effect of its own: the store is no output of a run, it keeps all versions.
    """
    (bundle,) = {member.parent for member in members}
    return publish(bundle, store)
