"""Evidence: whose, until when, late, withdrawn, objected to; more time; claims that join."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dingfen.accounts.models import Role
from dingfen.clocks.models import Clock
from dingfen.outbox.models import Delivery
from dingfen.ownership.actions import Exhibit
from dingfen.ownership.drawn import drawn
from dingfen.ownership.models import Claim, Dispute, Evidence
from dingfen.problems import Problem
from dingfen.register.models import Entry
from tests.accounts.samples import picture
from tests.api.conftest import token_for
from tests.cast import Cast, person
from tests.ownership.conftest import House
from tests.ownership.test_disputes import answered, dealt, ruled

State = Dispute.State
pytestmark = pytest.mark.django_db


def code(house: House, who: str, action: str, **given: Any) -> str:
    with pytest.raises(Problem) as refused:
        house.act(who, action, **given)
    problem = refused.value
    return next(iter(problem.errors.values()))[0][0] if problem.errors else problem.code


def test_the_register_gives_evidence_by_itself(dealer: House) -> None:
    dispute = dealt(dealer)[2]
    found = drawn(dispute)
    assert [one.kind for one in found[str(dealer.cast.lin.uid)]] == ["card_recorded", "registered", "touch"]
    assert [one.kind for one in found[str(dealer.cast.xu.uid)]] == ["touch", "deal"]
    assert all(one.entry is not None for one in found[str(dealer.cast.lin.uid)])


def test_an_entry_of_another_page_needs_borrowing(dealer: House, cast: Cast) -> None:
    """An entry of one's own site, or about the customer, may be pointed to; another site's may not."""
    from dingfen.accounts.units import add_unit

    far = add_unit(cast.company, "site", "城西展厅", "CXW", time_zone="Asia/Shanghai")
    cast.wu = person("wu", "吴远", far, Role.SALESPERSON, far)  # type: ignore[attr-defined]
    dispute = dealt(dealer)[2]
    about = Entry.objects.filter(kind="touch.recorded").first()
    dealer.register("wu", name="庄雅", phone="13912340000")
    other = Entry.objects.filter(kind="registration.made").latest("seq")
    given = {"dispute_uid": dispute.case.uid}
    rows = dealer.act("xu", "add_evidence", exhibits=[Exhibit("entry", about.pk)], **given)  # type: ignore[union-attr]
    assert rows[0].entry_seq == about.pk and not rows[0].late  # type: ignore[union-attr]
    assert (
        code(dealer, "xu", "add_evidence", exhibits=[Exhibit("entry", other.pk)], **given) == "entry.unknown"
    )
    assert code(dealer, "xu", "add_evidence", exhibits=[], **given) == "evidence.none"
    assert (
        code(dealer, "jiang", "add_evidence", exhibits=[Exhibit("note", note="x")], **given) == "role.needed"
    )


def test_withdrawn_evidence_stays_and_an_objection_stands(dealer: House) -> None:
    dispute = dealt(dealer)[2]
    row: Evidence = dealer.act(
        "lin",
        "add_evidence",
        dispute_uid=dispute.case.uid,
        exhibits=[Exhibit("note", note="门岗登记，存前台")],
    )[0]
    reason = {"reason": "门岗登记并非当日所写"}
    assert code(dealer, "lin", "object_to", evidence_uid=row.uid, **reason) == "evidence.not_theirs"
    assert code(dealer, "xu", "object_to", evidence_uid=row.uid, reason="不对") == "reason.short"
    dealer.act("xu", "object_to", evidence_uid=row.uid, **reason)
    assert code(dealer, "xu", "object_to", evidence_uid=row.uid, **reason) == "evidence.objected"
    assert code(dealer, "xu", "withdraw_evidence", evidence_uid=row.uid) == "dispute.not_claimant"
    dealer.act("lin", "withdraw_evidence", evidence_uid=row.uid)
    assert code(dealer, "lin", "withdraw_evidence", evidence_uid=row.uid) == "evidence.withdrawn"
    page = _page(dealer, "jiang", dispute)
    assert "门岗登记，存前台" in page and "门岗登记并非当日所写" in page and 'class="gone"' in page
    kinds = list(
        Entry.objects.filter(kind__startswith="evidence.").order_by("seq").values_list("kind", flat=True)
    )
    assert kinds == ["evidence.added", "evidence.objected", "evidence.withdrawn"]


def _page(house: House, who: str, dispute: Dispute) -> str:
    client = Client()
    client.force_login(getattr(house.cast, who))
    response = client.get(f"/disputes/{dispute.case.uid}/")
    assert response.status_code == 200
    return response.content.decode()


def test_a_late_statement_is_taken_until_the_ruling_and_marked(dealer: House) -> None:
    dispute = dealt(dealer)[2]
    dealer.act("lin", "answer", dispute_uid=dispute.case.uid, statement="登记在先。")
    dealer.later(days=10)
    assert dealer.dispute(dispute).state == State.AWAITING_RULING
    claim = dealer.act("xu", "answer", dispute_uid=dispute.case.uid, statement="客户由我接待。")
    assert claim.late and not Claim.objects.get(dispute=dispute, claimant=dealer.cast.lin).late
    again = code(dealer, "xu", "answer", dispute_uid=dispute.case.uid, statement="改口。")
    assert again == "claim.answered"
    extra = dealer.act(
        "lin", "add_evidence", dispute_uid=dispute.case.uid, exhibits=[Exhibit("note", note="补交")]
    )
    assert extra[0].late
    for head in ("jiang", "gu"):
        dealer.act(head, "confirm", dispute_uid=dispute.case.uid)
    late = code(
        dealer, "lin", "add_evidence", dispute_uid=dispute.case.uid, exhibits=[Exhibit("note", note="迟了")]
    )
    assert late == "dispute.state"


def test_more_time_is_given_by_who_decides_with_a_reason(dealer: House) -> None:
    dispute = dealt(dealer)[2]
    uid = dispute.case.uid
    dealer.act("lin", "answer", dispute_uid=uid, statement="登记在先。")
    first = Clock.objects.live().get(subject_uid=uid, kind="dispute.evidence").deadline
    until = first + dt.timedelta(days=3)
    reason = {"reason": "徐嘉言出差至周五，延长三天"}
    assert code(dealer, "jiang", "extend", dispute_uid=uid, until=first, **reason) == "extend.not_later"
    assert code(dealer, "jiang", "extend", dispute_uid=uid, until=until, reason="出差") == "reason.short"
    assert code(dealer, "lin", "extend", dispute_uid=uid, until=until, **reason) == "role.needed"
    assert code(dealer, "zhou", "extend", dispute_uid=uid, until=until, **reason) == "role.needed"
    dealer.act("jiang", "extend", dispute_uid=uid, until=until, **reason)
    assert Claim.objects.get(dispute=dispute, claimant=dealer.cast.xu).answer_by == until
    assert Claim.objects.get(dispute=dispute, claimant=dealer.cast.lin).answer_by == first
    assert Clock.objects.live().get(subject_uid=uid, kind="dispute.evidence").deadline == until
    dealer.now = first + dt.timedelta(hours=1)
    dealer.later(minutes=1)
    assert dealer.dispute(dispute).state == State.EVIDENCE
    assert not dealer.act("xu", "answer", dispute_uid=uid, statement="客户由我接待。").late


def test_who_has_not_answered_is_reminded_before_the_end(dealer: House) -> None:
    dispute = dealt(dealer)[2]
    dealer.act("lin", "answer", dispute_uid=dispute.case.uid, statement="登记在先。")
    clock = Clock.objects.live().get(subject_uid=dispute.case.uid, kind="dispute.evidence")
    before = Delivery.objects.filter(event="dispute.claim").count()
    dealer.now = clock.deadline - dt.timedelta(hours=1)
    dealer.later(minutes=1)
    told = Delivery.objects.filter(event="dispute.claim").order_by("pk")[before:]
    assert {one.recipient for one in told} == {dealer.cast.xu}


def test_a_third_person_joins_the_open_dispute(dealer: House, cast: Cast) -> None:
    cast.wu = person("wu", "吴远", cast.east, Role.SALESPERSON, cast.east)  # type: ignore[attr-defined]
    _held, deal, dispute = dealt(dealer)
    answered(dealer, dispute)
    dealer.act("jiang", "confirm", dispute_uid=dispute.case.uid)
    joined = dealer.act("wu", "raise_dispute", deal_uid=deal.uid, statement="首次来电由我接听。")
    assert joined.pk == dispute.pk
    dispute = dealer.dispute(dispute)
    assert dispute.state == State.EVIDENCE
    assert not dispute.confirmations.filter(void=False).exists()
    assert not Clock.objects.live().filter(subject_uid=dispute.case.uid, kind="dispute.ruling").exists()
    assert Clock.objects.live().filter(subject_uid=dispute.case.uid, kind="dispute.evidence").exists()
    assert code(dealer, "wu", "raise_dispute", deal_uid=deal.uid) == "dispute.open"
    dealer.act("wu", "answer", dispute_uid=dispute.case.uid, statement="首次来电由我接听。")
    assert dealer.dispute(dispute).state == State.AWAITING_RULING


def test_a_late_claim_is_answered_with_article_and_date(dealer: House, cast: Cast) -> None:
    cast.wu = person("wu", "吴远", cast.east, Role.SALESPERSON, cast.east)  # type: ignore[attr-defined]
    _held, deal, dispute = dealt(dealer)
    dealer.later(days=9)
    for given in ({"deal_uid": deal.uid},):
        with pytest.raises(Problem) as late:
            dealer.act("wu", "raise_dispute", **given)
        assert late.value.code == "dispute.window"
        assert late.value.params["article"] and late.value.params["until"] < dealer.now
    with pytest.raises(Problem) as joining:
        dealer.act("wu", "add_claim", dispute_uid=dispute.case.uid)
    assert joining.value.code == "dispute.window"


def test_nobody_joins_after_the_ruling(dealer: House, cast: Cast) -> None:
    cast.wu = person("wu", "吴远", cast.east, Role.SALESPERSON, cast.east)  # type: ignore[attr-defined]
    dispute = ruled(dealer)
    assert code(dealer, "wu", "raise_dispute", deal_uid=dispute.deal.uid) == "dispute.ruled"  # type: ignore[union-attr]


def test_files_and_statement_on_the_page(
    dealer: House, settings: Any, tmp_path: Any, monkeypatch: Any
) -> None:
    """Several files at once, each with its result; a refused one keeps what was typed."""
    from dingfen import blobs

    monkeypatch.setattr(blobs, "folder", lambda: tmp_path)
    dispute = dealt(dealer)[2]
    client = Client()
    client.force_login(dealer.cast.lin)
    url = f"/disputes/{dispute.case.uid}/"
    sent = {
        "statement": "登记在先，持续跟进。",
        "files": [
            SimpleUploadedFile("现场.png", picture(), "image/png"),
            SimpleUploadedFile("工具.pdf", b"MZ" + bytes(99), "application/pdf"),
        ],
    }
    answer = client.post(f"{url}answer/", sent)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "现场.png" in text and "工具.pdf" in text and "登记在先，持续跟进。" in text
    assert Claim.objects.get(dispute=dispute, claimant=dealer.cast.lin).answered_at is None
    answer = client.post(f"{url}answer/", {"statement": "登记在先，持续跟进。", "entries": "9999-001"})
    assert answer.status_code == 422
    entry = Entry.objects.filter(kind="touch.recorded").select_related("page__book").first()
    assert entry is not None
    given = {"statement": "登记在先，持续跟进。", "entries": entry.short, "evidence": "来访登记，存前台"}
    assert client.post(f"{url}answer/", given).status_code == 302
    rows = Evidence.objects.filter(claim__claimant=dealer.cast.lin).order_by("pk")
    assert [row.kind for row in rows] == ["file", "note", "entry"]
    assert rows[2].entry_seq == entry.pk
    kept = rows[0].attachment
    assert kept is not None
    opened = client.get(f"/files/{kept.uid}/")
    assert opened.content == picture()
    assert (
        opened["Content-Disposition"].startswith("attachment;")
        and opened["X-Content-Type-Options"] == "nosniff"
    )
    shown = client.get(f"/files/{kept.uid}/preview/")
    assert shown["Content-Type"] == "image/jpeg" and shown["Content-Disposition"].startswith("inline")


def test_one_fact_tried_otherwise_and_a_new_proposal_compared(dealer: House) -> None:
    """Trying keeps nothing and agrees with the engine; a finding leaves what it changed to be seen."""
    import json

    from dingfen.ownership.supposing import may_suppose, suppose

    dispute = answered(dealer, dealt(dealer)[2])
    lin, xu = str(dealer.cast.lin.uid), str(dealer.cast.xu.uid)
    names = {fact.name for fact in may_suppose(dispute)}
    assert "concealed_owner" in names
    before = bytes(dispute.proposed or b"")
    same = suppose(dispute, fact="concealed_owner", staff=lin, value="0")
    assert not same.changed
    for staff in (lin, xu):
        found = suppose(dispute, fact="concealed_owner", staff=staff, value="1")
        assert found.changed == (found.proposed["holder"] != json.loads(before)["holder"])
    assert bytes(dealer.dispute(dispute).proposed or b"") == before
    with pytest.raises(Problem):
        suppose(dispute, fact="registered_at", staff=lin, value="1")
    with pytest.raises(Problem):
        suppose(dispute, fact="concealed_owner", staff=lin, value="7")
    claim = Claim.objects.get(dispute=dispute, claimant=dealer.cast.xu)
    dealer.act(
        "jiang", "find", dispute_uid=dispute.case.uid, fact="concealed_owner", value=True,
        reason="接待记录显示已知归属人", claim_uid=claim.uid,
    )  # fmt: skip
    assert bytes(dealer.dispute(dispute).before or b"") == before
    client = Client()
    client.force_login(dealer.cast.jiang)
    asked = {"fact": "concealed_owner", "staff": xu, "value": "0"}
    page = client.get(f"/disputes/{dispute.case.uid}/", asked)
    assert page.status_code == 200 and 'id="try" open' in page.content.decode()


def test_a_file_needs_no_note_by_the_api(dealer: House) -> None:
    dispute = dealt(dealer)[2]
    headers = {"Authorization": f"Bearer {token_for(dealer.cast.lin)[0]}"}
    sent = {"file": SimpleUploadedFile("现场.png", picture(), "image/png")}
    answer = Client().post(f"/api/v1/disputes/{dispute.case.uid}/files", sent, headers=headers)
    assert answer.status_code == 201, answer.content
    assert Evidence.objects.get(kind="file").note == ""
