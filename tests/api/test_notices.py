"""Notices, preferences and the outbox through the API."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from dingfen.outbox.actions import queue
from dingfen.outbox.models import Delivery
from tests.api.conftest import Caller
from tests.cast import NOW, Cast

PARAMS = {"number": "D-2026-0042", "deadline": "2026-12-08T10:00:00+00:00"}
Call = Callable[..., Caller]


@pytest.fixture(autouse=True)
def mail_server(settings: Any) -> None:
    settings.SMTP_URL = "smtp://127.0.0.1:1"


def tell(cast: Cast, key: str = "claim:1", **more: Any) -> list[Delivery]:
    given: dict[str, Any] = {"recipient": cast.lin} | more
    with transaction.atomic():
        return queue(at=NOW, key=key, event="dispute.claim", params=PARAMS, **given)


def test_my_notices_in_my_language(cast: Cast, call: Call) -> None:
    tell(cast, subject=("customer", cast.company.uid))
    tell(cast, key="xu", recipient=cast.xu)
    (item,) = call("lin")("GET", "/notices").json()["items"]
    assert item["title"] == "Dispute D-2026-0042"
    assert item["about"] == {"type": "customer", "uid": str(cast.company.uid)}
    assert item["read_at"] is None
    (item,) = call("lin", language="zh-hans")("GET", "/notices").json()["items"]
    assert item["title"] == "归属争议 D-2026-0042"


def test_reading(cast: Cast, call: Call) -> None:
    for key in "abc":
        tell(cast, key=key)
    lin = call("lin")
    first = lin("GET", "/notices?limit=1").json()["items"][0]["uid"]
    assert lin("POST", f"/notices/{first}/read").json()["read_at"] is not None
    assert lin("GET", "/notices/unread").json() == {"unread": 2}
    assert call("xu")("POST", f"/notices/{first}/read").status_code == 404
    assert lin("POST", "/notices/read-all").json() == {"read": 2}


def test_preferences(cast: Cast, call: Call) -> None:
    lin = call("lin")
    change = {"events": {"dispute.claim": ["in_app"]}, "quiet_hours": {"starts": "22:00", "ends": "08:00"}}
    after = lin("PUT", "/me/notifications", change).json()
    assert after == lin("GET", "/me/notifications").json()
    chosen = {event["event"]: event["channels"] for event in after["events"]}
    assert chosen["dispute.claim"] == ["in_app"]
    assert chosen["dispute.ruled"] == ["in_app", "mail"]
    assert after["quiet_hours"] == {"starts": "22:00:00", "ends": "08:00:00"}
    refused = lin("PUT", "/me/notifications", {"events": {"dispute.unheard": []}})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["code"] == "preference.unknown"
    assert lin("PUT", "/me/notifications", {"quiet_hours": {"starts": "22:00"}}).status_code == 422


def test_the_outbox(cast: Cast, call: Call) -> None:
    tell(cast, channels=["mail"])
    Delivery.objects.update(state="failed", next_at=None, attempts=12, error="OSError")
    admin = call("admin")
    (item,) = admin("GET", "/outbox?state=failed").json()["items"]
    assert (item["recipient_name"], item["channel"], item["attempts"]) == ("林可欣", "mail", 12)
    assert admin("GET", "/outbox?state=sent").json()["items"] == []
    assert admin("POST", f"/outbox/{item['uid']}/retry").json()["state"] == "queued"
    assert admin("POST", f"/outbox/{item['uid']}/cancel").json()["state"] == "cancelled"
    done = admin("POST", f"/outbox/{item['uid']}/cancel")
    assert (done.status_code, done.json()["code"]) == (409, "delivery.done")
    assert call("lin")("GET", "/outbox").status_code == 403
    assert call("zhou")("POST", f"/outbox/{item['uid']}/retry").status_code == 403
    assert call("admin", scopes=("dispute.view",))("GET", "/outbox").status_code == 403
