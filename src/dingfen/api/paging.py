"""Keyset paging: `?limit&after`, flat however deep, steady while rows are added."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar

import orjson
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from pydantic import BaseModel, Field

from dingfen.api.auth import ApiRequest
from dingfen.problems import invalid

Item = TypeVar("Item")
Row = TypeVar("Row", bound=Model)


class Page(BaseModel, Generic[Item]):
    """Some items; `next` is the address of those that follow, null at the end."""

    items: list[Item]
    next: str | None


class Window(BaseModel):
    """Which part of a list: how many, and after which cursor (from `next`; opaque)."""

    limit: Annotated[int, Field(ge=1, le=200)] = 50
    after: Annotated[str, Field(max_length=600)] = ""


def page(
    request: ApiRequest,
    rows: QuerySet[Row],
    window: Window,
    show: Callable[[Row], Item],
    order: Sequence[str] = ("-id",),
) -> Page[Item]:
    """One page of `rows` in `order`: fields of the row itself, never null, the last one unique.

    Raises Problem (422) for a cursor that isn't of this list.
    """
    names = [name.removeprefix("-") for name in order]
    if window.after:
        rows = rows.filter(_beyond(order, _read(window.after, names, rows.model)))
    found = list(rows.order_by(*order)[: window.limit + 1])
    more, found = len(found) > window.limit, found[: window.limit]
    link = None
    if more:
        query = request.GET.copy()
        query["after"] = _cursor([getattr(found[-1], name) for name in names])
        query["limit"] = str(window.limit)
        link = f"{request.path}?{query.urlencode()}"
    return Page(items=[show(row) for row in found], next=link)


def _cursor(values: list[Any]) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(values, default=str)).decode().rstrip("=")


def _read(cursor: str, names: list[str], model: type[Model]) -> list[Any]:
    try:
        values = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(values, list) or len(values) != len(names):
            raise ValueError(cursor)
        found = []
        for name, value in zip(names, values, strict=True):
            column = model._meta.get_field(name)
            read = column.to_python(value)  # type: ignore[union-attr]
            if read is None or (isinstance(read, int) and abs(read) >= 1 << 63):
                raise ValueError(cursor)
            found.append(read)
    except (ValueError, TypeError, ValidationError) as error:
        raise invalid({"after": [("cursor.unknown", {})]}) from error
    return found


def _beyond(order: Sequence[str], values: list[Any]) -> Q:
    """(a, b) beyond (x, y): a past x, or a at x and b past y."""
    condition, equal = Q(), Q()
    for name, value in zip(order, values, strict=True):
        field = name.removeprefix("-")
        condition |= equal & Q(**{f"{field}__{'lt' if name.startswith('-') else 'gt'}": value})
        equal &= Q(**{field: value})
    return condition
