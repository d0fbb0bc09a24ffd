"""From the company's text to a draft pack, on the page and through the API."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.translation import override
from tests.cast import NOW, Cast

from dingfen.policies import drafting, editing
from dingfen.policies.models import PolicyDraft
from dingfen.problems import Problem
from dingfen.register.models import Entry
from dingfen.web.policies.draft_values import key_words, said

TEXT = """客户跟进办法
第一条 H级客户（三日之内成交）每隔两天联系一次。
第二条 虚报拜访的，第一次罚款200元。
第三条 重点客户每周进行23次回访。
"""


def begun(cast: Cast) -> PolicyDraft:
    return drafting.start_draft(actor=cast.actor("tang"), at=NOW, title="", text=TEXT)


def number_of(draft: PolicyDraft, value: object) -> int:
    return next(n for n, one in enumerate(draft.findings) if one["value"] == value)


def test_on_the_page(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.tang)
    empty = client.post("/policies/drafts/new/", {"title": "", "text": " "})
    assert empty.status_code == 422
    wrong = client.post("/policies/drafts/new/", {"file": SimpleUploadedFile("old.doc", b"x")})
    assert wrong.status_code == 422 and "docx" in wrong.content.decode()
    made = client.post(
        "/policies/drafts/new/", {"file": SimpleUploadedFile("跟进.txt", TEXT.encode("gb18030"))}
    )
    draft = PolicyDraft.objects.get()
    path = f"/policies/drafts/{draft.uid}/"
    assert made["Location"] == path
    assert draft.title == "跟进"
    assert Entry.objects.filter(kind="policy.drafted", subject_uid=draft.uid).count() == 1

    page = client.get(path).content.decode()
    assert "protection.follow_up" in page and "df-number" in page
    every = number_of(draft, "P2D")
    changed = client.post(
        f"{path}settle/{every}/",
        {"decision": "changed", "value": "every: {length: 4 days"},
        HTTP_HX_REQUEST="true",
    )
    assert changed.status_code == 422 and "is-invalid" in changed.content.decode()
    for odd in ("&a [*a]", "[" * 3000, "a: 1\na: 2", "!!set {a}"):
        refused = client.post(f"{path}settle/{every}/", {"decision": "changed", "value": odd})
        assert refused.status_code == 422, odd
    good = {"decision": "changed", "value": "when: grade == 'H'\nevery: {length: 4 days}"}
    assert client.post(f"{path}settle/{every}/", good).status_code == 302
    fine = number_of(draft, "200 CNY")
    list_for_word = {"decision": "changed", "value": "kind: [fine]\namount: .nan"}
    assert client.post(f"{path}settle/{fine}/", list_for_word).status_code == 302
    assert client.get(f"{path}pack.zip").status_code == 200  # kept aside: no kind of sanction is a list
    client.post(f"{path}settle/{fine}/", {"decision": "open"})
    client.post(f"{path}accept/")
    draft.refresh_from_db()
    doubtful = draft.findings[number_of(draft, "2..3 per week")]
    assert doubtful["decision"] == "open"  # what is doubtful is never taken in bulk
    assert draft.findings[number_of(draft, "200 CNY")]["decision"] == "accepted"
    archive = zipfile.ZipFile(io.BytesIO(client.get(f"{path}pack.zip").content))
    assert sorted(archive.namelist()) == ["articles.yaml", "ownership.yaml", "pack.yaml", "proposals.yaml"]
    rules, proposals = (archive.read(f"{name}.yaml").decode() for name in ("ownership", "proposals"))
    assert "4 days" in rules and "2..3 per week" not in rules + proposals
    assert "23次" in archive.read("articles.yaml").decode()
    assert client.get(f"{path}?show=open").content.decode().count("df-found") == 1
    assert client.get("/policies/drafts/").status_code == 200


def test_two_people_at_once(cast: Cast) -> None:
    draft = begun(cast)
    actor = cast.actor("tang")
    drafting.settle(actor=actor, at=NOW, draft_uid=draft.uid, number=0, decision="dropped", version=1)
    with pytest.raises(Problem) as refusal:
        drafting.settle(actor=actor, at=NOW, draft_uid=draft.uid, number=0, decision="accepted", version=1)
    assert refusal.value.code == "version.stale"


def test_other_roles_and_companies_see_no_draft(cast: Cast) -> None:
    draft = begun(cast)
    with pytest.raises(Problem) as refusal:
        drafting.drafts(cast.actor("lin"))
    assert refusal.value.status == 403
    with pytest.raises(Problem):
        drafting.settle(
            actor=cast.actor("stranger"), at=NOW, draft_uid=draft.uid, number=0, decision="dropped"
        )


@pytest.mark.parametrize(
    ("kind", "found", "zh", "en"),
    [
        ("duration", "PT30M", "30 分钟", "30 minutes"),
        ("duration", "P3D", "3 日", "3 days"),
        ("duration", "over P3M", "超过 3 个月", "more than 3 months"),
        ("deadline", "P3D..P5D", "3 日至 5 日", "3 days to 5 days"),
        ("deadline", "same day 18:00", "当日 18:00", "same day 18:00"),
        ("duration", "P7Y", "7 年", "7 years"),
        ("frequency", "2..3 per month", "每月 2–3 次", "2–3 times a month"),
        ("frequency", "P3D", "每 3 日 1 次", "every 3 days"),
        ("points", -2, "−2 分", "−2 points"),
        ("points", "-3..3", "−3 至 3 分", "−3 to 3 points"),
        ("count", "max 3", "至多 3", "at most 3"),
        ("amount", "100 CNY", "100 元", "CNY 100"),
        ("duration", "max P10D", "至多 10 日", "at most 10 days"),
        ("percentage", "under 80%", "低于 80%", "less than 80%"),
        ("points", "min -20", "至少 −20", "at least −20"),
        ("sanction", "forfeiture", "没收提成", "forfeiture of commission"),
        ("sanction", "fine", "罚款", "fine"),
        ("sanction", "limited_service", "限制服务", "limited service"),
        ("levels", ["email", "letter"], "email、letter", "email, letter"),
        ("percentage", "2.5", "2.5", "2.5"),
    ],
)
def test_what_was_found_is_said_in_words(kind: str, found: object, zh: str, en: str) -> None:
    for language, words in (("zh-hans", zh), ("en", en)):
        with override(language):
            assert str(said(kind, found)).replace("\u00a0", " ") == words


def test_a_key_is_named_in_words() -> None:
    with override("zh-hans"):
        assert key_words("ownership.protection.lapse") == "失效"
        assert key_words("ownership.protection.lapse", "from") == "从何时起算"
        assert key_words("ownership.protection.lapse", "counting") != "counting"
        assert key_words("complaints.clocks.first_answer") == "时限"
    with override("en"):
        assert key_words("ownership.protection.lapse", "nobody") == "nobody"


def test_what_was_accepted_runs(cast: Cast) -> None:
    """From pasted text to a rule book without an error: who accepts everything can propose it."""
    actor = cast.actor("tang")
    text = """第一条 登记的有效期为15天，当日须登记。
第二条 交车后五日内可以提出归属主张。
第三条 虚假登记的，第一次罚款50元，第二次罚款100元，第三次辞退。
第四条 严禁私自翻阅他人登记。
"""
    draft = drafting.start_draft(actor=actor, at=NOW, title="登记办法", text=text)
    drafting.accept_sure(actor=actor, at=NOW, draft_uid=draft.uid, at_least=0)
    source = editing.begin(actor=actor, at=NOW, draft=str(draft.uid))
    checked = editing.check(source.files)
    assert checked.errors == () and not [one for one in checked.findings if one.severity == "error"]
    assert checked.pack is not None and checked.pack.ownership is not None
    rules = checked.pack.ownership
    assert [rule.after.length for rule in rules.protection.lapse] == ["15 days"]
    assert [step.kind for step in rules.sanctions[0].steps] == ["fine", "fine", "dismissal"]
    assert rules.sanctions[0].article == "ART-3" and rules.bans[0].article == "ART-4"
