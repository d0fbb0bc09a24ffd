"""The house of the tests of disputes: cases need a room to be in."""

from tests.ownership.conftest import dealer

__all__ = ["dealer"]
