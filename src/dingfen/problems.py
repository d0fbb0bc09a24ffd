"""What can go wrong, as data: a code, a status, parameters; the words are made at the edge.

The API renders a Problem as RFC 9457 problem+json, a page as an error in its place.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Problem(Exception):
    """An expected refusal or fault.

    `code` is dotted (`page.closed`), `params` fill its text, `errors` maps a field (or `row.column`) to a
    list of (code, params) for faults of input.
    """

    code: str
    status: int = 400
    params: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, list[tuple[str, Mapping[str, Any]]]] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.code} {dict(self.params)} {dict(self.errors) or ''}".strip()


def invalid(
    errors: Mapping[str, list[tuple[str, Mapping[str, Any]]]], code: str = "input.invalid"
) -> Problem:
    """Faults of input, by field (422)."""
    return Problem(code, 422, {}, errors)


def refused(code: str, **params: Any) -> Problem:
    """The actor may see it but not do it (403)."""
    return Problem(code, 403, params)


def missing(code: str = "not_visible", **params: Any) -> Problem:
    """Not there, or not theirs to know (404)."""
    return Problem(code, 404, params)


def conflict(code: str, **params: Any) -> Problem:
    """Right in itself, but the state does not allow it now (409)."""
    return Problem(code, 409, params)


def whole_number(value: object) -> int | None:
    """What was typed as a whole number; None for anything else, and for what no column holds."""
    text = str(value).strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None


def read_uid(value: object) -> uuid.UUID:
    """A uid as it comes from outside. Raises `not_visible` (404) for what is none."""
    if isinstance(value, uuid.UUID):
        return value
    try:
        return uuid.UUID(str(value))
    except ValueError:
        raise missing() from None
