"""What anybody types stays text on every page that shows it, and a file of theirs is never opened as a page."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from dingfen import blobs
from dingfen.cases.models import Attachment
from dingfen.complaints.actions.intake import Complainant, File, Representative
from dingfen.complaints.models import Complaint, Side
from tests.complaints.conftest import Desk
from tests.complaints.test_pages import do, enter, soon

pytestmark = pytest.mark.django_db

EVIL = "<script>alert(7)</script>{{ 7 }}"
PAINTED = '"><img src=x onerror=alert(7)>'


def received(desk: Desk) -> Complaint:
    """A complaint whose every word is an attack."""
    who = Complainant(
        name=EVIL, kind="company", phone="13912340077", wechat=EVIL, address=PAINTED, employer=EVIL,
        legal_representative=EVIL, identity=PAINTED,
    )  # fmt: skip
    speaks = Representative(name=EVIL, phone="13912340066", email="a@b.example", proof=PAINTED)
    found: Complaint = desk.call(
        text=EVIL + PAINTED, subject=EVIL, complainant=who, representatives=[speaks], remedy=EVIL, place=PAINTED,
        recording=EVIL, order_number=PAINTED, done_at_once=EVIL, product=EVIL, external=[(EVIL, PAINTED)],
        files=[File("<script>alert(7)<img src=x>.txt", b"<html><script>alert(7)</script>")],
    ).complaint  # fmt: skip
    return found


def handled(desk: Desk, client: Any, uid: Any) -> None:
    """Everything that is typed while one is handled."""
    do(client, uid, "reply", text=EVIL + PAINTED, channel="phone")
    do(client, uid, "reply", text=EVIL + PAINTED, kind="note")
    do(client, uid, "list", title=EVIL, told=PAINTED, klass="delay")
    issue = Complaint.objects.get(case__uid=uid).issues.get()
    do(client, uid, "find", issue=issue.uid, finding="upheld", facts=EVIL, grounds=PAINTED)
    do(client, uid, "ask", staff=desk.cast.lin.uid, question=EVIL + PAINTED, due_at=soon(1))
    do(client, uid, "exhibit", kind="object", what=EVIL, place=PAINTED)
    do(client, uid, "propose", issue=[issue.uid], remedy="make-good", what=EVIL, pros=PAINTED, cons=EVIL,
       deliver_by=soon(5))  # fmt: skip
    do(client, uid, "promise", what=EVIL + PAINTED, due_at=soon(2))
    do(client, uid, "label", label="<script>alert(7)</script>")
    do(client, uid, "reference", body="另一机构", number=EVIL)
    do(client, uid, "change_ask", what=EVIL, why=PAINTED)
    do(client, uid, "other_side", name=EVIL, phone="13912340055")
    do(client, uid, "hear", side=Side.objects.latest("pk").uid, account=EVIL, wish=PAINTED)


def test_what_is_typed_anywhere_stays_text(ruled: Desk, monkeypatch: Any, tmp_path: Any) -> None:
    monkeypatch.setattr(blobs, "folder", lambda: tmp_path)
    ruled.now = timezone.now() - dt.timedelta(minutes=1)
    complaint = received(ruled)
    uid, client = complaint.case.uid, enter(ruled, "chen")
    handled(ruled, client, uid)
    record = reverse("complaint", args=[uid])
    addresses = [
        record,
        reverse("complaint_beside", args=[uid]),
        reverse("complaint_help", args=[uid]),
        reverse("letter_write", args=[uid, "progress"]),
        reverse("complaints") + "?view=all",
        reverse("complaints") + "?view=all&words=alert",
        reverse("complaint_hints") + "?phone=13912340077",
        reverse("customer", args=[complaint.case.customer.uid]),  # type: ignore[union-attr]
        reverse("work"),
    ]
    for address in addresses:
        got = client.get(address, headers={"hx-request": "true"} if "/beside/" in address else {})
        page = got.content.decode()
        assert got.status_code == 200, address
        assert "<script>alert(7)" not in page and "<img src=x" not in page, address
        assert "unsafe-inline" not in got["Content-Security-Policy"], address
    shown = client.get(record).content.decode()
    assert shown.count("&lt;script&gt;alert(7)") > 20 and shown.count("&lt;img src=x") > 10
    refused = do(client, uid, "close", status=409, told=EVIL + PAINTED).content.decode()
    assert "<script>alert(7)" not in refused and "<img src=x" not in refused
    opened = client.get(reverse("file", args=[Attachment.objects.get().uid]))
    assert opened.content.startswith(b"<html>") and opened["Content-Type"].startswith("text/plain")
    assert opened["Content-Disposition"].startswith("attachment;")
    assert opened["X-Content-Type-Options"] == "nosniff"
