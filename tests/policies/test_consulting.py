"""Rules that bear on staff are discussed with them before they are published, on record with what was answered."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.cast import NOW, Cast

from dingfen.clocks.models import Clock
from dingfen.engine.load import load_pack
from dingfen.engine.publication import Publication, bearings, needs_consultation
from dingfen.packs import pack_files
from dingfen.policies import actions, reading
from dingfen.policies.consultation_rows import Consultation
from dingfen.policies.consulting import Minutes, Objection, add_minutes, minutes_of, record_consultation
from dingfen.policies.models import PolicyVersion
from dingfen.policies.queries import shipped
from dingfen.problems import Problem
from dingfen.register.bodies import Body
from dingfen.register.models import Entry

TODAY = NOW.date()
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def approved(cast: Cast, pack: str = "auto-dealer") -> PolicyVersion:
    made = actions.propose(actor=cast.actor("tang"), at=NOW, unit=cast.company, pack=shipped(pack))
    return actions.approve(actor=cast.actor("fang"), at=NOW, version_uid=made.uid)


def _facts(kind: str) -> dict[str, Any]:
    return dict(Body.decode(bytes(Entry.objects.get(kind=kind).body)).facts)


def test_which_rules_bear_on_staff() -> None:
    assert bearings(shipped("auto-dealer")) == ("pay", "discipline", "duties")
    assert needs_consultation(shipped("auto-dealer"))
    assert not needs_consultation(shipped("uk-disp"))
    assert not needs_consultation(shipped("cn-banking-complaints"))
    for said, asked in (("required", True), ("not_needed", False)):
        header = pack_files("auto-dealer")["pack.yaml"] + f"publication: {{consultation: {said}}}\n"
        assert needs_consultation(load_pack({**pack_files("auto-dealer"), "pack.yaml": header})) is asked


def test_nothing_is_published_before_staff_were_consulted_or_it_is_said_why_not(cast: Cast) -> None:
    version = approved(cast)
    owner = cast.actor("tang")
    for reason in ("", "太短"):
        with pytest.raises(Problem) as refusal:
            actions.publish(
                actor=owner, at=NOW, version_uid=version.uid, in_force_from=NOW, without_consultation=reason
            )
        assert refusal.value.errors["without_consultation"][0][0] == "policy.not_consulted"
    row = record_consultation(
        actor=owner, at=NOW, version_uid=version.uid, held_on=TODAY, form="union", participants="工会委员三人",
        objections=[Objection("五日太短", "大客户一组", "改为七日", taken_up=True)],
    )  # fmt: skip
    said = _facts("policy.consulted")
    assert said["objections"] == 1 and "五日" not in json.dumps(said, ensure_ascii=False)
    with pytest.raises(Problem) as refusal:
        add_minutes(actor=cast.actor("lin"), at=NOW, consultation_uid=row.uid, minutes=Minutes("a.pdf", PDF))
    assert refusal.value.status == 403
    add_minutes(actor=owner, at=NOW, consultation_uid=row.uid, minutes=Minutes("../纪要.pdf", PDF))
    kept, content = minutes_of(cast.actor("lin"), row.uid)
    assert (kept.name, content) == ("纪要.pdf", PDF)
    assert _facts("policy.minutes")["sha256"] == kept.sha256
    with pytest.raises(Problem) as refusal:
        add_minutes(actor=owner, at=NOW, consultation_uid=row.uid, minutes=Minutes("b.pdf", PDF))
    assert refusal.value.status == 409
    with pytest.raises(Problem):
        minutes_of(cast.actor("stranger"), row.uid)
    made = actions.publish(actor=owner, at=NOW, version_uid=version.uid, in_force_from=NOW)
    assert made.state == PolicyVersion.State.PUBLISHED and made.without_consultation == ""


def test_what_is_refused_in_a_record(cast: Cast) -> None:
    version = approved(cast)
    with pytest.raises(Problem) as refusal:
        record_consultation(
            actor=cast.actor("tang"), at=NOW, version_uid=version.uid, held_on=TODAY + dt.timedelta(days=2), form="tea",
            participants=" ", objections=[Objection("太短", answer=" "), Objection(" ", answer="好")],
        )  # fmt: skip
    assert set(refusal.value.errors) == {
        "held_on",
        "form",
        "participants",
        "objections.0.answer",
        "objections.1.text",
    }
    assert not Consultation.objects.exists()
    actions.retract(actor=cast.actor("tang"), at=NOW, version_uid=version.uid)
    with pytest.raises(Problem) as refusal:
        record_consultation(
            actor=cast.actor("tang"),
            at=NOW,
            version_uid=version.uid,
            held_on=TODAY,
            form="union",
            participants="三人",
        )
    assert refusal.value.code == "policy.state"


def test_on_the_page_in_print_and_who_has_read(cast: Cast) -> None:
    version = approved(cast)
    client = Client()
    client.force_login(cast.tang)
    path = f"/policies/{version.uid}/"
    today = dt.datetime.now(version.unit.zone).date().isoformat()
    page = client.get(path).content.decode()
    assert "尚未协商" in page and "报酬与业绩、处分、工作义务" in page
    refused = client.post(f"{path}publish/", {"in_force_from": today})
    assert refused.status_code == 422 and "请先登记协商情况" in refused.content.decode()
    form = {
        "held_on": "2026-01-02", "form": "representatives", "participants": "职工代表十二人",
        "objection-2-text": "轮值太密", "objection-2-by": "展厅",
    }  # fmt: skip
    wrong = client.post(f"{path}consultation/", form)
    assert (
        wrong.status_code == 422
        and "请写明如何答复" in wrong.content.decode()
        and "轮值太密" in wrong.content.decode()
    )
    assert (
        client.post(f"{path}consultation/", {**form, "objection-2-answer": "下季度再议"}).status_code == 302
    )
    page = client.get(path).content.decode()
    assert "轮值太密" in page and "尚未协商" not in page and "补交会议记录" in page
    later = f"/policies/consultations/{Consultation.objects.get().uid}/minutes/add/"
    assert client.post(later).status_code == 422
    sent = SimpleUploadedFile("纪要.pdf", PDF)
    assert client.post(later, {"minutes": sent}).status_code == 302
    page = client.get(path).content.decode()
    assert "纪要.pdf" in page and "补交会议记录" not in page
    paper = client.get(f"{path}paper/").content.decode()
    assert "附：职工协商记录" in paper and "下季度再议" in paper
    assert client.post(f"{path}publish/", {"in_force_from": today}).status_code == 302

    reader = Client()
    reader.force_login(cast.lin)
    reader.post(f"{path}acknowledge/")
    page = client.get(f"{path}readers/?show=unread").content.decode()
    assert (
        "林" in client.get(f"{path}readers/").content.decode()
        and cast.lin.name not in page.split("df-tbl")[1]
    )
    file = b"".join(client.get(f"{path}readers/?export=csv").streaming_content).decode()  # type: ignore[attr-defined]
    lines = file.splitlines()
    assert len(lines) == 1 + reading.readers(version).count()
    assert sum(",是," in line for line in lines) == 1
    book = b"".join(client.get(f"{path}readers/?show=unread&export=xlsx").streaming_content)  # type: ignore[attr-defined]
    assert book[:2] == b"PK"
    assert reader.get(f"{path}readers/").status_code == 403


def test_the_pack_says_how_long_to_read_and_when_to_remind(cast: Cast) -> None:
    pack = shipped("uk-disp").model_copy(
        update={"publication": Publication(read_within=dt.timedelta(days=20), remind_at=(25, 100, 150))}
    )
    made = actions.propose(actor=cast.actor("tang"), at=NOW, unit=cast.company, pack=pack)
    actions.approve(actor=cast.actor("fang"), at=NOW, version_uid=made.uid)
    actions.publish(actor=cast.actor("tang"), at=NOW, version_uid=made.uid, in_force_from=NOW)
    clock = Clock.objects.get(kind=reading.CLOCK)
    assert clock.deadline == NOW + dt.timedelta(days=20)
    assert [
        (moment - NOW).days for moment, _ in reading._reminders(made, NOW, reading.time_to_read(made))
    ] == [5, 30]


def test_by_the_api(cast: Cast) -> None:
    version = approved(cast)
    client = Client()
    client.force_login(cast.tang)
    path = f"/api/v1/policies/{version.uid}"
    assert client.get(f"{path}/consultations").json()["needed"] is True
    body = {
        "held_on": "2026-01-02",
        "form": "comments",
        "participants": "全体",
        "objections": [{"text": "甲", "answer": "乙"}],
    }
    made = client.post(f"{path}/consultations", body, content_type="application/json")
    assert made.status_code == 201, made.content
    found = client.get(f"{path}/consultations").json()["consultations"]
    assert found[0]["objections"][0]["answer"] == "乙"
    assert len(client.get(f"{path}/readers?state=unread").json()["items"]) == reading.readers(version).count()
