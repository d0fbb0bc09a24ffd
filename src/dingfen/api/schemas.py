"""What goes in and out: base models and the shape of a problem.

Their validators are built at first use (`defer_build`), so that a start doesn't wait for all of them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import ninja
from ninja.params import models as parameters
from pydantic import BaseModel, ConfigDict, Field, field_validator

# ninja makes models of its own for every operation and would build their validators at the start
MADE_BY_NINJA: list[type[BaseModel]] = [
    ninja.Schema, *parameters.ParamModel.__subclasses__(), parameters._MultiPartBodyModel,
]  # fmt: skip
for base in MADE_BY_NINJA:
    base.model_config["defer_build"] = True


class In(BaseModel):
    """Input: unknown fields are refused, so that a typing slip in a name never passes for a missing value."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, defer_build=True)

    @field_validator("*")
    @classmethod
    def within_reach(cls, value: Any) -> Any:
        """A moment so near the ends of the calendar that another time zone has none for it is refused here."""
        if isinstance(value, datetime) and not 2 <= value.year <= 9990:
            raise ValueError("out of range")
        return value


class Out(BaseModel):
    """Output: may be read straight from an object's attributes."""

    model_config = ConfigDict(from_attributes=True, defer_build=True)


class FieldProblem(BaseModel):
    """One fault of one field. `field` is a path such as `contacts.0.phone`."""

    field: str
    code: str
    detail: str


class ProblemOut(BaseModel):
    """RFC 9457 problem details, with our `code` and faults by field."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    instance: str
    request_id: str
    params: dict[str, Any] = Field(default_factory=dict)
    errors: list[FieldProblem] = Field(default_factory=list)
