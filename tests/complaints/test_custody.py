"""The custody log of a piece of evidence: each hand it went through, in order, never changed, each an entry."""

from __future__ import annotations

import json

import pytest

from dingfen.complaints.actions import investigating
from dingfen.complaints.actions.intake import File
from dingfen.complaints.models import Custody, Exhibit
from dingfen.problems import Problem
from dingfen.register.models import Entry
from tests.complaints.conftest import Desk
from tests.complaints.test_desk import refused

pytestmark = pytest.mark.django_db


def test_every_hand_is_a_line_and_an_entry(ruled: Desk) -> None:
    got = ruled.call(complained_of=[ruled.cast.lin.uid]).complaint
    uid = got.case.uid
    thing = ruled.act(
        "chen", investigating.add_exhibit, case_uid=uid, kind="object", what="交接单原件", place="档案柜 3"
    )  # fmt: skip
    for who in ("xu", "jiang"):  # the group sees it
        staff = getattr(ruled.cast, who).uid
        ruled.act("chen", investigating.add_person, case_uid=uid, staff=staff, part="investigator")
    steps = [
        ("chen", {"act": "handed", "to": ruled.cast.jiang.uid, "purpose": "送检"}),
        ("jiang", {"act": "copied", "purpose": "留存复印件"}),
        ("jiang", {"act": "moved", "place": "保险柜 1"}),
        ("jiang", {"act": "returned", "to": ruled.cast.chen.uid}),
    ]
    for n, (who, given) in enumerate(steps):
        ruled.later(hours=n + 1)
        ruled.act(who, investigating.pass_on, exhibit_uid=thing.uid, **given)
    log = list(Custody.objects.filter(exhibit=thing).select_related("by", "to"))
    assert [one.act for one in log] == ["taken", "handed", "copied", "moved", "returned"]
    assert [one.by.username for one in log] == ["chen", "chen", "jiang", "jiang", "jiang"]
    assert [one.at for one in log] == sorted(one.at for one in log)
    entries = Entry.objects.filter(subject_uid=uid, kind__startswith="exhibit.").order_by("seq")
    told = [json.loads(bytes(one.body))["facts"] for one in entries]
    assert [one["exhibit"] for one in told] == [str(thing.uid)] * 5
    assert [one.get("act", "taken") for one in told] == [one.act for one in log]
    give = {"at": ruled.now, "exhibit_uid": thing.uid}
    refused("required", investigating.pass_on, actor=ruled.actor("chen"), **give, act="taken")
    refused("required", investigating.pass_on, actor=ruled.actor("chen"), **give, act="handed")
    refused("required", investigating.pass_on, actor=ruled.actor("chen"), **give, act="moved")
    for who in ("lin", "gu", "stranger"):  # complained of; no part in it; another company
        refused("not_visible", investigating.pass_on, actor=ruled.actor(who), **give, act="copied")
    assert Custody.objects.filter(exhibit=thing).count() == 5


def test_a_file_and_a_thing_that_is_nowhere(ruled: Desk) -> None:
    uid = ruled.call().complaint.case.uid
    give = {"actor": ruled.actor("chen"), "at": ruled.now, "case_uid": uid}
    refused("exhibit.where", investigating.add_exhibit, **give, kind="photo", what="划痕照片")
    with pytest.raises(Problem) as program:
        investigating.add_exhibit(**give, kind="photo", what="划痕照片", file=File("a.exe", b"MZ" * 40))
    assert program.value.status in (409, 422)
    assert not Exhibit.objects.exists()
