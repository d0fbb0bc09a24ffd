"""A sales house with many customers, made through the same bulk functions as an import.

`python -m benchmarks.seed CUSTOMERS` prepares the house of DINGFEN_HOME (unless it is there) and prints, as JSON,
fresh tokens and sessions of some of its people. Customers are invented; every twentieth hold is disputed.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import cache
from itertools import islice
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dingfen.accounts.actor import Actor
    from dingfen.accounts.models import Staff, Unit

ROOT = Path(__file__).resolve().parents[1]
CUSTOMERS = int(os.environ.get("BENCH_CUSTOMERS", "100000"))
TEAMS, SELLERS, BATCH, DISPUTED = 8, 48, 500, 20
# seller and head of a team that registers nothing more
PEOPLE = {"seller": "seller5", "head": "head5", "manager": "manager", "agent": "agent"}
REGISTERING = [f"seller{n}" for n in range(SELLERS) if n % TEAMS < 4]


@cache
def house(folder: Path, customers: int = CUSTOMERS) -> tuple[Path, dict[str, Any]]:
    """The data folder of a house with so many customers, and `tokens` and `sessions` by person.

    Made once and kept; the parts of one run share it and its people.
    """
    home = (folder / f"house-{customers}").resolve()
    home.mkdir(parents=True, exist_ok=True)
    return home, json.loads(_child(home, str(customers)).splitlines()[-1])


def _child(home: Path, *arguments: str) -> str:
    environment = os.environ | {"DINGFEN_HOME": str(home)}
    environment.pop("DATABASE_URL", None)
    environment["PYTHONPATH"] = f"{ROOT / 'src'}{os.pathsep}{ROOT}"
    command = [sys.executable, "-m", "benchmarks.seed", *arguments]
    return subprocess.run(
        command, env=environment, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True
    ).stdout


def main(customers: int) -> None:
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "dingfen.settings"
    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from dingfen.accounts.models import Limit
    from dingfen.clocks.upkeep import gather_all_statistics
    from dingfen.parties.models import Customer

    if _behind():
        call_command("migrate", verbosity=0)
    if Customer.objects.count() < customers:
        _fill(customers)
    _desk(timezone.now())
    Limit.objects.all().delete()  # an earlier run's conflict checks don't count
    gather_all_statistics(timezone.now())
    print(json.dumps({"tokens": _tokens(), "sessions": _sessions()}))


def _behind() -> bool:
    """Whether the house was made at another schema than today's."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _fill(customers: int) -> None:
    from django.db import connection, transaction
    from django.utils import timezone

    from dingfen.accounts.actor import system_actor
    from dingfen.ownership.rules import past_rules
    from dingfen.policies.actions import publish_shipped

    connection.durable = False  # type: ignore[attr-defined]  # nothing here needs to survive a power cut
    now = timezone.now()
    with transaction.atomic():
        company, sellers = _organisation()
        publish_shipped(
            actor=system_actor(company, "bench"), at=now - dt.timedelta(days=400), unit=company, pack="auto-dealer",
            applies_to_history_from=now - dt.timedelta(days=800),
        )  # fmt: skip
    random, rules, actor = Random(7), past_rules(), system_actor(company, "bench")
    begun, wanted = time.perf_counter(), _people(random)
    for start in range(0, customers, BATCH):
        with transaction.atomic():
            _batch(list(islice(wanted, min(BATCH, customers - start))), sellers, random, actor, now, rules)
        if start % 10_000 == 0:
            print(f"  seeding {start} … {time.perf_counter() - begun:.0f} s", file=sys.stderr, flush=True)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _organisation() -> tuple[Unit, list[Staff]]:
    """One company, two sites, teams with a head and salespeople each."""
    from dingfen.accounts.models import Role
    from dingfen.accounts.units import add_unit

    company = add_unit(None, "company", "云川汽车", "YC", name_en="Yunchuan Cars", time_zone="Asia/Shanghai")
    sites = [
        add_unit(company, "site", f"{name}展厅", code) for name, code in (("南山", "NS"), ("北岸", "BA"))
    ]
    teams = [
        add_unit(sites[n % 2], "team", f"销售{n + 1}组", f"T{n}", extension=f"80{n:02d}")
        for n in range(TEAMS)
    ]
    _person("manager", "总经理", company, Role.GENERAL_MANAGER)
    for number, team in enumerate(teams):
        _person(f"head{number}", f"主管{number}", team, Role.HEAD)
    return company, [
        _person(f"seller{number}", f"顾问{number}", teams[number % TEAMS], Role.SALESPERSON)
        for number in range(SELLERS)
    ]


def _desk(now: dt.datetime) -> None:
    """An agent who receives complaints, and the rules for them, unless they are there."""
    from django.db import transaction

    from dingfen.accounts.actor import system_actor
    from dingfen.accounts.models import Role, Staff, Unit
    from dingfen.policies.actions import publish_shipped

    if Staff.objects.filter(username="agent").exists():
        return
    company = Unit.objects.get(kind=Unit.Kind.COMPANY)
    with transaction.atomic():
        _person("agent", "客服", Unit.objects.get(code="NS"), Role.AGENT)
        publish_shipped(
            actor=system_actor(company, "bench"), at=now, unit=company, pack="company-complaints",
            applies_to_history_from=now - dt.timedelta(days=800),
        )  # fmt: skip


def _person(username: str, name: str, unit: Unit, role: str) -> Staff:
    from dingfen.accounts.models import RoleGrant, Staff

    staff = Staff.objects.create_user(
        username=username,
        email=f"{username}@yunchuan.example",
        name=name,
        company=unit.company or unit,
        unit=unit,
    )
    RoleGrant.objects.create(staff=staff, role=role, unit=unit)
    return staff


def _people(random: Random) -> Iterator[dict[str, Any]]:
    """Details of customers, each with a number of its own."""
    from dingfen.demo.names import car_buyers

    for number, one in enumerate(car_buyers(random)):
        phones = (f"139{number:08d}",)
        plates = (one.plate,) if one.plate and number % 3 == 0 else ()
        yield {
            "kind": one.kind, "name": one.name, "phones": phones, "plates": plates, "contact_name": one.contact,
            "grade": random.choice("HABC"), "source": random.choice(("walk_in", "call")), "profile": {"need": one.need},
        }  # fmt: skip


def _batch(
    wanted: list[dict[str, Any]],
    sellers: list[Staff],
    random: Random,
    actor: Actor,
    now: dt.datetime,
    rules: Any,
) -> None:
    from dingfen.ownership.actions import open_by_system
    from dingfen.ownership.bulk import Line, take_over
    from dingfen.parties.details import Details
    from dingfen.parties.registering import NewParty, register_parties

    holders = [random.choice(sellers) for _ in wanted]
    new = [
        NewParty(unit=_unit(staff), details=Details(**one), created_by_id=staff.pk)
        for one, staff in zip(wanted, holders, strict=True)
    ]
    lines = []
    for number, (customer, staff) in enumerate(zip(register_parties(new, at=now), holders, strict=True)):
        held = number % 4 == 0  # a quarter are in force today, the others have lapsed
        opened = now - dt.timedelta(minutes=random.randrange(1, 600 if held else 400_000))
        lines.append(
            Line(
                customer=customer,
                staff=staff,
                outcome="open",
                opened_at=opened,
                closed_at=None,
                import_row="",
            )
        )
    made = take_over(actor=actor, at=now, lines=lines, rules=rules)
    holds = (one.registration for one in made if one.registration and one.registration.state == "held")
    for hold in islice(holds, 0, None, DISPUTED):
        claimants = [hold.holder, random.choice(sellers)]
        open_by_system(
            actor=actor,
            at=now,
            claimants=claimants,
            origin="overlap",
            registration=hold,
            imported=True,
        )


def _unit(staff: Staff) -> Unit:
    assert staff.unit is not None
    return staff.unit


def _staff(username: str) -> Staff:
    from dingfen.accounts.models import Staff

    return Staff.objects.select_related("unit", "company").get(username=username)


def _tokens() -> dict[str, str]:
    """A token of each person by name, and of each salesperson by username."""
    from django.utils import timezone

    from dingfen.accounts.actions import make_token
    from dingfen.accounts.actor import actor_for

    now, wanted = timezone.now(), PEOPLE | {name: name for name in (f"seller{n}" for n in range(SELLERS))}
    return {
        name: make_token(
            actor=actor_for(_staff(username), now), at=now, name="bench", scopes=["*"],
            expires_at=now + dt.timedelta(days=1),
        )[1]
        for name, username in wanted.items()
    }  # fmt: skip


def _sessions() -> dict[str, str]:
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    keys = {}
    for person, username in PEOPLE.items():
        staff, session = _staff(username), SessionStore()
        session[SESSION_KEY], session[HASH_SESSION_KEY] = str(staff.pk), staff.get_session_auth_hash()
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session.save()
        keys[person] = str(session.session_key)
    return keys


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else CUSTOMERS)
