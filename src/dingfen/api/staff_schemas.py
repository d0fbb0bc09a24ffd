"""What the operations on staff, units, delegations and tokens take and give."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from dingfen.api.frame import In, Out, Window

RoleName = Literal[
    "receptionist",
    "salesperson",
    "agent",
    "head",
    "general_manager",
    "compliance",
    "policy_owner",
    "administrator",
]
Name = Annotated[str, Field(max_length=60)]
Latin = Annotated[str, Field(max_length=80)]
Email = Annotated[str, Field(max_length=254)]
Number = Annotated[str, Field(max_length=30)]
English = Annotated[str, Field(max_length=120)]
Extension = Annotated[str, Field(max_length=20)]


class RoleOut(Out):
    """A role over a unit and everything below it, from day to day (both included)."""

    uid: UUID
    role: str
    unit: UUID
    starts_on: date | None
    ends_on: date | None


class StaffOut(Out):
    """A person who works here. `left_on` is the last day of work."""

    uid: UUID
    username: str
    name: str
    latin_name: str
    unit: UUID | None
    active: bool
    left_on: date | None
    roles: list[RoleOut]


class StaffNarrow(Window):
    """Which staff: in a unit or below it, with this in the name."""

    unit: UUID | None = None
    q: Annotated[str, Field(max_length=60)] = ""


class StaffIn(In):
    username: Annotated[str, Field(max_length=30)]
    name: Name
    unit: UUID
    email: Email = ""
    latin_name: Latin = ""
    employee_number: Number = ""


class StaffChange(In):
    """What is not given stays."""

    name: Name = ""
    unit: UUID | None = None
    email: Email = ""
    latin_name: Latin = ""
    employee_number: Number = ""


class LeaverIn(In):
    left_on: date


class RoleIn(In):
    role: RoleName
    unit: UUID
    starts_on: date | None = None
    ends_on: date | None = None


class RoleEndIn(In):
    ends_on: date | None = None


class UnitOut(Out):
    """A node of the tree. `path` is the chain of inner numbers: a subtree is a prefix."""

    uid: UUID
    kind: str
    name: str
    name_en: str
    code: str
    path: str
    parent: UUID | None
    time_zone: str
    extension: str
    latitude: Decimal | None
    longitude: Decimal | None
    active: bool


class UnitIn(In):
    parent: UUID
    kind: Literal["site", "department", "team"]
    name: Latin
    code: Annotated[str, Field(max_length=12)]
    name_en: English = ""
    time_zone: Annotated[str, Field(max_length=40)] = ""
    extension: Extension = ""


class UnitChange(In):
    """What is not given stays."""

    name: Latin = ""
    name_en: English = ""
    extension: Extension = ""
    latitude: Annotated[Decimal, Field(ge=-90, le=90, decimal_places=5)] | None = None
    longitude: Annotated[Decimal, Field(ge=-180, le=180, decimal_places=5)] | None = None


class MoveIn(In):
    parent: UUID


class DelegationIn(In):
    """`role` empty: every role the principal holds of their own."""

    principal: UUID
    deputy: UUID
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    role: Literal[""] | RoleName = ""
    reason: Annotated[str, Field(max_length=200)] = ""


class DelegationOut(Out):
    uid: UUID
    principal: UUID
    deputy: UUID
    role: str
    starts_at: datetime
    ends_at: datetime
    revoked_at: datetime | None


class TokenOut(Out):
    """A token: `prefix` is how it begins; the rest is known to who made it alone."""

    uid: UUID
    name: str
    prefix: str
    scopes: list[str]
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None
