"""Mappings that come with Dingfen: examples for the exports of a CRM."""

from __future__ import annotations

from importlib import resources

from dingfen.problems import invalid

FOLDER = resources.files("dingfen.imports") / "mappings"


def names() -> list[str]:
    """The shipped mappings by name."""
    return sorted(
        entry.name.removesuffix(".yaml") for entry in FOLDER.iterdir() if entry.name.endswith(".yaml")
    )


def text_of(name: str) -> str:
    """A shipped mapping. Raises Problem `map.invalid` for an unknown name."""
    if name not in names():
        raise invalid({"map": [("map.choice", {"expected": ", ".join(names())})]}, "map.invalid")
    return (FOLDER / f"{name}.yaml").read_text("utf-8")
