"""The operations of v1 as they are declared, and what answers an address.

Ninja reads signatures and makes models of an operation when its address is first called, or when the document
is asked for, not at the start: a start would wait a quarter of a second for what most processes never need.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, get_type_hints

import ninja
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from ninja.operation import PathView
from ninja.utils import replace_path_param_notation


@dataclass(frozen=True)
class Declared:
    """One operation: method, address, what ninja calls, and its settings (`response`, `auth`, …)."""

    method: str
    path: str
    view: Callable[..., HttpResponseBase]
    settings: dict[str, Any]

    def tell(self, ninjas: ninja.Router | PathView) -> Any:
        """Let ninja make the operation."""
        self.view.__signature__ = _resolved(self.view)  # type: ignore[attr-defined]
        add = ninjas.add_operation if isinstance(ninjas, PathView) else ninjas.add_api_operation
        return add(self.path, [self.method], self.view, **self.settings)


@dataclass(frozen=True)
class Router:
    """The operations of one room, in the order of the document. `tags` group them there."""

    tags: list[str]
    operations: list[Declared] = field(default_factory=list)

    def of_ninja(self) -> ninja.Router:
        made = ninja.Router(tags=self.tags)
        for one in self.operations:
            one.tell(made)
        return made


class Address:
    """The view of one address, whatever the method."""

    def __init__(self, api: ninja.NinjaAPI, operations: list[Declared]) -> None:
        self.api, self.operations = api, operations

    @property
    def name(self) -> str:
        return self.operations[0].view.__name__

    def __call__(self, request: HttpRequest, **given: Any) -> HttpResponseBase:
        answer: HttpResponseBase = self.view(request, **given)
        return answer

    @cached_property
    def view(self) -> Callable[..., HttpResponseBase]:
        made = PathView()
        for one in self.operations:
            one.tell(made).api = self.api
        return made.get_view()


def addresses(api: ninja.NinjaAPI, routers: Iterable[Router]) -> dict[str, Address]:
    """What answers, by address in Django's form (`/customers/<uid>`)."""
    found: dict[str, Address] = {}
    for router in routers:
        for one in router.operations:
            found.setdefault(replace_path_param_notation(one.path), Address(api, [])).operations.append(one)
    return found


def _resolved(view: Callable[..., Any]) -> inspect.Signature:
    """The signature with annotations as types (ninja would look them up in the module of the frame)."""
    behind = inspect.unwrap(view)
    hints = get_type_hints(behind, include_extras=True)
    signature = inspect.signature(behind)
    return signature.replace(
        parameters=[
            parameter.replace(annotation=hints.get(name, parameter.annotation))
            for name, parameter in signature.parameters.items()
        ]
    )
