"""Kedro project settings: hooks and where configuration is read from."""

from __future__ import annotations

from kedro.config import OmegaConfigLoader

from artrec.hooks import Guard, Summary

HOOKS = (Guard(), Summary())
CONFIG_LOADER_CLASS = OmegaConfigLoader
CONFIG_LOADER_ARGS = {
    "base_env": "base",
    "default_run_env": "local",
    "config_patterns": {
        "parameters": ["parameters*", "parameters*/**"],
        "catalog": ["catalog*", "catalog*/**"],
    },
    # an environment or conf/local says only what differs, however deep in a block
    "merge_strategy": {"parameters": "soft", "globals": "soft"},
}
