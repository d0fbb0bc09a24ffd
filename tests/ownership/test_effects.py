"""What follows from rulings: noted as done, late duties, lines for the payroll."""

from __future__ import annotations

import csv
import datetime as dt
import io
from decimal import Decimal

import pytest
from django.test import Client
from openpyxl import load_workbook

from dingfen.outbox.models import Delivery
from dingfen.ownership.models import Dispute, Effect
from dingfen.ownership.payroll import month_of, pay_lines
from tests.cast import Cast
from tests.ownership.conftest import House
from tests.ownership.test_disputes import ruled

pytestmark = pytest.mark.django_db
NOVEMBER = month_of("2026-11")


def final(house: House) -> None:
    ruled(house)
    house.later(days=6)


def test_a_month_by_person(dealer: House, cast: Cast) -> None:
    final(dealer)
    lines = pay_lines(cast.actor("fang", dealer.now), *NOVEMBER)
    bonus = next(line for line in lines if line.kind == "bonus")
    assert (bonus.staff, bonus.amount, bonus.currency, bonus.done) == (cast.xu, Decimal(600), "CNY", False)
    assert {line.staff for line in lines if line.share} == {cast.lin}
    effect = Effect.objects.get(kind="bonus")
    dealer.act("gu", "done", effect_uid=effect.uid)
    assert next(
        one for one in pay_lines(cast.actor("fang", dealer.now), *NOVEMBER) if one.kind == "bonus"
    ).done
    assert pay_lines(cast.actor("fang", dealer.now), *month_of("2026-10")) == []
    assert pay_lines(cast.actor("fang", dealer.now), *month_of("2026-12")) == []


def test_what_was_due_and_is_reversed_is_a_negative_line(dealer: House, cast: Cast) -> None:
    final(dealer)
    later = dealer.now + dt.timedelta(days=30)
    Effect.objects.filter(kind="bonus").update(state="reversed", reversed_at=later)
    actor = cast.actor("zhou", dealer.now)
    first = [line for line in pay_lines(actor, *NOVEMBER) if line.kind == "bonus"]
    second = [line for line in pay_lines(actor, *month_of("2026-12")) if line.kind == "bonus"]
    assert [line.amount for line in first + second] == [Decimal(600), Decimal(-600)]
    assert sum(line.amount or 0 for line in first + second) == 0


def test_a_fine_is_negative_for_who_may_see_it(dealer: House, cast: Cast) -> None:
    row = dealer.act(
        "jiang",
        "propose_sanction",
        staff=cast.lin.uid,
        code="concealing",
        grounds="接待时未告知归属人，见条目",
    )
    dealer.act("lin", "answer_sanction", sanction_uid=row.case.uid, answer="无异议。")
    dealer.act(
        "fang", "decide_sanction", sanction_uid=row.case.uid, outcome="imposed", reason="本人无异议，情节属实"
    )
    for who, sees in (("fang", 1), ("jiang", 1), ("gu", 0)):
        lines = pay_lines(cast.actor(who, dealer.now), *NOVEMBER)
        assert [line.amount for line in lines] == [Decimal(-100)] * sees


def test_a_late_duty_is_told_to_the_head(dealer: House, cast: Cast) -> None:
    final(dealer)
    duty = Effect.objects.filter(kind="duty", state="due", staff=cast.xu).order_by("due_at")[0]
    assert duty.due_at is not None
    dealer.now = duty.due_at + dt.timedelta(hours=1)
    dealer.later(minutes=1)
    assert Delivery.objects.filter(event="effect.late", recipient=cast.gu).exists()


def test_the_page_and_the_files(dealer: House, cast: Cast) -> None:
    final(dealer)
    client = Client()
    client.force_login(cast.fang)
    page = client.get("/effects/?state=due")
    assert page.status_code == 200 and "600" in page.content.decode()
    version = Dispute.objects.get().policy
    assert version is not None and f'href="/policies/{version.uid}/#OWN-' in page.content.decode()
    rows = [str(uid) for uid in Effect.objects.filter(state="due", kind="duty").values_list("uid", flat=True)]
    assert rows
    assert client.post("/effects/?state=due", {"bulk": "done", "uid": rows}).status_code in (200, 302)
    assert not Effect.objects.filter(state="due", kind="duty").exists()
    sheet = client.get("/effects/payroll/?month=2026-11&export=csv")
    table = list(csv.reader(io.StringIO(b"".join(sheet.streaming_content).decode("utf-8-sig"))))
    assert len(table) == 1 + len(pay_lines(cast.actor("fang", dealer.now), *NOVEMBER))
    book = client.get("/effects/payroll/?month=2026-11&export=xlsx")
    cells = list(load_workbook(io.BytesIO(b"".join(book.streaming_content))).active.values)  # type: ignore[union-attr]
    assert len(cells) == len(table)
    assert client.get("/effects/payroll/?month=x").status_code == 422
