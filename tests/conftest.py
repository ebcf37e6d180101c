"""What holds for all tests: Hypothesis has no deadline, since a busy machine is no fault."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("artrec", deadline=None)
settings.load_profile("artrec")
