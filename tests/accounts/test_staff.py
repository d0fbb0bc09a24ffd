"""People come, change, leave; each step is an entry."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth import authenticate

from dingfen.accounts import access, actions
from dingfen.accounts.models import RoleGrant, Staff
from dingfen.problems import Problem
from dingfen.register.queries import entries_of
from tests.cast import NOW, Cast

pytestmark = pytest.mark.django_db


def kinds(staff: Staff) -> list[str]:
    return [entry.kind for entry in entries_of(staff.uid)]


def add(cast: Cast, **more: str) -> Staff:
    values = {"username": "Qiao", "name": "乔安", "email": "qiao@yuanlan.example"} | more
    return actions.add_staff(actor=cast.actor("admin"), at=NOW, unit=cast.east, **values)


def test_an_administrator_adds_a_person_without_roles(cast: Cast) -> None:
    staff = add(cast, employee_number="0042")
    assert (staff.username, staff.company, staff.must_change_password) == ("qiao", cast.company, True)
    assert not staff.has_usable_password()
    assert not staff.grants.exists()
    assert kinds(staff) == ["staff.added"]


def test_personal_data_stays_out_of_the_body_of_the_entry(cast: Cast) -> None:
    body = bytes(entries_of(add(cast).uid)[0].body).decode()
    assert "乔安" not in body
    assert "qiao" not in body


@pytest.mark.parametrize(
    ("values", "field", "code"),
    [
        ({"username": "乔安"}, "username", "username.form"),
        ({"username": "LIN"}, "username", "username.taken"),
        ({"name": "  "}, "name", "required"),
        ({"name": "乔" * 61}, "name", "too_long"),
        ({"email": "qiao"}, "email", "email.form"),
        ({"email": "LIN@yuanlan.example"}, "email", "email.taken"),
    ],
)
def test_faults_are_named_by_field(cast: Cast, values: dict[str, str], field: str, code: str) -> None:
    with pytest.raises(Problem) as raised:
        add(cast, **values)
    assert [one for one, _ in raised.value.errors[field]] == [code]
    assert not Staff.objects.filter(name="乔安").exists()


def test_an_employee_number_is_used_once_in_a_company(cast: Cast) -> None:
    add(cast, employee_number="0042")
    with pytest.raises(Problem) as raised:
        add(cast, username="qiao2", email="", employee_number="0042")
    assert list(raised.value.errors) == ["employee_number"]


@pytest.mark.parametrize("name", ["lin", "jiang", "fang", "zhou"])
def test_only_an_administrator_manages_staff(cast: Cast, name: str) -> None:
    with pytest.raises(Problem) as raised:
        actions.change_staff(actor=cast.actor(name), at=NOW, staff=cast.xu, name="新名")
    assert raised.value.status == 403
    assert raised.value.params["roles"] == ["administrator"]


def test_staff_of_another_company_do_not_exist(cast: Cast) -> None:
    with pytest.raises(Problem) as raised:
        actions.change_staff(actor=cast.actor("admin"), at=NOW, staff=cast.stranger, name="新名")
    assert raised.value.status == 404


def test_a_change_names_its_fields_and_an_empty_one_writes_nothing(cast: Cast) -> None:
    admin = cast.actor("admin")
    actions.change_staff(actor=admin, at=NOW, staff=cast.lin, name="林可欣", email=cast.lin.email)
    assert kinds(cast.lin) == []
    staff = actions.change_staff(actor=admin, at=NOW, staff=cast.lin, name="林可馨", unit=cast.west)
    assert (staff.name, staff.unit) == ("林可馨", cast.west)
    assert '"changed":["name"]' in bytes(entries_of(staff.uid)[0].body).decode()


def test_a_temporary_password_works_once_and_must_be_changed(cast: Cast) -> None:
    password = actions.set_temporary_password(actor=cast.actor("admin"), at=NOW, staff=cast.lin)
    cast.lin.refresh_from_db()
    assert cast.lin.must_change_password
    assert cast.lin.check_password(password)
    assert password not in str([bytes(entry.body) for entry in entries_of(cast.lin.uid)])
    actions.note_password_change(actor=cast.actor("lin"), at=NOW, staff=cast.lin)
    cast.lin.refresh_from_db()
    assert not cast.lin.must_change_password
    with pytest.raises(Problem):
        actions.set_temporary_password(actor=cast.actor("admin"), at=NOW, staff=cast.admin)


def test_a_closed_account_cannot_sign_in_until_it_is_opened(cast: Cast) -> None:
    cast.lin.set_password("sieben-Wagen-9")
    cast.lin.save()
    actions.deactivate_staff(actor=cast.actor("admin"), at=NOW, staff=cast.lin)
    assert authenticate(None, username="lin", password="sieben-Wagen-9") is None
    actions.reactivate_staff(actor=cast.actor("admin"), at=NOW, staff=cast.lin)
    assert authenticate(None, username="lin", password="sieben-Wagen-9") == cast.lin
    assert kinds(cast.lin) == ["staff.deactivated", "staff.reactivated"]


def test_a_leaver_loses_roles_tokens_and_delegations_with_the_last_day(cast: Cast) -> None:
    last = dt.date(2026, 11, 20)
    actions.make_token(
        actor=cast.actor("jiang"), at=NOW, name="CRM", scopes=["*"], expires_at=NOW + dt.timedelta(days=90)
    )
    actions.delegate(
        actor=cast.actor("jiang"),
        at=NOW,
        principal=cast.jiang,
        deputy=cast.gu,
        starts_at=NOW,
        ends_at=NOW + dt.timedelta(days=30),
    )
    actions.record_leaver(actor=cast.actor("admin"), at=NOW, staff=cast.jiang, left_on=last)
    evening = dt.datetime(2026, 11, 20, 15, 59, tzinfo=dt.UTC)  # 23:59 in Shanghai
    night = evening + dt.timedelta(minutes=1)
    assert cast.actor("jiang", evening).has("head")
    assert not cast.actor("jiang", night).grants
    assert cast.actor("gu", evening).principals({"head"}, cast.east.path) == (cast.jiang.pk,)
    assert not cast.actor("gu", night).acting_for
    assert cast.jiang.tokens.get().expires_at == night


def test_a_company_keeps_an_administrator(cast: Cast) -> None:
    second = add(cast)
    grant = actions.grant_role(
        actor=cast.actor("admin"), at=NOW, staff=second, role="administrator", unit=cast.company
    )
    actor = cast.actor("admin")
    actions.deactivate_staff(actor=actor, at=NOW, staff=second)
    actions.reactivate_staff(actor=actor, at=NOW, staff=second)
    RoleGrant.objects.filter(staff=cast.admin).update(ends_on=dt.date(2026, 12, 1))
    with pytest.raises(Problem, match="last_administrator"):
        actions.end_role(actor=actor, at=NOW, grant=grant)


def test_nobody_touches_their_own_account_or_roles(cast: Cast) -> None:
    actor = cast.actor("admin")
    with pytest.raises(Problem, match="own_account"):
        actions.deactivate_staff(actor=actor, at=NOW, staff=cast.admin)
    with pytest.raises(Problem, match=r"role\.own"):
        actions.grant_role(actor=actor, at=NOW, staff=cast.admin, role="head", unit=cast.east)


def test_a_role_counts_from_day_to_day(cast: Cast) -> None:
    day = dt.date(2026, 11, 20)
    actions.grant_role(
        actor=cast.actor("admin"),
        at=NOW,
        staff=cast.lin,
        role="head",
        unit=cast.east,
        starts_on=day,
        ends_on=day,
    )
    first = dt.datetime(2026, 11, 19, 16, 0, tzinfo=dt.UTC)  # midnight in Shanghai
    for at, held in ((-1, False), (0, True), (24 * 60 - 1, True), (24 * 60, False)):
        moment = first + dt.timedelta(minutes=at)
        assert cast.actor("lin", moment).has("head", cast.east.path) is held, moment


def test_a_role_stays_within_the_company(cast: Cast) -> None:
    with pytest.raises(Problem) as raised:
        actions.grant_role(
            actor=cast.actor("admin"), at=NOW, staff=cast.lin, role="head", unit=cast.other_company
        )
    assert raised.value.status == 404


def test_profile_is_ones_own(cast: Cast) -> None:
    staff = actions.change_profile(
        actor=cast.actor("lin"), staff=cast.lin, language="en", theme="dark", single_keys=False
    )
    assert (staff.language, staff.theme, staff.single_keys) == ("en", "dark", False)
    with pytest.raises(Problem):
        actions.change_profile(
            actor=cast.actor("xu"), staff=cast.lin, language="en", theme="dark", single_keys=True
        )
    with pytest.raises(Problem) as raised:
        actions.change_profile(
            actor=cast.actor("lin"), staff=cast.lin, language="de", theme="pink", single_keys=True
        )
    assert sorted(raised.value.errors) == ["language", "theme"]


def test_who_can_is_named_and_where(cast: Cast) -> None:
    decision = access.decide(cast.actor("jiang"), "dispute.rule", path=cast.west.path)
    assert (decision.code, decision.params["roles"]) == ("role.elsewhere", ["general_manager", "head"])
    assert access.decide(cast.actor("lin"), "dispute.rule").code == "role.needed"
    assert access.visible_units(cast.actor("lin")) == (cast.east.path,)
    assert access.visible_units(cast.actor("fang")) == (cast.company.path,)
