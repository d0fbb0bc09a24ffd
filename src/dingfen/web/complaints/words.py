"""What the pages call classes, levels, remedies and steps: the words of the pack, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dingfen import formats
from dingfen.complaints.models import Complaint
from dingfen.complaints.rules import Rules, rules_of


def said(text: Any) -> str:
    """A text of a pack in the reader's language."""
    return str(text.zh if formats.chinese() else text.en)


def choices(parts: Iterable[Any]) -> list[tuple[str, str]]:
    """(id, words) of parts of a pack, for a menu."""
    return [(part.id, said(part.title)) for part in parts]


def title(parts: Iterable[Any], name: str) -> str:
    """The words of the part with this id; the id itself where the pack has none."""
    return next((said(part.title) for part in parts if part.id == name), name)


def level_words(complaint: Complaint) -> tuple[str, str]:
    """Class and level in words."""
    rules = rules_of(complaint)
    if rules is None:
        return complaint.klass, complaint.level
    own = rules.complaints
    return title(own.classes, complaint.klass), title(own.levels, complaint.level)


def classes(rules: Rules | None) -> list[tuple[str, str]]:
    """The classes of the pack, those below another named with it."""
    if rules is None:
        return []
    own = rules.complaints
    return [
        (one.id, f"{title(own.classes, one.parent)} · {said(one.title)}" if one.parent else said(one.title))
        for one in own.classes
    ]
