"""Staff with their teams, sites and heads, as a list of a sales organisation tells them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from uuid import UUID

from dingfen.accounts.actions.roles import grant_role
from dingfen.accounts.actions.staff import add_staff, change_staff
from dingfen.accounts.actions.units import create_unit
from dingfen.accounts.models import Role, RoleGrant, Staff, Unit
from dingfen.imports.loaders.base import CellRefusal, Outcome, RowLoader
from dingfen.imports.rows import Row
from dingfen.imports.values import CellError, folded

_NOT_IN_USERNAME = re.compile(r"[^a-z0-9]+")
_HAN = re.compile(r"[\u4e00-\u9fff]")


class StaffLoader(RowLoader):
    """A row names a person; team, site and head are made when they are not there yet."""

    RENAMED = {"unit": "team"}

    def load(self, rows: Sequence[Row]) -> list[Outcome]:
        outcomes = super().load(rows)
        if outcomes:
            outcomes[0].made += self._general_manager()
        return outcomes

    def finish_row(self, row: Row) -> Outcome:
        outcome = Outcome(row, "done")
        team = self._team(row, outcome)
        there = self._there(row)
        if there is not None and self.context.reader.mapping.duplicates != "update":
            return Outcome(row, "done" if outcome.made else "skipped", outcome.made)
        if there is None:
            there = self._add(row.get("name"), team, row)
            outcome.made.append(("staff", there.uid))
        elif there.unit_id != team.pk:
            change_staff(actor=self.context.actor, at=self.context.at, staff=there, unit=team)
        role = row.get("role", Role.SALESPERSON)
        over = self.context.company if role in _OF_COMPANY else team
        self._grant(there, role, over, outcome)
        return outcome

    def _there(self, row: Row) -> Staff | None:
        """The person by number, account, e-mail or name. Raises CellRefusal when several are called so."""
        for name in ("employee_number", "username", "email", "name"):
            if row.get(name):
                try:
                    return self.context.people.find(str(row.get(name)))
                except CellError as error:
                    if error.code in ("staff.several", "staff.outside"):
                        raise CellRefusal(name, error.code, **error.params) from error
        return None

    def _add(self, name: str, unit: Unit, row: Row | None = None) -> Staff:
        given = row.values if row else {}
        staff = add_staff(
            actor=self.context.actor,
            at=self.context.at,
            username=str(given.get("username") or free_username(name)),
            name=name,
            unit=unit,
            email=str(given.get("email", "")),
            employee_number=str(given.get("employee_number", "")),
        )
        self.context.people.add(staff)
        return staff

    def _grant(self, staff: Staff, role: str, over: Unit, outcome: Outcome) -> None:
        if not RoleGrant.objects.filter(staff=staff, role=role, unit=over).exists():
            grant = grant_role(
                actor=self.context.actor, at=self.context.at, staff=staff, role=role, unit=over
            )
            outcome.made.append(("grant", grant.uid))

    # Units.

    def _team(self, row: Row, outcome: Outcome) -> Unit:
        """The team of the row: the one named, else that of its head within the site."""
        site = self._unit(self.context.unit, Unit.Kind.SITE, row.get("site"), outcome)
        manager = str(row.get("manager"))
        name = row.get("team") or (team_name(manager) if manager else "")
        team = self._unit(site, Unit.Kind.TEAM, name, outcome)
        if manager and not team.grants.filter(role=Role.HEAD).exists():
            try:
                head = self.context.people.find(manager)
            except CellError as error:
                if error.code == "staff.several":
                    raise CellRefusal("manager", error.code, **error.params) from error
                head = self._add(manager, team)
                outcome.made.append(("staff", head.uid))
            self._grant(head, Role.HEAD, team, outcome)
        return team

    def _unit(self, parent: Unit, kind: str, name: str, outcome: Outcome) -> Unit:
        """The unit of that name below `parent`, made when missing; `parent` itself without a name."""
        if not name:
            return parent
        below = Unit.objects.filter(company=self.context.company, path__startswith=parent.path, active=True)
        for unit in below.select_related("company").exclude(pk=parent.pk):
            if folded(name) in (folded(unit.name), folded(unit.name_en)):
                return unit
        unit = create_unit(
            actor=self.context.actor,
            at=self.context.at,
            parent=parent,
            kind=kind,
            name=name,
            code=self._code(kind),
            time_zone=self.context.reader.mapping.dates.zone if kind == Unit.Kind.SITE else "",
        )
        outcome.made.append(("unit", unit.uid))
        return unit

    def _code(self, kind: str) -> str:
        """The next free code of a company: S01, T01 …"""
        letter = kind[0].upper()
        taken = set(Unit.objects.filter(company=self.context.company).values_list("code", flat=True))
        return next(code for number in range(1, 10_000) if (code := f"{letter}{number:02}") not in taken)

    def _general_manager(self) -> list[tuple[str, UUID]]:
        """Somebody must rule in the end: made when the company has none and the mapping names one."""
        name, company = self.context.reader.mapping.general_manager, self.context.company
        if not name or RoleGrant.objects.filter(role=Role.GENERAL_MANAGER, unit=company).exists():
            return []
        staff = self._add(name, company)
        outcome = Outcome(Row(0, {}), "done", [("staff", staff.uid)])
        self._grant(staff, Role.GENERAL_MANAGER, company, outcome)
        return list(outcome.made)


_OF_COMPANY = (Role.GENERAL_MANAGER, Role.COMPLIANCE, Role.POLICY_OWNER, Role.ADMINISTRATOR)


def team_name(manager: str) -> str:
    """What a team is called that is known by its head alone."""
    return f"{manager}组" if _HAN.search(manager) else f"{manager} team"


def free_username(name: str) -> str:
    """An account name from a person's name (pinyin for Chinese ones) that nobody has."""
    from pypinyin import lazy_pinyin  # its tables take a quarter of a second to load

    latin = "".join(lazy_pinyin(name)) if _HAN.search(name) else unicodedata.normalize("NFKD", name)
    base = _NOT_IN_USERNAME.sub(".", latin.casefold()).strip(".")[:24] or "staff"
    base = base if len(base) > 1 else f"{base}.staff"
    taken = set(Staff.objects.filter(username__startswith=base).values_list("username", flat=True))
    return (
        base
        if base not in taken
        else next(f"{base}{n}" for n in range(2, 10_000) if f"{base}{n}" not in taken)
    )
