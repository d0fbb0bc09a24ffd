"""The pages of a hand-over: whose, the rule, the preview, the work, the result, the undo."""

from __future__ import annotations

import datetime as dt

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dingfen.accounts.actor import system_actor
from dingfen.ownership.handover import running
from dingfen.ownership.handover.models import Handover
from dingfen.policies.actions import publish_shipped
from tests.cast import Cast
from tests.web.conftest import SignedIn, hold


def test_from_the_person_to_the_undo(cast: Cast, signed_in: SignedIn) -> None:
    now = timezone.now()
    publish_shipped(actor=system_actor(cast.company), at=now, unit=cast.company, pack="auto-dealer")
    for number in range(3):
        hold(cast, 2001 + number, cast.lin, dt.timedelta(days=4))
    head: Client = signed_in("jiang", language="en")
    address = reverse("handover_new")
    chosen = head.get(address, {"person": str(cast.lin.uid)})
    assert "Customers that can be handed over" in chosen.content.decode()
    data = {"person": cast.lin.uid, "why": "left", "way": "one", "dates": "keep", "reason": "Contract ends"}
    wrong = head.post(address, data)
    assert wrong.status_code == 422
    planned = head.post(address, {**data, "to": [cast.xu.uid]})
    found = Handover.objects.get()
    page = reverse("handover", args=[found.uid])
    assert planned["Location"] == page
    item = found.items.order_by("pk").first()
    assert item is not None
    assert (
        head.post(reverse("handover_items", args=[found.uid]), {f"to-{item.uid}": "pool"}).status_code == 302
    )
    assert head.post(reverse("handover_start", args=[found.uid])).status_code == 302
    assert "every 1s" in head.get(page).content.decode()
    assert running.run_to_end(found, timezone.now()).state == "done"
    shown = head.get(page).content.decode()
    assert shown.count("Handed over") == 3
    assert head.post(reverse("handover_undo", args=[found.uid])).status_code == 302
    assert running.run_to_end(found, timezone.now()).state == "undone"
