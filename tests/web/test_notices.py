"""Pages of notices, notification settings and the outbox."""

import uuid
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from dingfen.outbox.actions import queue
from dingfen.outbox.models import Delivery, Preference, QuietHours
from tests.cast import NOW, Cast

PARAMS = {"number": "D-2026-0042", "deadline": "2026-12-08T10:00:00+00:00"}


@pytest.fixture(autouse=True)
def mail_server(settings: Any) -> None:
    settings.SMTP_URL = "smtp://127.0.0.1:1"


def signed_in(cast: Cast, name: str, language: str = "zh-hans") -> Client:
    staff = getattr(cast, name)
    staff.language = language
    staff.save()
    client = Client()
    client.force_login(staff)
    return client


def tell(cast: Cast, key: str = "claim:1", **more: Any) -> list[Delivery]:
    given: dict[str, Any] = {"recipient": cast.lin, "event": "dispute.claim", "params": PARAMS} | more
    with transaction.atomic():
        return queue(at=NOW, key=key, **given)


def notice(cast: Cast) -> Delivery:
    return Delivery.objects.filter(channel="in_app").latest("pk")


def test_notices_in_both_languages(cast: Cast) -> None:
    tell(cast)
    tell(cast, key="xu", recipient=cast.xu, params=PARAMS | {"number": "D-2026-9999"})
    for language, subject in (("zh-hans", "归属争议 D-2026-0042"), ("en", "Dispute D-2026-0042")):
        text = signed_in(cast, "lin", language).get("/notices/").content.decode()
        assert subject in text
        assert "D-2026-9999" not in text


def test_opening_a_notice_reads_it_and_leads_on(cast: Cast) -> None:
    tell(cast, subject=("nothing with a page", uuid.uuid4()))
    client = signed_in(cast, "lin")
    answer = client.get(f"/notices/{notice(cast).uid}/")
    assert answer.status_code == 200
    assert "12 月 8 日（周二）18:00" in answer.content.decode()
    assert notice(cast).state == "read"
    assert signed_in(cast, "xu").get(f"/notices/{notice(cast).uid}/").status_code == 404


def test_the_link_in_a_letter_reads_the_notice_too(cast: Cast) -> None:
    tell(cast)
    letter = Delivery.objects.get(channel="mail")
    signed_in(cast, "lin").get(f"/notices/{letter.uid}/")
    assert notice(cast).state == "read"
    letter.refresh_from_db()
    assert letter.state == "queued"


def test_reading_all_and_some(cast: Cast) -> None:
    for key in "abc":
        tell(cast, key=key)
    client = signed_in(cast, "lin")
    chosen = Delivery.objects.filter(channel="in_app").earliest("pk")
    client.post("/notices/", {"bulk": "read", "uid": [str(chosen.uid)]})
    assert Delivery.objects.unread().count() == 2
    assert client.get("/notices/read-all/").status_code == 405
    assert client.post("/notices/read-all/").status_code == 302
    assert Delivery.objects.unread().count() == 0


def test_notification_settings(cast: Cast) -> None:
    client = signed_in(cast, "lin")
    assert client.get("/notices/preferences/").status_code == 200
    chosen = {"wanted": ["dispute.claim:in_app", "dispute.ruled:mail"], "starts": "22:00", "ends": "08:00"}
    assert client.post("/notices/preferences/", chosen).status_code == 302
    wanted = set(Preference.objects.filter(wanted=True).values_list("event", "channel"))
    assert wanted == {("dispute.claim", "in_app"), ("dispute.ruled", "mail")}
    assert str(QuietHours.objects.get().starts) == "22:00:00"
    text = client.get("/notices/preferences/").content.decode()
    assert 'value="22:00"' in text
    assert text.count(" checked") == 2
    half = client.post("/notices/preferences/", {"starts": "22:00"})
    assert half.status_code == 422
    assert "免打扰时段须有开始和结束时间。" in half.content.decode()


def test_the_outbox_is_for_who_looks_after_it(cast: Cast) -> None:
    tell(cast, channels=["mail"])
    Delivery.objects.update(state="failed", next_at=None, attempts=12, error="OSError: no route")
    text = signed_in(cast, "admin").get("/outbox/").content.decode()
    assert "OSError: no route" in text
    assert "失败" in text
    assert signed_in(cast, "lin").get("/outbox/").status_code == 403
    tell(cast, key="other", channels=["mail"], recipient=cast.stranger)
    assert "苏曼" not in signed_in(cast, "admin").get("/outbox/?view=everything").content.decode()


def test_sending_again_and_cancelling(cast: Cast) -> None:
    tell(cast, channels=["mail"])
    Delivery.objects.update(state="failed", next_at=None)
    delivery = Delivery.objects.get()
    compliance = signed_in(cast, "zhou")
    assert compliance.post("/outbox/", {"bulk": "retry", "uid": [str(delivery.uid)]}).status_code >= 400
    admin = signed_in(cast, "admin")
    admin.post("/outbox/", {"bulk": "retry", "uid": [str(delivery.uid)]})
    delivery.refresh_from_db()
    assert delivery.state == "queued"
    admin.post("/outbox/", {"bulk": "cancel", "uid": [str(delivery.uid)]})
    delivery.refresh_from_db()
    assert delivery.state == "cancelled"
    done = admin.post("/outbox/", {"bulk": "cancel", "uid": [str(delivery.uid)]}).content.decode()
    assert "只有待发送或失败的消息可以重发或取消。" in done


def test_signed_out_nothing_is_shown() -> None:
    for path in ("/notices/", "/notices/preferences/", "/outbox/", f"/notices/{uuid.uuid4()}/"):
        assert Client().get(path).status_code == 302
