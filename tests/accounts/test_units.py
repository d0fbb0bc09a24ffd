"""The tree of units."""

from __future__ import annotations

import pytest

from dingfen.accounts import actions
from dingfen.accounts.actor import system_actor
from dingfen.accounts.models import Unit
from dingfen.accounts.units import site_of
from dingfen.problems import Problem
from dingfen.register.models import Book
from dingfen.register.queries import entries_of
from tests.cast import NOW, Cast

pytestmark = pytest.mark.django_db


def create(cast: Cast, parent: Unit, kind: str = "team", **more: str) -> Unit:
    values = {"name": "大客户三组", "code": "DK3"} | more
    return actions.create_unit(actor=cast.actor("admin"), at=NOW, parent=parent, kind=kind, **values)


def test_a_new_unit_hangs_below_and_keeps_the_clock_of_its_site(cast: Cast) -> None:
    unit = create(cast, cast.site)
    assert unit.path == f"{cast.site.path}{unit.pk}/"
    assert unit.time_zone == "Asia/Shanghai"
    assert [entry.kind for entry in entries_of(unit.uid)] == ["unit.added"]


@pytest.mark.parametrize(
    ("kind", "more", "field", "code"),
    [
        ("team", {"code": "dk1"}, "code", "unit.code_taken"),
        ("team", {"code": "组"}, "code", "unit.code_form"),
        ("team", {"name": ""}, "name", "required"),
        ("team", {"time_zone": "Asia/Hangzhou"}, "time_zone", "choice.unknown"),
        ("company", {}, "kind", "choice.unknown"),
        ("site", {}, "kind", "unit.site_in_site"),
    ],
)
def test_faults_of_a_unit(cast: Cast, kind: str, more: dict[str, str], field: str, code: str) -> None:
    with pytest.raises(Problem) as raised:
        create(cast, cast.site, kind, **more)
    assert [one for one, _ in raised.value.errors[field]] == [code]


def test_a_move_takes_everything_below_along(cast: Cast) -> None:
    inner = create(cast, cast.east)
    other = create(cast, cast.company, "site", name="城北展厅", code="CBN", time_zone="Asia/Urumqi")
    moved = actions.move_unit(actor=cast.actor("admin"), at=NOW, unit=cast.east, parent=other)
    inner.refresh_from_db()
    assert moved.path == f"{other.path}{moved.pk}/"
    assert inner.path == f"{moved.path}{inner.pk}/"
    assert site_of(inner) == other
    assert inner.time_zone == "Asia/Urumqi"
    assert cast.actor("jiang").has("head", inner.path), "a role over the unit moves with it"
    cast.east.refresh_from_db()
    with pytest.raises(Problem, match="below_itself"):
        actions.move_unit(actor=cast.actor("admin"), at=NOW, unit=moved, parent=inner)
    with pytest.raises(Problem, match=r"unit\.fixed"):
        actions.move_unit(actor=cast.actor("admin"), at=NOW, unit=other, parent=cast.site)


def test_a_name_changes_and_the_code_stays(cast: Cast) -> None:
    unit = actions.rename_unit(actor=cast.actor("admin"), at=NOW, unit=cast.site, name="城东旗舰店")
    assert (unit.name, unit.code) == ("城东旗舰店", "CDE")


def test_a_unit_with_people_stays_open(cast: Cast) -> None:
    with pytest.raises(Problem, match="has_units"):
        actions.close_unit(actor=cast.actor("admin"), at=NOW, unit=cast.site)
    with pytest.raises(Problem, match="has_staff"):
        actions.close_unit(actor=cast.actor("admin"), at=NOW, unit=cast.east)
    unit = actions.close_unit(actor=cast.actor("admin"), at=NOW, unit=create(cast, cast.site))
    with pytest.raises(Problem, match=r"unit\.closed"):
        create(cast, unit, code="DK4")


def test_only_the_system_founds_a_company(cast: Cast) -> None:
    with pytest.raises(Problem):
        actions.create_company(actor=cast.actor("admin"), at=NOW, name="新公司", code="NEW")
    company = actions.create_company(actor=system_actor(None, "cli"), at=NOW, name="新公司", code="new")
    assert (company.code, company.company_id, company.path) == ("NEW", company.pk, f"/{company.pk}/")
    assert Book.objects.get(site_uid=company.uid).code == "NEW"


def test_a_stranger_sees_no_unit(cast: Cast) -> None:
    assert set(Unit.objects.visible_to(cast.actor("stranger"))) & {cast.company, cast.site} == set()
    with pytest.raises(Problem) as raised:
        actions.rename_unit(actor=cast.actor("stranger"), at=NOW, unit=cast.east, name="x")
    assert raised.value.status == 404
