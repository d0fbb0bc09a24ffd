"""The people of the tests.

Yuanlan Cars (远澜汽车) with one site and two teams; Xinghe Media (星河传媒) is another company.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from dingfen.accounts.actor import Actor, actor_for
from dingfen.accounts.models import Role, RoleGrant, Staff, Unit
from dingfen.accounts.units import add_unit

NOW = dt.datetime(2026, 11, 18, 2, 0, tzinfo=dt.UTC)  # Wednesday 10:00 in Shanghai


@dataclass
class Cast:
    company: Unit
    site: Unit
    east: Unit
    west: Unit
    other_company: Unit
    lin: Staff  # salesperson, east
    xu: Staff  # salesperson, west
    jiang: Staff  # head, east
    gu: Staff  # head, west
    fang: Staff  # general manager
    shen: Staff  # receptionist
    chen: Staff  # service agent
    zhou: Staff  # compliance
    tang: Staff  # policy owner
    admin: Staff  # administrator
    stranger: Staff  # salesperson of the other company

    def actor(self, name: str, at: dt.datetime = NOW) -> Actor:
        """The actor for a member of the cast by name."""
        return actor_for(getattr(self, name), at)


def person(username: str, name: str, unit: Unit, role: str, over: Unit) -> Staff:
    staff = Staff.objects.create_user(
        username=username,
        email=f"{username}@yuanlan.example",
        name=name,
        company=unit.company or unit,
        unit=unit,
    )
    RoleGrant.objects.create(staff=staff, role=role, unit=over)
    return staff


def make_cast() -> Cast:
    company = add_unit(None, "company", "远澜汽车", "YL", name_en="Yuanlan Cars")
    site = add_unit(
        company, "site", "城东展厅", "CDE", name_en="East City showroom", time_zone="Asia/Shanghai"
    )
    east = add_unit(site, "team", "大客户一组", "DK1", name_en="Key accounts 1")
    west = add_unit(site, "team", "大客户二组", "DK2", name_en="Key accounts 2")
    other = add_unit(None, "company", "星河传媒", "XH", name_en="Xinghe Media")
    other_site = add_unit(other, "site", "总部", "XHS", time_zone="Asia/Shanghai")
    return Cast(
        company=company,
        site=site,
        east=east,
        west=west,
        other_company=other,
        lin=person("lin", "林可欣", east, Role.SALESPERSON, east),
        xu=person("xu", "徐嘉言", west, Role.SALESPERSON, west),
        jiang=person("jiang", "姜若琳", east, Role.HEAD, east),
        gu=person("gu", "顾怀远", west, Role.HEAD, west),
        fang=person("fang", "方正平", company, Role.GENERAL_MANAGER, company),
        shen=person("shen", "沈一诺", site, Role.RECEPTIONIST, site),
        chen=person("chen", "陈晨", site, Role.AGENT, site),
        zhou=person("zhou", "周敏", company, Role.COMPLIANCE, company),
        tang=person("tang", "唐佳", company, Role.POLICY_OWNER, company),
        admin=person("admin", "何子墨", company, Role.ADMINISTRATOR, company),
        stranger=person("stranger", "苏曼", other_site, Role.SALESPERSON, other),
    )
