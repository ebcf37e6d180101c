"""Pipeline publish: all media's members, published together."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

from kedro.pipeline import Node, Pipeline

from artrec.pipelines.publish.nodes import publish_bundle


def create_pipeline(media: Sequence[str]) -> Pipeline:
    """Outside every medium's namespace: a published version holds all media.

    Args:
        media: Namespaces whose members are published.
    """
    with warnings.catch_warnings():
        # kedro warns of a node outside a namespace that reads from inside one: here on purpose
        warnings.filterwarnings("ignore", message="One or more dataset names contain")
        return _pipeline(media)


def _pipeline(media: Sequence[str]) -> Pipeline:
    members = {f"{medium}_member": f"{medium}.bundle_member" for medium in media}
    node = Node(
        publish_bundle,
        inputs=["bundle_store", *members],
        outputs="published",
        name="publish_bundle",
    )
    return Pipeline([node], inputs=members)
