"""A small API of its own for the frame's tests: units of the cast, listed, read and renamed."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from django.urls import include, path, re_path
from ninja import Query
from pydantic import AwareDatetime, Field

from dingfen.accounts.models import Unit
from dingfen.api import app
from dingfen.api.frame import (
    ApiRequest,
    In,
    Out,
    Page,
    Router,
    Window,
    expected_version,
    one,
    page,
    read,
    write,
)
from dingfen.database.models import new_uid
from dingfen.problems import conflict

router = Router(tags=["units"])


class UnitOut(Out):
    uid: UUID
    name: str
    version: int


class UnitIn(In):
    name: Annotated[str, Field(min_length=1, max_length=20)]
    since: AwareDatetime | None = None


def shown(unit: Unit) -> UnitOut:
    return UnitOut(uid=unit.uid, name=unit.name, version=int(unit.extension or 1))


@read(router, "/units", out=Page[UnitOut], permission="staff.view")
def list_units(request: ApiRequest, window: Query[Window], kind: str | None = None) -> Page[UnitOut]:
    rows = Unit.objects.visible_to(request.actor)
    return page(request, rows.filter(kind=kind) if kind else rows, window, shown, order=("kind", "-id"))


@read(router, "/units/{uid}", out=UnitOut, permission="staff.view")
def get_unit(request: ApiRequest, uid: UUID) -> UnitOut:
    return shown(one(Unit.objects.visible_to(request.actor), uid=uid))


@write(router, "/units/{uid}", method="PATCH", out=UnitOut, permission="staff.manage", versioned=True)
def rename_unit(request: ApiRequest, uid: UUID, change: UnitIn) -> UnitOut:
    """Rename a unit; each rename counts in its version."""
    unit = one(Unit.objects.visible_to(request.actor), uid=uid)
    version = expected_version(request)
    if version not in {None, int(unit.extension or 1)}:
        raise conflict("version.old")
    unit.name, unit.extension = change.name, str(int(unit.extension or 1) + 1)
    unit.save()
    if change.name == "坏":
        raise conflict("unit.refused")
    if change.name == "崩":
        raise RuntimeError("secret inside")
    return shown(unit)


@write(router, "/units", out=UnitOut, permission="staff.manage", status=201)
def add_unit(request: ApiRequest, unit: UnitIn) -> Unit:
    number = new_uid().hex
    made = Unit(kind="team", name=unit.name, code=number[-12:], path=number)
    made.company_id = request.actor.company_id
    made.save()
    return shown(made)  # type: ignore[return-value]


made = app.make_api(lambda word=None: [router])
operation = re_path(r"^(?P<address>[\s\S]*)\Z", app.framed(made.answer), name="operation")
urlpatterns = [path("api/v1/", include(([operation], "api"))), re_path(r"^api(?:/[\s\S]*)?\Z", app.elsewhere)]
