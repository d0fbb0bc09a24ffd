"""States given in an address, separated by commas."""

from __future__ import annotations

from dingfen.problems import invalid


def chosen(given: str, known: list[str]) -> list[str]:
    """States given with commas. Raises Problem (422) for one that is none."""
    wanted = [one.strip() for one in given.split(",") if one.strip()]
    if set(wanted) - set(known):
        raise invalid({"state": [("invalid", {})]})
    return wanted
