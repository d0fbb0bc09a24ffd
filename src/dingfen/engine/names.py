"""Names that parts of a pack have for one another, and for roles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any, get_args

from pydantic import Field

from dingfen.engine.consequences import Role
from dingfen.engine.errors import refused
from dingfen.engine.parts import Part, Slug, walk

# A role of the installation, or one the pack itself expects under `roles`.
RoleName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*([-_][a-z0-9]+)*$", max_length=60)]
RoleNames = tuple[RoleName, ...]
SomeRoles = Annotated[RoleNames, Field(min_length=1)]
Names = tuple[Slug, ...]
BASIC_ROLES: tuple[str, ...] = get_args(Role)
_ROLE_KEYS = (
    "by", "to", "role", "head", "deputy", "members", "order", "at_once", "kept_by", "assessed_by", "proposed_by",
    "approved_by", "drafted_by", "roles", "deputies", "lowered_by", "spokesperson", "decided_by", "registered_by",
)  # fmt: skip


class NamesRoles(Part):
    """Mix-in of a part some of whose keys name roles."""


def roles_named(form: Part, path: str) -> Iterator[tuple[str, str]]:
    """Each role that parts of a form name, with the dotted key it stands under."""
    for where, part in walk(form, path):
        if isinstance(part, NamesRoles):
            for key in _ROLE_KEYS:
                value = getattr(part, key, None)
                for name in (value,) if isinstance(value, str) else value or ():
                    yield f"{where}.{key}", name


def check_names(topic: str, named: Iterable[tuple[str, Sequence[str], Sequence[str]]]) -> None:
    """Refuse a name for which there is no part: (dotted key, names, those there are)."""
    for where, names, known in named:
        for name in names:
            if name not in known:
                raise refused("unknown_name", accepted=", ".join(known), name=name, at=f"{topic}.{where}")


def check_ids(topic: str, lists: Iterable[tuple[str, Sequence[Any]]]) -> None:
    """Refuse an id that one list gives twice."""
    for where, parts in lists:
        seen: set[str] = set()
        for index, part in enumerate(parts):
            if part.id in seen:
                raise refused("duplicate_id", id=part.id, at=f"{topic}.{where}.{index}.id")
            seen.add(part.id)
