"""The reception page over HTTP: the rotation, the answer, what is entered; all of it without scripts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from dingfen.accounts.actor import system_actor
from dingfen.ownership.models import Registration
from dingfen.ownership.queries import CHECKS_AN_HOUR
from dingfen.ownership.rotation.models import LateCall, TurnEvent
from dingfen.parties.models import Customer, Relation, Touch
from dingfen.policies.actions import publish_shipped
from dingfen.register.models import Entry, Look
from tests.cast import Cast

SignedIn = Callable[..., Client]
NOON = dt.datetime(2026, 11, 18, 4, 0, tzinfo=dt.UTC)  # Wednesday 12:00 in Shanghai
PAGE = "/reception/"


@pytest.fixture
def desk(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Cast:
    """The dealer's rules in force, noon at the site."""
    monkeypatch.setattr(timezone, "now", lambda: NOON)
    at = NOON - dt.timedelta(days=30)
    publish_shipped(actor=system_actor(cast.company), at=at, unit=cast.company, pack="auto-dealer")
    return cast


def turn(client: Client, **data: Any) -> Any:
    return client.post(f"{PAGE}turn/", data, follow=True)


def register(client: Client, name: str = "陈立群", phone: str = "13812342046", **data: Any) -> Any:
    return client.post(
        f"{PAGE}register/", {"name": name, "phone": phone, "kind": "walk_in", **data}, follow=True
    )


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_the_morning_says_what_to_do(desk: Cast, signed_in: SignedIn) -> None:
    shen = signed_in("shen")
    assert "今天还没有人签到" in text(shen.get(PAGE))
    assert "下一位 · 12:00" in text(turn(shen, step="check_in", staff=desk.lin.uid))
    assert "林可欣已经签到" in text(turn(shen, step="check_in", staff=desk.lin.uid))
    turn(signed_in("xu"), step="check_in")
    page = text(shen.get(PAGE))
    assert page.index("林可欣") < page.index("徐嘉言")
    assert "未接新客户者中签到最早" in page
    assert "OWN-17" in page


def test_each_step_is_a_plain_form(desk: Cast, signed_in: SignedIn) -> None:
    shen = signed_in("shen")
    for who in (desk.lin, desk.xu):
        turn(shen, step="check_in", staff=who.uid)
    panel = text(shen.get(f"{PAGE}?person={desk.lin.uid}"))
    assert all(f'value="{step}"' in panel for step in ("skip", "hand_on", "check_out", "take_back"))
    assert "选择理由" in text(turn(shen, step="skip", staff=desk.lin.uid))
    assert "外出拜访 至 14:30" in text(
        turn(shen, step="skip", staff=desk.lin.uid, reason="visit", until="14:30")
    )
    turn(shen, step="come_back", staff=desk.lin.uid)
    turn(shen, step="hand_on", staff=desk.lin.uid, to=desk.xu.uid)
    slip = TurnEvent.objects.get(kind="handed")
    turn(shen, step="take_back", event=slip.uid)
    turn(shen, step="check_out", staff=desk.lin.uid)
    kinds = list(TurnEvent.objects.order_by("number").values_list("kind", flat=True))
    assert kinds == ["checked_in", "checked_in", "skipped", "returned", "handed", "taken_back", "checked_out"]
    assert turn(shen, step="dance").status_code == 400
    assert turn(signed_in("chen"), step="check_in").status_code == 403


def test_a_walk_in_in_two_fields_goes_to_the_next(desk: Cast, signed_in: SignedIn) -> None:
    shen = signed_in("shen")
    for who in (desk.xu, desk.lin):
        turn(shen, step="check_in", staff=who.uid)
    answer = text(shen.get(PAGE, {"phone": "13812342046", "name": "陈立群"}))
    assert "登记并交给徐嘉言" in answer
    page = text(register(shen, expected=desk.xu.uid))
    assert "由徐嘉言接待；客户卡今天补全" in page
    assert "当日建卡" in page
    held = Registration.objects.get()
    assert (held.holder, held.card_owed) == (desk.xu, True)
    assert TurnEvent.objects.filter(kind="received", staff=desk.xu).exists()


def test_when_another_desk_was_faster_the_new_next_is_shown(desk: Cast, signed_in: SignedIn) -> None:
    shen = signed_in("shen")
    for who in (desk.xu, desk.lin):
        turn(shen, step="check_in", staff=who.uid)
    register(shen, expected=desk.xu.uid)
    late = register(shen, name="方秋实", phone="13912345678", expected=desk.xu.uid)
    assert late.status_code == 409
    assert "现在的下一位是林可欣" in text(late)
    assert "登记并交给林可欣" in text(late)
    assert Customer.objects.count() == 1
    assert register(shen, name="方秋实", phone="13912345678", expected=desk.lin.uid).status_code == 200


def test_out_of_turn_wants_a_reason_at_its_field(desk: Cast, signed_in: SignedIn) -> None:
    shen = signed_in("shen")
    for who in (desk.xu, desk.lin):
        turn(shen, step="check_in", staff=who.uid)
    refused = register(shen, receiver=desk.lin.uid, need="公务用车")
    assert refused.status_code == 422
    assert "写明由他人接待的理由" in text(refused)
    assert 'value="公务用车"' in text(refused)  # nothing typed is lost
    assert register(shen, receiver=desk.lin.uid, turn_reason="asked_for").status_code == 200
    assert Registration.objects.get().holder == desk.lin


def test_a_plate_finds_and_registers(desk: Cast, signed_in: SignedIn) -> None:
    lin = signed_in("lin")
    assert register(lin, name="浙A12345", phone="", who="陈立群").status_code == 200
    customer = Customer.objects.get()
    assert customer.identifiers.get().kind == "plate"
    answer = text(signed_in("xu").get(f"{PAGE}check/", {"name": "浙A·12345", "phone": ""}))
    assert "一位受保护的客户" in answer  # cars are sold on: a plate alone decides nothing
    assert "车牌相同" in answer
    assert "陈立群" not in answer


def test_held_tells_until_when_whom_to_ask_and_why_but_nothing_of_the_customer(
    desk: Cast, signed_in: SignedIn
) -> None:
    register(signed_in("lin"), name="陈立群", phone="13812342046", need="公务用车", grade="A")
    shen = signed_in("shen")
    for who in (desk.xu, desk.lin):
        turn(shen, step="check_in", staff=who.uid)
    before = Look.objects.count()
    asked = {"phone": "13812342046", "name": "陈丽群"}
    answer = text(shen.get(f"{PAGE}check/", asked))
    assert Look.objects.count() == before + 1
    for said in ("保护至", "大客户一组", "请问姜若琳", "手机号相同", "把握", "OWN-4", "归属人在店且空闲"):
        assert said in answer, said
    for hidden in ("陈立群", "公务用车", Customer.objects.get().number, str(Customer.objects.get().uid)):
        assert hidden not in answer
    assert shen.post(f"{PAGE}receive/", {**asked, "kind": "walk_in"}).status_code == 302
    assert Touch.objects.filter(staff=desk.lin).count() == 2  # the holder receives, and keeps the turn
    turn(shen, step="finish", staff=desk.lin.uid)
    turn(shen, step="skip", staff=desk.lin.uid, reason="visit")
    away = text(shen.get(f"{PAGE}check/", asked))
    assert "徐嘉言（下一位，义务接待）" in away
    assert "当天记下洽谈情况" in away
    shen.post(f"{PAGE}receive/", {**asked, "kind": "walk_in", "note": "看新能源车"})
    assert TurnEvent.objects.filter(kind="duty", staff=desk.xu).exists()
    assert Entry.objects.filter(kind="holder.notified").exists()


def test_checks_are_limited_in_rate_and_the_page_says_until_when(desk: Cast, signed_in: SignedIn) -> None:
    shen = signed_in("shen")
    for number in range(CHECKS_AN_HOUR):
        shen.get(f"{PAGE}check/", {"phone": f"138123420{number:02d}", "name": ""})
    answer = text(shen.get(f"{PAGE}check/", {"phone": "13812342099", "name": ""}))
    assert "13:00" in answer
    assert "无人登记" not in answer
    assert Look.objects.filter(kind="conflict.check").count() == CHECKS_AN_HOUR


def test_half_a_number_is_no_question(desk: Cast, signed_in: SignedIn) -> None:
    signed_in("shen").get(f"{PAGE}check/", {"phone": "1381234", "name": ""})
    assert not Look.objects.exists()


def test_the_desk_corrects_what_it_entered_for_another(desk: Cast, signed_in: SignedIn) -> None:
    shen = signed_in("shen")
    turn(shen, step="check_in", staff=desk.lin.uid)
    register(shen)
    touch = Touch.objects.get()
    assert f"/touches/{touch.uid}/correct/" in text(shen.get(PAGE))
    data = {"kind": "call", "reached": "on", "met": "customer", "note": "客户来电"}
    assert shen.post(f"/touches/{touch.uid}/correct/", data).status_code == 302
    first, second = Entry.objects.filter(kind__startswith="touch.").order_by("seq")
    assert second.corrects == first
    page = text(shen.get(PAGE))
    assert f"更正 {first.number}" in page
    assert f"已被 {second.number} 更正" in page or str(second.number) in page
    assert signed_in("xu").get(f"/touches/{touch.uid}/correct/").status_code == 404


def test_a_call_after_closing(desk: Cast, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch) -> None:
    shen = signed_in("shen")
    evening = NOON.replace(hour=12, minute=50)  # 20:50
    monkeypatch.setattr(timezone, "now", lambda: evening)
    assert "下班后来电" in text(shen.get(PAGE))
    data = {"staff": desk.lin.uid, "taken_at": "20:41"}
    assert shen.post(f"{PAGE}late-calls/", data).status_code == 302
    call = LateCall.objects.get()
    monkeypatch.setattr(timezone, "now", lambda: evening + dt.timedelta(hours=12, minutes=20))
    shen = signed_in("shen")
    page = text(shen.get(PAGE))
    assert "夜间来电，先补登" in page
    form = text(shen.get(PAGE, {"late": call.uid, "phone": "13812342046", "name": "陈立群"}))
    assert "登记给林可欣" in form
    assert "补登" in text(register(shen, late=call.uid))
    held = Registration.objects.get()
    assert (held.holder, held.registered_at) == (desk.lin, call.taken_at)
    assert "夜间来电，先补登" not in text(shen.get(PAGE))


def test_the_card_says_what_is_missing_and_where(desk: Cast, signed_in: SignedIn) -> None:
    lin = signed_in("lin")
    register(lin)
    customer = Customer.objects.get()
    card = text(lin.get(f"/customers/{customer.uid}/"))
    assert "制度要求的已填 50%" in card
    assert f"/customers/{customer.uid}/edit/#id_need" in card
    assert text(lin.get("/customers/?card=owed")).count(customer.masked_name) > 0
    lin.post(
        f"/customers/{customer.uid}/edit/",
        {"name": "陈立群", "need": "公务用车", "grade": "H", "version": customer.version},
    )
    card = text(lin.get(f"/customers/{customer.uid}/"))
    assert "制度要求的已填 100%" in card
    assert "H 级：每 3 天跟进一次" in card
    assert customer.masked_name not in text(lin.get("/customers/?card=owed"))


def test_contacts_and_relations_on_the_card(desk: Cast, signed_in: SignedIn) -> None:
    lin = signed_in("lin")
    register(lin)
    register(lin, name="方秋实", phone="13912345678")
    one, other = Customer.objects.order_by("pk")
    path = f"/customers/{one.uid}"
    lin.post(f"{path}/contacts/", {"contact-name": "邵庭", "contact-rank": "3", "contact-chain": "decider"})
    contact = one.contacts.get()
    assert "拍板" in text(lin.get(f"{path}/"))
    lin.post(f"{path}/contacts/{contact.uid}/chain/", {"chain": "user"})
    wrong = lin.post(f"{path}/contacts/{contact.uid}/move/", {"move-to": "K-999999"})
    assert wrong.status_code == 422
    lin.post(f"{path}/contacts/{contact.uid}/move/", {"move-to": other.number, "move-title": "总监"})
    assert "已离任" in text(lin.get(f"{path}/"))
    there = other.contacts.get()
    lin.post(f"/customers/{other.uid}/contacts/{there.uid}/left/")
    lin.post(f"{path}/relations/", {"relation-other": other.number, "relation-kind": "introducer:other"})
    assert "介绍人（老带新）" in text(lin.get(f"{path}/"))
    assert "由本客户介绍" in text(lin.get(f"/customers/{other.uid}/"))
    again = lin.post(
        f"{path}/relations/", {"relation-other": other.number, "relation-kind": "introducer:other"}
    )
    assert "已有记录" in text(again)
    row = Relation.objects.get()
    assert (row.one, row.other) == (other, one)
    lin.post(f"{path}/relations/{row.uid}/end/", {"ends_on": ""})
    row.refresh_from_db()
    assert row.ends_on == dt.date(2026, 11, 18)


def test_who_introduced_them_is_picked_from_ones_own_and_of_others_only_confirmed(
    desk: Cast, signed_in: SignedIn
) -> None:
    """By name one finds whom one sees; a colleague's customer by whole phone alone, counted and without a name."""
    register(signed_in("xu"), "宋知远", "13912340002", need="公务用车", grade="A")
    lin = signed_in("lin")
    register(lin, need="公务用车", grade="A")
    own = Customer.objects.get(registrations__holder=desk.lin)
    found = text(lin.get(f"{PAGE}introducers/", {"introduced_by": "陈立"}))
    assert str(own.uid) in found and "138****2046" in found and "13812342046" not in found
    looks = Look.objects.count()
    for typed in ("宋知远", "1391234", "139123400"):  # a name, parts of a number
        hidden = text(lin.get(f"{PAGE}introducers/", {"introduced_by": typed}))
        assert "您可见的客户中没有" in hidden and "radio" not in hidden
    assert Look.objects.count() == looks
    hidden = text(lin.get(f"{PAGE}introducers/", {"introduced_by": "13912340002"}))
    assert "一位受保护的客户" in hidden and "宋" not in hidden
    assert Look.objects.count() == looks + 1
    register(lin, "沈青云", "13900010002", introduced_by="陈立", introducer=own.uid, need="家用", grade="B")
    register(lin, "温思远", "13700010003", introduced_by="13912340002", need="家用", grade="B")
    pairs = {(row.one.number, row.kind) for row in Relation.objects.select_related("one")}
    other = Customer.objects.get(registrations__holder=desk.xu)
    assert pairs == {(own.number, "introducer"), (other.number, "introducer")}
    unknown = register(lin, "何畅", "13600010004", introduced_by="无此人", need="家用", grade="B")
    assert unknown.status_code == 422 and "何畅" in text(unknown)
