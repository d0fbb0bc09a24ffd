"""What a group reads of an event: words in its language, number and link; never a raw kind, never a name."""

from __future__ import annotations

import pytest
from django.utils import timezone

from dingfen.channels import events
from dingfen.channels.models import Account
from dingfen.complaints.actions.intake import Complainant, receive
from dingfen.register.models import Entry
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_words_in_both_languages(cast: Cast) -> None:
    now = timezone.now()
    who = Complainant(name="高雅琴", phone="13912340077")
    got = receive(
        actor=cast.actor("chen", now),
        at=now,
        unit=cast.site,
        channel="phone",
        text="晚了六天",
        complainant=who,
    )
    entry = Entry.objects.filter(kind="complaint.received").select_related("page__book").get()
    zh, en = events.words_of(entry), events.words_of(entry, "en")
    assert zh.startswith(f"投诉登记 {got.complaint.case.number} "), zh
    assert en.startswith(f"Complaint received {got.complaint.case.number} ")
    for said in (zh, en):
        assert said.endswith(f"/complaints/{got.complaint.case.uid}/") and "complaint.received" not in said
        assert "高雅琴" not in said and "13912340077" not in said
    other = Entry.objects.exclude(subject_type__in=events.PLACES).select_related("page__book").first()
    assert other is not None and events.words_of(other).endswith(f"/register/entries/{other.name}/")
    assert events.language_of(Account(settings={"language": "en"})) == "en"
    assert events.language_of(Account(settings={})) == "zh-hans"
