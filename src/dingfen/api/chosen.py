"""States given in an address, separated by commas."""

from __future__ import annotations

from collections.abc import Collection

from dingfen.problems import invalid


def chosen(given: str, known: Collection[str], field: str = "state") -> list[str]:
    """Values given with commas. Raises Problem (422) at the field for one that is none."""
    wanted = [one.strip() for one in given.split(",") if one.strip()]
    if set(wanted) - set(known):
        raise invalid({field: [("invalid", {})]})
    return wanted
