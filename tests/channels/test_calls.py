"""Telephone: a switchboard tells of calls and is answered; told twice it is one; the form opens filled."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from standardwebhooks.webhooks import Webhook

from dingfen.accounts.actor import system_actor
from dingfen.channels import erasing
from dingfen.channels.models import Account, PhoneCall
from dingfen.channels.phone.calls import number_of
from dingfen.channels.phone.directory import caller
from dingfen.complaints.models import Complaint
from dingfen.ownership.callers import held as source
from dingfen.ownership.models import Registration
from dingfen.policies.actions import publish_shipped
from tests.cast import Cast
from tests.channels.conftest import make_account
from tests.complaints.conftest import SAID, Desk
from tests.web.conftest import hold

pytestmark = pytest.mark.django_db
TOKEN = "a-token-of-the-switchboard-9"
SECRET = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NUMBER = "13912340077"


@pytest.fixture
def board(cast: Cast) -> Account:
    return make_account(cast, "phone", secret={"token": TOKEN, "secret": SECRET})


def tell(board: Account, token: str = TOKEN, **told: Any) -> Any:
    body = {"call": "pbx-1", "event": "ringing", "number": NUMBER, **told}
    return Client().post(
        f"/hooks/{board.uid}/", json.dumps(body), content_type="application/json",
        headers={"authorization": f"Bearer {token}"},
    )  # fmt: skip


def test_a_call_is_one_however_often_and_in_whatever_order_it_is_told(board: Account) -> None:
    assert tell(board).status_code == 200 and tell(board).json()["state"] == "ringing"
    assert tell(board, event="ended", recording="REC-42").json()["state"] == "missed"
    late = tell(board, event="answered", number="").json()  # told after the end
    assert late["state"] == "ended"
    assert tell(board, event="ringing").json()["state"] == "ended"
    call = PhoneCall.objects.get()
    assert (
        number_of(call) == NUMBER
        and call.masked == "139****0077"
        and NUMBER.encode() not in bytes(call.sealed)
    )
    hidden = tell(board, call="pbx-2", number="").json()
    assert (hidden["customers"], hidden["matters"], hidden["connect_to"]) == ([], [], [])


def test_who_is_not_the_switchboard_tells_nothing(board: Account) -> None:
    for token in ("", "wrong"):
        assert tell(board, token).status_code == 401
    assert tell(board, event="danced").status_code == 400 and tell(board, call="").status_code == 400
    body, now = json.dumps({"call": "pbx-3", "event": "ringing"}), timezone.now()
    headers = {"webhook-id": "1", "webhook-timestamp": str(int(now.timestamp())),
               "webhook-signature": Webhook(SECRET).sign("1", now, body)}  # fmt: skip
    door = f"/hooks/{board.uid}/"
    assert Client().post(door, body, content_type="application/json", headers=headers).status_code == 200
    assert (
        Client().post(door, body + " ", content_type="application/json", headers=headers).status_code == 401
    )
    assert PhoneCall.objects.count() == 1


def test_it_is_told_who_calls_and_whom_to_connect_to(board: Account, cast: Cast) -> None:
    now = timezone.now()
    publish_shipped(
        actor=system_actor(cast.company), at=now - dt.timedelta(days=9), unit=cast.company, pack="company-complaints",
        applies_to_history_from=None,
    )  # fmt: skip
    complaint = Desk(cast, now).call().complaint
    answer = tell(board).json()
    assert (answer["sure"] and answer["customers"][0]["name"] == "高*琴") or answer["customers"][0][
        "name"
    ] == "高**"
    assert answer["matters"] == [
        {"kind": "complaint", "number": complaint.case.number, "uid": str(complaint.case.uid)}
    ]
    assert [one["username"] for one in answer["connect_to"]] == ["chen"]


def test_the_form_opens_with_the_number_and_the_call_stays_with_the_case(board: Account, cast: Cast) -> None:
    tell(board, recording="REC-7")
    call = PhoneCall.objects.get()
    chen = Client()
    chen.force_login(cast.chen)
    popped = chen.get("/complaints/calls/ringing/").content.decode()
    assert "139****0077" in popped and NUMBER not in popped and f"?call={call.uid}" in popped
    form = chen.get(f"/complaints/new/?call={call.uid}").content.decode()
    assert f'value="{NUMBER}"' in form and 'value="REC-7"' in form
    made = chen.post("/complaints/new/", {"call": str(call.uid), "text": SAID, "phone": NUMBER, "name": "高雅琴",
                                          "channel": "phone"})  # fmt: skip
    complaint = Complaint.objects.select_related("case").get()
    assert made["Location"] == f"/complaints/{complaint.case.uid}/"
    assert "REC-7" in chen.get(made["Location"]).content.decode()
    assert "139****0077" not in chen.get("/complaints/calls/ringing/").content.decode()  # taken in
    tell(board, call="pbx-9")
    again = PhoneCall.objects.exclude(pk=call.pk).get()
    form = chen.get(f"/complaints/new/?call={again.uid}").content.decode()
    assert complaint.case.number in form
    for _ in range(2):
        chen.post(
            f"/complaints/calls/{again.uid}/add/", {"case": str(complaint.case.uid), "text": "周五前要答复"}
        )
    assert complaint.case.messages.count() == 2
    assert complaint.case.number in chen.get("/complaints/calls/").content.decode()
    erasing.erase([complaint.case.uid])
    assert number_of(PhoneCall.objects.get(pk=again.pk)) == ""
    stranger = Client()
    stranger.force_login(cast.stranger)
    assert stranger.get(f"/complaints/new/?call={again.uid}").status_code == 404


def test_a_customer_who_is_held_is_put_through_to_the_holder(board: Account, cast: Cast) -> None:
    hold(cast, 1, cast.lin, dt.timedelta(days=3))
    held = Registration.objects.get()
    found = caller(cast.company, "", timezone.now())
    assert not found.customers
    matters = source(cast.company, NUMBER, (held.customer,), timezone.now())
    assert [(one.why, one.staff) for one in matters] == [("holder", cast.lin)]
