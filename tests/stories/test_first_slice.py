"""From reception to the final ruling, over the pages alone: two salespeople, one customer, one deal."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client

from dingfen.accounts.actor import system_actor
from dingfen.clocks.sweep import sweep
from dingfen.ownership.models import Dispute, Effect, Registration, Ruling
from dingfen.ownership.replay import replay
from dingfen.policies.actions import publish_shipped
from dingfen.wiring import CLOCK_HANDLERS
from tests.cast import NOW, Cast

PHONE = "13812342046"
CUSTOMER = "陈立群"


class Day:
    """The clock of the story, and a signed-in browser for each member of the cast."""

    def __init__(self, cast: Cast, traveller: time_machine.Traveller) -> None:
        self.cast, self.traveller, self.now = cast, traveller, NOW
        self.clients: dict[str, Client] = {}

    def later(self, **length: float) -> None:
        self.now += dt.timedelta(**length)
        self.traveller.move_to(self.now)
        self.clients.clear()  # sessions end within the day
        while sweep(at=self.now, handlers=CLOCK_HANDLERS, jitter=lambda: 0.0).fired:
            pass

    def client(self, who: str, language: str = "zh-hans") -> Client:
        if who not in self.clients:
            staff = getattr(self.cast, who)
            staff.language = language
            staff.save(update_fields=["language"])
            client = Client()
            client.force_login(staff)
            self.clients[who] = client
        return self.clients[who]

    def get(self, who: str, path: str, **query: str) -> str:
        answer: HttpResponse = self.client(who).get(path, query)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.content.decode()

    def post(self, who: str, path: str, status: int = 302, **data: object) -> str:
        answer: HttpResponse = self.client(who).post(path, data)
        assert answer.status_code == status, (path, answer.status_code, answer.content.decode()[-3000:])
        return answer.content.decode()


@pytest.fixture
def day(cast: Cast) -> Iterator[Day]:
    publish_shipped(
        actor=system_actor(cast.company),
        at=NOW - dt.timedelta(days=90),
        unit=cast.company,
        pack="auto-dealer",
    )
    with time_machine.travel(NOW, tick=False) as traveller:
        yield Day(cast, traveller)


def test_from_reception_to_the_final_ruling(day: Day) -> None:
    # Lin asks at reception whether anybody holds the customer, and registers.
    free = day.get("lin", "/reception/check/", phone=PHONE)
    assert "df-ans free" in free
    given = {
        "phone": PHONE,
        "name": CUSTOMER,
        "kind": "walk_in",
        "need": "公务用车",
        "budget": "30 万",
        "grade": "A",
    }
    day.post("lin", "/reception/register/", **given)
    held = Registration.objects.get()
    assert held.holder == day.cast.lin
    assert CUSTOMER in day.get("lin", "/reception/")
    assert "陈" not in day.get("xu", "/reception/")
    assert "陈**" in day.get("lin", "/holdings/")

    # Xu is told the team and the date, and nothing of the customer.
    day.later(days=1)
    answer = day.get("xu", "/reception/check/", phone="138 1234 2046")
    assert "df-ans held" in answer
    assert "大客户一组" in answer
    whom_they_asked_for = re.compile(r'<select[^>]* id="asked_for".*?</select>', re.DOTALL)
    assert len(whom_they_asked_for.findall(answer)) == 1  # every colleague, so it gives nobody away
    answer = whom_they_asked_for.sub("", answer)
    for secret in ("陈", "林可欣", "公务用车"):
        assert secret not in answer
    refused = day.post("xu", "/reception/register/", status=409, **given)
    assert "大客户一组" in refused
    day.get("xu", "/holdings/")
    assert day.client("xu").get(f"/holdings/{held.uid}/").status_code == 404

    # Xu receives without telling, and signs. The system opens the dispute.
    day.later(hours=2)
    page = day.client("xu").post(
        "/deals/new/", {"phone": PHONE, "quantity": "6", "amount": "1,200,000", "reference": "HT-20261119-02"}
    )
    assert page.status_code == 302, page.content.decode()[-2000:]
    dispute = Dispute.objects.select_related("case").get()
    path = f"/disputes/{dispute.case.uid}/"
    assert page["Location"] == path
    assert "举证" in day.get("xu", path)
    assert dispute.case.number in day.get("lin", "/disputes/")

    # Both answer; the rules propose; strangers see nothing, claimants cannot rule.
    day.post(
        "lin", f"{path}answer/", statement="11 月 18 日到店登记，持续跟进。", evidence="试驾协议，存档柜 3"
    )
    day.post("xu", f"{path}answer/", statement="客户到店由我接待并签约。")
    card = day.get("jiang", path)
    assert "林可欣" in card
    assert "df-score" in card
    assert "df-flip" in card
    assert day.client("stranger").get(path).status_code == 404
    assert day.client("shen").get(path).status_code == 403
    assert day.client("xu").post(f"{path}rule/", {"decision": "proposed"}).status_code == 403

    # A departure needs a reason and whole shares; then both heads confirm.
    short = day.post(
        "jiang", f"{path}rule/", status=422, decision="otherwise", holder=day.cast.lin.uid, reason="不同意"
    )
    assert "10" in short
    day.post("jiang", f"{path}rule/", decision="proposed")
    assert "姜若琳" in day.get("gu", path)
    day.post("gu", f"{path}rule/", decision="proposed", reason="跟进连续，同意。")
    first = Ruling.objects.get()
    assert first.as_proposed
    assert {effect.state for effect in first.effects.all()} == {Effect.State.PENDING}
    paper = day.get("lin", f"{path}paper/")
    assert "裁〔2026〕1 号" in paper
    assert "跟进连续" in paper

    # Xu appeals in time; the general manager lets the ruling stand; the effects fall due.
    day.later(hours=30)
    day.post("xu", f"{path}appeal/", grounds="客户指名由我接待，登记簿可证。")
    day.post("fang", f"{path}final/", outcome="stands", reason="经查登记簿无指名记录，维持原裁决。")
    final = Ruling.objects.order_by("pk")[1]
    assert (final.stage, final.outcome) == ("final", "stands")
    assert Effect.State.PENDING not in {effect.state for effect in first.effects.all()}
    assert Registration.objects.get(state="won").holder == day.cast.lin
    assert replay(first)
    assert replay(final)
    for who in ("lin", "fang", "zhou"):
        assert "终裁〔2026〕1 号" in day.get(who, f"{path}paper/")

    # A duty that is due is done by who owes it.
    duty = first.effects.filter(kind="duty", state=Effect.State.DUE).first()
    if duty is not None:
        day.post(duty.staff.username, f"/effects/{duty.uid}/done/")
        duty.refresh_from_db()
        assert duty.state == Effect.State.DONE


def test_the_pages_are_whole_in_english(day: Day) -> None:
    day.client("lin", "en")
    given = {
        "phone": PHONE,
        "name": CUSTOMER,
        "kind": "call",
        "need": "fleet",
        "budget": "300,000",
        "grade": "A",
    }
    assert "Free" in day.get("lin", "/reception/check/", phone=PHONE)
    day.post("lin", "/reception/register/", **given)
    assert "Your customer" in day.get("lin", "/reception/check/", phone=PHONE)
    assert "Holdings" in day.get("lin", "/holdings/")
    day.get("lin", "/pool/")
    day.get("lin", "/disputes/")
    day.get("lin", "/disputes/raise/")
    day.get("lin", f"/holdings/{Registration.objects.get().uid}/")
