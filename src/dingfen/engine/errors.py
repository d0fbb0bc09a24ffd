"""What is wrong in a pack: a code with parameters and a place. Prose is made at the edges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic_core import PydanticCustomError


def refused(code: str, accepted: str = "", **params: Any) -> PydanticCustomError:
    """An error a Pydantic validator raises; the loader turns it into a located `PackError`."""
    return PydanticCustomError(code, "{code}", {"code": code, "accepted": accepted, **params})


@dataclass(frozen=True, slots=True)
class PackError:
    """One error in a pack file. `line` and `column` count from 1; `key` is the path, dotted."""

    file: str
    line: int
    column: int
    key: str
    message_code: str
    params: Mapping[str, Any] = field(default_factory=dict)
    accepted: str = ""

    def __str__(self) -> str:
        shown = ", ".join(f"{name}={value}" for name, value in self.params.items())
        hint = f"; accepted: {self.accepted}" if self.accepted else ""
        return (
            f"{self.file}:{self.line}:{self.column}: {self.key}: {self.message_code} {shown}{hint}".rstrip()
        )


class PackErrors(Exception):
    """All errors found in a pack, in the order of files and lines."""

    def __init__(self, errors: Sequence[PackError]) -> None:
        self.errors = tuple(sorted(errors, key=lambda error: (error.file, error.line, error.column)))
        super().__init__("\n".join(map(str, self.errors)))
