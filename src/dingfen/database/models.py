"""What every table shares: a number inside, a UUIDv7 outside; rows that are made without a walk over all fields."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection
from functools import cache
from typing import Any, NamedTuple, Self

import uuid_utils.compat
from django.db import models
from django.db.models.base import ModelState


def new_uid() -> uuid.UUID:
    """A UUIDv7: sorts by time of creation, so its index grows at one end."""
    return uuid_utils.compat.uuid7()


class Light(models.Model):
    """A row as Django makes it, without its walk over all fields and their defaults: a request makes hundreds.

    Signals of making (`pre_init`, `post_init`) are not sent; tests/stores/test_light.py says that nobody listens.
    """

    class Meta:
        abstract = True

    def __init__(self, *args: Any, **given: Any) -> None:
        blank = _blank(type(self))
        if args or not given.keys() <= blank.known:
            super().__init__(*args, **given)  # properties and mistakes
            return
        values = self.__dict__
        values["_state"] = ModelState()
        values.update(blank.fixed)
        for name, make in blank.made:
            if name not in given:
                values[name] = make()
        for name, value in given.items():
            if name in blank.plain:
                values[name] = value
            else:
                setattr(self, name, value)  # another row: checked, and remembered beside its number

    @classmethod  # the stubs are those of a later Django, which hands on a fetch mode
    def from_db(  # type: ignore[override]
        cls, db: str | None, field_names: Collection[str], values: Collection[Any]
    ) -> Self:
        one = cls.__new__(cls)
        state = ModelState()
        state.adding, state.db = False, db
        one.__dict__.update(zip(field_names, values, strict=True), _state=state)
        return one


class _Blank(NamedTuple):
    """What a new row holds before anything is given; `plain` are the names that are only kept, not looked at."""

    fixed: dict[str, Any]
    made: tuple[tuple[str, Callable[[], Any]], ...]
    plain: frozenset[str]
    known: frozenset[str]


@cache
def _blank(model: type[models.Model]) -> _Blank:
    fields = model._meta.concrete_fields
    made = tuple(
        (one.attname, one.get_default) for one in fields if callable(one.default) and one.has_default()
    )
    late = {name for name, _ in made}
    fixed = {one.attname: one.get_default() for one in fields if one.attname not in late}
    plain = frozenset(one.attname for one in fields)
    return _Blank(fixed, made, plain, plain | {one.name for one in fields})


class Row(Light):
    """`id` is for joins inside; `uid` is what the API, URLs and the register name."""

    id = models.BigAutoField(primary_key=True)
    uid = models.UUIDField(default=new_uid, unique=True, editable=False)

    class Meta:
        abstract = True
