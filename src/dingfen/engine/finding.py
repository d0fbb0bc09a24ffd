"""What lint says: a code with parameters, a place, and facts that show it. Prose is made at the edges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Finding:
    """`where` is the dotted key of the part, as in YAML. `example`: what shows it: per person (and `case`) the facts
    that differ from plain ones, a hold, moments of a clock, points; `lint` never leaves it empty.
    """

    code: str
    severity: Severity
    where: str
    params: Mapping[str, Any] = field(default_factory=dict)
    example: Mapping[str, Any] = field(default_factory=dict)
