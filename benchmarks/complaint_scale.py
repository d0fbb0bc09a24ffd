"""200,000 complaints with 2 million entries on the embedded database: pages, search, and a sweep of deadlines.

`python -m benchmarks.complaint_scale [COMPLAINTS]`. Some thousand complaints are made through the product, with
ten entries each; the rest are copies of their rows under other ids, with one word of their own, so the register
of this house proves nothing. Pages are read in this process: processor time, which other work shifts least.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.report import report

OWN, ENTRIES, TURNS = 2000, 10, 40
CLOCKS = 1_000_000
TOLD = ("退款一直没有到账", "送货晚了三天", "屏幕有划痕", "客服没有回电话", "安装师傅没有来", "账单多扣了一笔",
        "保修被拒绝", "门店态度差", "押金没有退", "零件等了很久")  # fmt: skip
GOALS = {"queue": 50, "queue.mine": 50, "search.rare": 50, "search.common": 100, "record": 80}


def main(wanted: int) -> int:
    home = Path("build/bench").resolve() / f"complaints-{wanted}"
    home.mkdir(parents=True, exist_ok=True)
    os.environ["DINGFEN_HOME"], os.environ["DJANGO_SETTINGS_MODULE"] = str(home), "dingfen.settings"
    os.environ.pop("DATABASE_URL", None)
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.utils import timezone

    from dingfen.cases.models import Case
    from dingfen.clocks.upkeep import gather_all_statistics

    settings.ALLOWED_HOSTS = ["*"]
    call_command("migrate", verbosity=0)
    if Case.objects.count() < wanted:
        _fill(wanted)
    gather_all_statistics(timezone.now())  # as after every migration: a new index is not believed in without
    _pages()
    _sweep()
    return 0


def _fill(wanted: int) -> None:
    from django.db import connection, transaction
    from django.utils import timezone

    now = timezone.now()
    connection.durable = False  # type: ignore[attr-defined]
    with transaction.atomic():
        company, agent = _house(now)
        _own(company, agent, now)
    times = wanted // OWN - 1
    for table, changes in _copies().items():
        begun = time.perf_counter()
        _copy(table, changes, times)
        print(f"  {table} {time.perf_counter() - begun:.0f} s", file=sys.stderr, flush=True)


def _house(now: dt.datetime) -> tuple[Any, Any]:
    from dingfen.accounts.actor import system_actor
    from dingfen.accounts.models import Role, RoleGrant, Staff
    from dingfen.accounts.units import add_unit
    from dingfen.policies.actions import publish_shipped

    company = add_unit(None, "company", "云川家电", "YC", name_en="Yunchuan", time_zone="Asia/Shanghai")
    site = add_unit(company, "site", "客服中心", "KF")
    agent = Staff.objects.create_user(
        username="agent", email="agent@yunchuan.example", name="陈晨", company=company, unit=site
    )
    RoleGrant.objects.create(staff=agent, role=Role.AGENT, unit=site)
    publish_shipped(
        actor=system_actor(company, "bench"), at=now - dt.timedelta(days=900), unit=company,
        pack="company-complaints", applies_to_history_from=now - dt.timedelta(days=2000),
    )  # fmt: skip
    return site, agent


def _own(site: Any, agent: Any, now: dt.datetime) -> None:
    """Complaints through the product's own way in, one in ten open, and more entries for each."""
    from dingfen.accounts.actor import system_actor
    from dingfen.accounts.books import book_of
    from dingfen.complaints.actions.intake import Complainant
    from dingfen.complaints.history import Line, take_over
    from dingfen.complaints.rules import past_rules
    from dingfen.register.append import NewEntry, append_many

    dice, rules, actor = Random(5), past_rules(), system_actor(site.company, "bench")
    book = book_of(site, at=now, actor_id=actor.uid)
    for start in range(0, OWN, 500):
        lines = []
        for number in range(start, start + 500):
            received = now - dt.timedelta(minutes=dice.randrange(60, 500_000))
            is_open = number % 10 == 0
            lines.append(Line(
                unit=site, channel=dice.choice(("phone", "web", "mail")), received_at=received,
                text="，".join(dice.sample(TOLD, 3)) + "，请尽快处理。", matter=dice.choice(TOLD), import_row="",
                who=Complainant(name=f"客户{number}", phone=f"139{number:08d}"),
                state="open" if is_open else "closed_accepted",
                closed_at=None if is_open else min(received + dt.timedelta(days=2), now), handler=agent,
            ))  # fmt: skip
        made = take_over(actor=actor, at=now, lines=lines, rules=rules)
        append_many(
            NewEntry(book=book, kind="complaint.noted", actor_id=agent.uid, occurred_at=now, recorded_at=now,
                     subject=("complaint", one.complaint.case.uid), facts={"note": str(turn)})
            for one in made for turn in range(ENTRIES - 1)
        )  # fmt: skip


def _copies() -> dict[str, dict[str, str]]:
    """Table -> column: what a copy has there. {k} is the number of the copy, {own} how many rows there are."""
    uid = "printf('%08x', {k}) || substr({c}, 9)"
    later, case = "{c} + {k} * {own}", f"{{c}} + {{k}} * {OWN}"
    earlier = "strftime('%Y-%m-%d %H:%M:%f', {c}, '-' || {k} || ' minutes')"
    return {
        "parties_subjectkey": {"subject_uid": uid},
        "cases_case": {"id": later, "uid": uid, "number": "{c} || '-' || {k}", "opened_at": earlier},
        "complaints_complaint": {"case_id": case},
        "cases_message": {"id": later, "uid": uid, "case_id": case},
        "complaints_issue": {"id": later, "uid": uid, "complaint_id": case},
        "complaints_event": {"id": later, "complaint_id": case},
        "clocks_clock": {"id": later, "uid": uid, "subject_uid": uid},
        "parties_searchtext": {"id": later, "record_uid": uid, "record_id": case,
                               "text": "{c} || ' zz' || ({k} * 10000 + record_id)"},
        "register_entry": {"seq": later, "uid": uid, "subject_uid": uid, "number": later, "leaf": "randomblob(32)"},
    }  # fmt: skip


def _copy(table: str, changes: dict[str, str], times: int) -> None:
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT name FROM pragma_table_info('{table}')")
        columns = [row[0] for row in cursor.fetchall()]
        cursor.execute(f"SELECT max({columns[0]}) - min({columns[0]}) + 1, count(*) FROM {table}")
        span, own = cursor.fetchone() if table != "parties_subjectkey" else (0, 0)
        own = max(span or 0, own)
        told = [changes.get(name, "{c}").format(k="k.n", own=own, c=f"t.{name}") for name in columns]
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) "
            f"WITH RECURSIVE k(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM k WHERE n < {times}) "
            f"SELECT {', '.join(told)} FROM k CROSS JOIN {table} t WHERE t.rowid IN (SELECT rowid FROM {table})"
        )


def _pages() -> None:
    from django.test import Client

    from dingfen.accounts.models import Staff
    from dingfen.complaints.models import Complaint

    client = Client()
    client.force_login(Staff.objects.get(username="agent"))
    own = list(Complaint.objects.order_by("pk").values_list("case__uid", flat=True)[:TURNS])
    last = Complaint.objects.order_by("-pk").values_list("pk", flat=True)[0]
    rare = [f"zz{(1 + n % (last // OWN - 1)) * 10000 + 1 + n}" for n in range(TURNS)]
    reads: dict[str, Callable[[int], str]] = {
        "queue": lambda n: "/complaints/",
        "queue.mine": lambda n: "/complaints/?view=mine",
        "search.rare": lambda n: f"/complaints/?view=all&words={rare[n]}",
        "search.common": lambda n: "/complaints/?view=all&words=" + TOLD[n % len(TOLD)][:2],
        "record": lambda n: f"/complaints/{own[n]}/",
    }
    for name, address in reads.items():
        spent = []
        client.get(address(0))
        for n in range(TURNS):
            begun = time.process_time()
            answer = client.get(address(n))
            spent.append((time.process_time() - begun) * 1000)
            if answer.status_code != 200:
                raise SystemExit(f"{address(n)}: {answer.status_code}")
        spent.sort()
        report(f"complaints.{name}", round(spent[int(TURNS * 0.95) - 1], 1), "ms CPU p95", GOALS[name],
               p50=round(spent[TURNS // 2], 1), complaints=last)  # fmt: skip


def _sweep() -> None:
    """The cost of a pass with so many deadlines open and a few due, beside one with few open."""
    from django.db import connection, transaction
    from django.utils import timezone

    from dingfen.clocks.models import Clock
    from dingfen.clocks.sweep import sweep

    class Undo(Exception):
        """Takes the made-up deadlines back."""

    def handler(clock: Clock, step: str, at: dt.datetime) -> None:
        """Nothing to do: the cost of the pass itself."""

    handlers = dict.fromkeys(Clock.objects.values_list("kind", flat=True).distinct(), handler) | {
        "bench": handler
    }
    now = timezone.now()
    while sweep(at=now, handlers=handlers, jitter=lambda: 0.0).fired:
        pass  # what the house itself has due
    company = Clock.objects.values_list("company_id", flat=True)[0]
    found: list[float] = []
    for before, count in pairwise((0, 10_000, CLOCKS)):
        try:
            with transaction.atomic():
                _deadlines(connection, company, now, before, count)
                begun = time.process_time()
                fired = sweep(at=now, handlers=handlers, jitter=lambda: 0.0).fired
                found.append((time.process_time() - begun) * 1000)
                if fired != 100:
                    raise SystemExit(f"{fired} fired, not 100")
                raise Undo
        except Undo:
            pass
    report("clocks.sweep.hundred_due", round(found[1] / found[0], 2), "of the CPU, a million open", 1.5,
           ms_few=round(found[0], 1), ms_many=round(found[1], 1))  # fmt: skip


def _deadlines(connection: Any, company: int, now: dt.datetime, before: int, count: int) -> None:
    """`count` open deadlines of next year, a hundred of them due now."""
    soon, due = now + dt.timedelta(days=365), now - dt.timedelta(minutes=1)
    step = '[{"at": "%s", "step": "breach"}]'
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO clocks_clock (uid, kind, subject_type, subject_uid, state, started_at, deadline, next_at,
                 steps, article, pack_digest, params, pause_reason, attempts, error, company_id)
               WITH RECURSIVE k(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM k WHERE n < %s)
               SELECT lower(hex(randomblob(16))), 'bench', 'bench', lower(hex(randomblob(16))), 'running', %s,
                 CASE WHEN n <= 100 THEN %s ELSE %s END, CASE WHEN n <= 100 THEN %s ELSE %s END,
                 CASE WHEN n <= 100 THEN %s ELSE %s END, '', '', '{}', '', 0, '', %s FROM k""",
            [count, *(_text(one) for one in (now, due, soon, due, soon)), step % due.isoformat(),
             step % soon.isoformat(), company],
        )  # fmt: skip


def _text(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).replace(tzinfo=None).isoformat(" ")


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000))
