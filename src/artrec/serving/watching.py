"""What is watched while the service runs: counts and times, for Prometheus."""

from __future__ import annotations

from typing import Any

from artrec.serving.service import Service


def counted(service: Service, answer: dict[str, Any]) -> None:
    """Count a list that is shown."""
