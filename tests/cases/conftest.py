"""A hold of lin's with its clock, and a dispute whose clocks name nobody."""

from __future__ import annotations

from tests.ownership.conftest import dealer

__all__ = ["dealer"]
