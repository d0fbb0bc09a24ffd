"""`dingfen staff …`: set up companies, units and people, and help who has locked themselves out."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from dingfen.cli.setup import start

if TYPE_CHECKING:
    from dingfen.accounts.actor import Actor
    from dingfen.accounts.models import Staff, Unit


WORDS = {
    "code": "代码 / code",
    "name": "名称或姓名 / name",
    "username": "登录名 / sign-in name",
    "role": "角色，如 salesperson、head / role, such as salesperson or head",
}


def add(parser: argparse.ArgumentParser) -> None:
    parts = parser.add_subparsers(dest="part", metavar="PART", required=True)

    def part(name: str, text: str, work: Callable[[argparse.Namespace], int], *words: str) -> Any:
        sub = parts.add_parser(name, help=text, description=text)
        for word in words:
            sub.add_argument(word, help=WORDS[word])
        sub.set_defaults(run=_guarded(work))
        return sub

    listed = part("list", "列出员工 / list staff", _list)
    listed.add_argument("--company", metavar="CODE", help="公司代码 / code of the company")
    listed.add_argument("--json", action="store_true", help="供程序读取 / for programs")

    company = part("add-company", "添加公司 / add a company", _add_company, "code", "name")
    company.add_argument("--name-en", default="", help="英文名称 / name in English")
    company.add_argument("--time-zone", default="Asia/Shanghai", help="时区 / time zone")

    unit = part("add-unit", "添加单位 / add a unit", _add_unit, "code", "name")
    unit.add_argument(
        "--below", required=True, metavar="COMPANY[/CODE]", help="所属公司或单位 / company or unit"
    )
    unit.add_argument("--kind", required=True, choices=["site", "department", "team"], help="类型 / kind")
    unit.add_argument("--name-en", default="", help="英文名称 / name in English")
    unit.add_argument("--time-zone", default="", help="时区，默认同上级 / time zone, else that above")
    unit.add_argument("--extension", default="", help="分机 / extension")

    person = part(
        "add", "添加员工，显示临时密码 / add a person, show a temporary password", _add, "username", "name"
    )
    person.add_argument(
        "--unit", required=True, metavar="COMPANY[/CODE]", help="所属公司或单位 / company or unit"
    )
    person.add_argument("--role", help=WORDS["role"])
    person.add_argument("--email", default="", help="邮箱 / e-mail")
    person.add_argument("--employee-number", default="", help="工号 / employee number")

    role = part("role", "授予角色 / give a role", _role, "username", "role")
    role.add_argument(
        "--over", required=True, metavar="COMPANY[/CODE]", help="所属公司或单位 / company or unit"
    )

    part("password", "设置临时密码 / give a temporary password", _password, "username")
    part("unlock", "解除登录锁定 / end a lock-out", _unlock, "username")
    leave = part("leave", "记录最后工作日 / record the last day of work", _leave, "username")
    leave.add_argument(
        "--on", required=True, type=dt.date.fromisoformat, metavar="YYYY-MM-DD", help="日期 / date"
    )


def _guarded(work: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    """Run with Django; a refusal is said in words and ends with 1."""

    def run(options: argparse.Namespace) -> int:
        start()
        from dingfen.problems import Problem
        from dingfen.wording import field_errors, problem_text

        try:
            return work(options)
        except Problem as problem:
            print(problem_text(problem), file=sys.stderr)
            for field, texts in field_errors(problem).items():
                print(f"{field}: {' '.join(texts)}", file=sys.stderr)
        except LookupError as error:
            print(f"没有 / no such: {error.args[0]}", file=sys.stderr)
        return 1

    return run


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _system(company: Unit | None) -> Actor:
    from dingfen.accounts.actor import system_actor

    return system_actor(company, "cli")


def _unit(place: str) -> Unit:
    """`YL` is a company, `YL/DK1` a unit of it."""
    from dingfen.accounts.models import Unit

    company, _, code = place.upper().partition("/")
    rows = Unit.objects.select_related("company").filter(company__code=company, company__parent=None)
    found = rows.filter(code=code or company).first()
    if found is None:
        raise LookupError(place)
    return found


def _staff(username: str) -> Staff:
    from dingfen.accounts.models import Staff

    rows = Staff.objects.get_queryset().select_related("unit", "company")
    found = rows.filter(username__iexact=username).first()
    if found is None:
        raise LookupError(username)
    return found


def _list(options: argparse.Namespace) -> int:
    from dingfen.accounts.models import Staff

    rows = Staff.objects.get_queryset().select_related("unit", "company").prefetch_related("grants__unit")
    if options.company:
        rows = rows.filter(company=_unit(options.company))
    for staff in rows.order_by("company__code", "username"):
        roles = [f"{grant.role}@{grant.unit.code}" for grant in staff.grants.all()]
        row = {
            "company": staff.company.code if staff.company else "",
            "username": staff.username,
            "name": staff.name,
            "unit": staff.unit.code if staff.unit else "",
            "roles": roles,
            "active": staff.is_active,
            "left_on": staff.left_on.isoformat() if staff.left_on else None,
        }
        if options.json:
            print(json.dumps(row, ensure_ascii=False))
        else:
            print(f"{row['company']}  {staff.username:<16} {staff.name}  {row['unit']}  {', '.join(roles)}")
    return 0


def _add_company(options: argparse.Namespace) -> int:
    from dingfen.accounts import actions

    unit = actions.create_company(
        actor=_system(None),
        at=_now(),
        name=options.name,
        code=options.code,
        name_en=options.name_en,
        time_zone=options.time_zone,
    )
    print(unit.code)
    return 0


def _add_unit(options: argparse.Namespace) -> int:
    from dingfen.accounts import actions

    parent = _unit(options.below)
    unit = actions.create_unit(
        actor=_system(parent.company),
        at=_now(),
        parent=parent,
        kind=options.kind,
        name=options.name,
        code=options.code,
        name_en=options.name_en,
        time_zone=options.time_zone,
        extension=options.extension,
    )
    print(f"{unit.company.code if unit.company else ''}/{unit.code}")
    return 0


def _add(options: argparse.Namespace) -> int:
    from django.db import transaction

    from dingfen.accounts import actions

    unit = _unit(options.unit)
    actor, at = _system(unit.company), _now()
    with transaction.atomic():
        staff = actions.add_staff(
            actor=actor,
            at=at,
            username=options.username,
            name=options.name,
            unit=unit,
            email=options.email,
            employee_number=options.employee_number,
        )
        if options.role:
            actions.grant_role(actor=actor, at=at, staff=staff, role=options.role, unit=unit)
        print(actions.set_temporary_password(actor=actor, at=at, staff=staff))
    return 0


def _role(options: argparse.Namespace) -> int:
    from dingfen.accounts import actions

    staff, unit = _staff(options.username), _unit(options.over)
    actions.grant_role(actor=_system(staff.company), at=_now(), staff=staff, role=options.role, unit=unit)
    return 0


def _password(options: argparse.Namespace) -> int:
    from dingfen.accounts import actions

    staff = _staff(options.username)
    print(actions.set_temporary_password(actor=_system(staff.company), at=_now(), staff=staff))
    return 0


def _unlock(options: argparse.Namespace) -> int:
    from dingfen.accounts import lockout

    lockout.unlock(_staff(options.username))
    return 0


def _leave(options: argparse.Namespace) -> int:
    from dingfen.accounts import actions

    staff = _staff(options.username)
    actions.record_leaver(actor=_system(staff.company), at=_now(), staff=staff, left_on=options.on)
    return 0
