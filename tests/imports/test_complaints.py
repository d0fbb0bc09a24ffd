"""Complaint files come in through the shipped mappings; the clocks of their time say what was late."""

from __future__ import annotations

import csv
import datetime as dt
import io

import pytest
from django.utils import timezone, translation

from dingfen.accounts.actions.units import create_company
from dingfen.accounts.actor import Actor, system_actor
from dingfen.cases import thread
from dingfen.clocks.models import Clock
from dingfen.clocks.sweep import sweep
from dingfen.complaints.models import Complaint
from dingfen.imports import actions, errors, running, shipped
from dingfen.imports.models import ImportJob
from dingfen.outbox.models import Delivery
from dingfen.parties import search
from dingfen.policies.actions import publish_shipped
from dingfen.register.models import Entry
from dingfen.wiring import CLOCK_HANDLERS
from tests import lookalike
from tests.imports.conftest import Run

HISTORY = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


def house(pack: str, zone: str = "Asia/Shanghai") -> Actor:
    at = timezone.now()
    company = create_company(actor=system_actor(None), at=at, name="某银行", code="YH", time_zone=zone)
    actor = system_actor(company)
    publish_shipped(actor=actor, at=at, unit=company, pack=pack, applies_to_history_from=HISTORY)
    return actor


def bring(run: Run, actor: Actor, content: bytes, mapping: str, **more: bool) -> ImportJob:
    return run(actor, "complaints", content, shipped.text_of(mapping), **more)


def test_bank_complaints_are_replayed_by_the_rules_of_their_time(import_file: Run) -> None:
    actor, content = house("us-cfpb", "America/New_York"), lookalike.bank_file()
    source = {row["Complaint ID"]: row for row in csv.DictReader(io.StringIO(content.decode()))}
    said_late = {number for number, row in source.items() if row["Timely response?"] == "No"}
    going_on = {number for number, row in source.items() if not row["Timely response?"]}

    tried = bring(import_file, actor, content, "complaints-cfpb", dry=True)
    assert (tried.state, tried.done, Complaint.objects.count()) == ("ready", 60, 0)
    job = bring(import_file, actor, content, "complaints-cfpb")
    assert (job.state, job.done, job.failed) == ("done", 60, 0)

    clocks = Clock.objects.filter(kind="complaint.first_answered")
    uids = {clock.subject_uid: clock for clock in clocks}
    for row in Complaint.objects.select_related("case", "policy"):
        number = row.references.get().number
        clock, told = uids[row.case.uid], source[number]
        day = dt.date.fromisoformat(told["Date received"]) + dt.timedelta(days=16)
        assert clock.deadline.astimezone(clock_zone()).date() == day, "15 days, the last one whole"
        wanted = "met_late" if number in said_late else "breached" if number in going_on else "met"
        assert clock.state == wanted
        assert row.case.number.startswith(f"C-{told['Date received'][:4]}-")
    assert job.report["found"]["first_answered.late"] == len(said_late)
    assert job.report["found"]["first_answered.overdue"] == len(going_on)
    entry = Entry.objects.filter(kind="complaint.received").first()
    assert entry is not None and entry.imported
    with translation.override("en"):
        assert f"{len(said_late) + 3 * len(going_on)} deadlines" in errors.summary(job)

    while sweep(at=timezone.now(), handlers=CLOCK_HANDLERS, jitter=lambda: 0.0).fired:
        pass
    assert not Delivery.objects.filter(event__startswith="complaint.").exists(), "the past tells nobody"
    again = bring(import_file, actor, content, "complaints-cfpb")
    assert (again.done, again.skipped, Complaint.objects.count()) == (0, 60, 60)


def clock_zone() -> dt.tzinfo:
    from zoneinfo import ZoneInfo

    return ZoneInfo("America/New_York")


def test_petitions_keep_their_words_and_answers(import_file: Run) -> None:
    actor = house("company-complaints")
    job = bring(import_file, actor, lookalike.petitions_file(), "petitions-zh")
    assert (job.state, job.done, job.failed) == ("done", 3, 0)
    rows = {row.references.get().number: row for row in Complaint.objects.select_related("case")}
    said, answer = rows["9001"].case.messages.order_by("pk")
    assert thread.text_of(said) == "小区门口的路灯坏了一个月，\n晚上看不见路。"
    assert (answer.direction, thread.text_of(answer)) == ("out", "已更换，谢谢您。")
    assert [rows[number].state for number in ("9001", "9002", "9003")] == [
        "closed_open",
        "closed_open",
        "received",
    ]
    decided = {row.case.uid: row for row in rows.values()}
    states = {
        rows[n].case.uid: Clock.objects.get(subject_uid=rows[n].case.uid, kind="complaint.decided").state
        for n in rows
    }
    assert [states[rows[n].case.uid] for n in ("9001", "9002", "9003")] == ["met", "met_late", "breached"]
    assert len(decided) == 3
    hits = search.search(actor, "路灯")
    assert [hit.uid for hit in hits] == [rows["9001"].case.uid]


def test_car_complaints_in_gbk_name_the_row_at_fault_and_can_be_taken_back(import_file: Run) -> None:
    actor = house("company-complaints")
    job = bring(import_file, actor, lookalike.car_file(), "complaints-car-zh")
    assert (job.encoding, job.state, job.done, job.failed) == ("GB18030", "done_errors", 3, 1)
    with translation.override("zh-hans"):
        assert list(errors.table(job))[1][-1].startswith("第 5 行")
    worked = Complaint.objects.get(references__number="70001")
    Complaint.objects.filter(pk=worked.pk).update(version=2)
    actions.undo(actor=actor, at=timezone.now(), job_uid=job.uid)
    job = running.run_to_end(job, timezone.now)
    assert job.report["undo"] == {"blocked": 1, "undone": 2}
    assert sorted(Complaint.objects.values_list("state", flat=True)) == ["received", "void", "void"]
    assert search.search(actor, "中控黑屏") == []
    again = bring(import_file, actor, lookalike.car_file(), "complaints-car-zh")
    assert (again.done, again.skipped, again.failed) == (2, 1, 1)


def test_a_class_the_rules_do_not_know_is_named(import_file: Run) -> None:
    content = lookalike.bank_file(3).replace(b"Mortgage", b"Umbrellas").replace(b"Student loan", b"Umbrellas")
    content = content.replace(b"Debt collection", b"Umbrellas").replace(
        b"Credit card or prepaid card", b"Umbrellas"
    )
    job = bring(import_file, house("us-cfpb"), content.replace(b"Checking or savings account", b"Umbrellas"),
                "complaints-cfpb")  # fmt: skip
    assert (job.failed, {one.errors[0]["code"] for one in errors.failed(job)}) == (3, {"complaint.no_class"})


@pytest.mark.parametrize(
    "name", ["complaints-cfpb", "complaints-cfpb-narratives", "petitions-zh", "complaints-car-zh"]
)
def test_shipped_mappings_can_be_read(name: str) -> None:
    from dingfen.imports.mapping import parse

    assert parse(shipped.text_of(name)).kind == "complaints"
