"""The roles topic of a pack: which roles it expects somebody to hold, who stands in, and how far duties may be
passed on. Other topics name these roles, or those of the installation.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field, model_validator

from dingfen.engine.consequences import Role
from dingfen.engine.names import BASIC_ROLES, NamesRoles, RoleName, RoleNames, check_ids
from dingfen.engine.parts import Duration, Named, Part, Ruled, Text


class ExpectedRole(Named, NamesRoles):
    """A role this rule book knows. `held_by`: which staff can be named to it; `deputies` stand in, in order."""

    title: Text
    held_by: Annotated[tuple[Role, ...], Field(min_length=1)]
    at_least: Annotated[int, Field(ge=1, le=100)] = 1
    deputies: RoleNames = ()


class Delegation(Ruled, NamesRoles):
    """How long duties may be passed on to somebody else, and who agrees."""

    at_most: Duration
    approved_by: RoleName


class Roles(Part):
    """The whole topic."""

    expected: Annotated[tuple[ExpectedRole, ...], Field(min_length=1)]
    delegation: Delegation | None = None

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Roles:
        check_ids("roles", [("expected", self.expected)])
        return self


def known_roles(rules: Roles | None) -> tuple[str, ...]:
    """Every name a rule may use for a role."""
    return (*BASIC_ROLES, *(role.id for role in (rules.expected if rules else ())))


def stand_ins(rules: Roles | None, role: str) -> tuple[str, ...]:
    """A role and whoever stands in for it, nearest first, each once."""
    found: list[str] = []
    _meet(rules, role, found)
    return tuple(found)


def _meet(rules: Roles | None, role: str, found: list[str]) -> None:
    if role in found:
        return
    found.append(role)
    for each in _of(rules, role):
        for deputy in each.deputies:
            _meet(rules, deputy, found)


def held_by(rules: Roles | None, role: str) -> tuple[str, ...]:
    """Which roles of the installation can act in a role: itself, or those it is held by."""
    return next((each.held_by for each in _of(rules, role)), (role,))


def title_of(rules: Roles | None, role: str) -> Text | None:
    """What the pack calls a role, None for one of the installation."""
    return next((each.title for each in _of(rules, role)), None)


def _of(rules: Roles | None, role: str) -> Iterator[ExpectedRole]:
    return (each for each in (rules.expected if rules else ()) if each.id == role)
