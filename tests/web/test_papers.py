"""Papers on pages, as files and over the API; a printed one is checked against the register."""

from __future__ import annotations

import io
import re
from typing import Any

import docx
import pypdf
import pytest
from django.test import Client
from django.utils import timezone

from dingfen.accounts.models import Staff
from dingfen.books.checking import check_code
from dingfen.ownership.models import Dispute, Ruling
from dingfen.policies.models import PolicyVersion
from dingfen.register.models import Entry, Look
from dingfen.register.sealing import sign_checkpoint
from tests.api.conftest import token_for
from tests.cast import Cast
from tests.web.conftest import SignedIn
from tests.web.samples import make_samples

pytestmark = pytest.mark.django_db


@pytest.fixture
def ruling(cast: Cast) -> Ruling:
    """Lin and Xu, ruled by both heads."""
    make_samples(cast)
    for person in Staff.objects.all():
        if hasattr(cast, person.username):
            getattr(cast, person.username).refresh_from_db()
    return Ruling.objects.select_related("dispute__case").get()


def text_of(content: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return re.sub(r"\s", "", "".join(page.extract_text() for page in pages))


def entry_of(ruling: Ruling) -> Entry:
    return Entry.objects.select_related("page__book").get(pk=ruling.entry_seq)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "zh",
            [
                "裁决书",
                "裁〔",
                "一、当事人与客户",
                "林可欣",
                "由我登记并跟进。",
                "依据条款",
                "OWN-",
                "姜若琳",
                "顾怀远",
                "签字：",
            ],
        ),
        (
            "en",
            [
                "Ruling",
                "1.Partiesandcustomer",
                "林可欣",
                "TheChinesetextprevails.",
                "OWN-",
                "姜若琳",
                "Signature:",
            ],
        ),
    ],
)
def test_the_ruling_in_all_three_forms(
    signed_in: SignedIn, ruling: Ruling, language: str, words: list[str]
) -> None:
    client, base = signed_in("lin"), f"/disputes/{ruling.dispute.case.uid}/paper"
    page = client.get(f"{base}/?language={language}")
    pdf = client.get(f"{base}.pdf?language={language}")
    word = client.get(f"{base}.docx?language={language}")
    assert (page.status_code, pdf.status_code, word.status_code) == (200, 200, 200)
    assert pdf["Content-Type"] == "application/pdf" and ".pdf" in pdf["Content-Disposition"]
    made: Any = docx.Document(io.BytesIO(word.content))
    everywhere = (
        re.sub(r"\s|<[^>]+>", "", page.content.decode()),
        text_of(pdf.content),
        re.sub(
            r"\s", "", "".join(node.text or "" for node in made.element.iter() if node.tag.endswith("}t"))
        ),
    )
    for form in everywhere:
        for each in [*words, check_code(entry_of(ruling)).replace(" ", "")][
            : len(words) + (form == everywhere[1])
        ]:
            assert each in form
    assert client.get(f"{base}.pdf?language={language}").content == pdf.content
    assert client.get(f"{base}.docx?language={language}").content == word.content


def test_a_paper_names_the_year_whenever_it_is_read(signed_in: SignedIn, ruling: Ruling) -> None:
    pdf = signed_in("lin").get(f"/disputes/{ruling.dispute.case.uid}/paper.pdf").content
    year = str(ruling.given_at.year)
    assert re.search(year + r"年\d+月\d+日（周.）", text_of(pdf)), "the last day to appeal has no year"


def test_text_of_people_is_shown_as_they_wrote_it(signed_in: SignedIn, ruling: Ruling) -> None:
    Dispute.objects.get().claims.update(statement="<b>#let x = 1</b> & *客户*")
    client, base = signed_in("lin"), f"/disputes/{ruling.dispute.case.uid}/paper"
    assert "<b>#letx=1</b>&*客户*" in text_of(client.get(f"{base}.pdf").content)
    assert "&lt;b&gt;#let x = 1&lt;/b&gt; &amp; *客户*" in client.get(f"{base}/").content.decode()


def test_an_unknown_ruling_and_a_stranger_get_404(signed_in: SignedIn, ruling: Ruling) -> None:
    base = f"/disputes/{ruling.dispute.case.uid}/paper.pdf"
    assert signed_in("lin").get(f"{base}?ruling={ruling.dispute.case.uid}").status_code == 404
    assert signed_in("lin").get(f"{base}?ruling=x").status_code == 404
    assert signed_in("lin").get(f"{base}?ruling={ruling.uid}").status_code == 200
    assert signed_in("stranger").get(base).status_code == 404
    assert signed_in("lin").get(base.replace("pdf", "exe")).status_code == 404


def test_the_rule_book(signed_in: SignedIn, ruling: Ruling) -> None:
    version = PolicyVersion.objects.get(pack="auto-dealer")
    client = signed_in("tang")
    found = text_of(client.get(f"/policies/{version.uid}/paper.pdf").content)
    for each in (
        version.title["zh"].replace(" ", ""),
        f"{version.version}版",
        "第一条",
        "第二十条",
        "阅读确认表",
        "林可欣",
        "批准人",
    ):
        assert each in found
    assert "Article 20." in client.get(f"/policies/{version.uid}/paper/?language=en").content.decode()


def test_a_page_of_the_register_and_the_look_at_it(signed_in: SignedIn, cast: Cast, ruling: Ruling) -> None:
    entry = entry_of(ruling)
    sheet = entry.page
    before = Look.objects.filter(kind="register.page", subject_uid=sheet.uid).count()
    answer = signed_in("jiang").get(f"/register/{sheet.book.code}/{sheet.day}/paper.pdf")
    found = text_of(answer.content)
    assert f"{entry.number:04d}" in found and "尚未封存" in found
    assert Look.objects.filter(kind="register.page", subject_uid=sheet.uid).count() == before + 1
    assert signed_in("stranger").get(f"/register/{sheet.book.code}/{sheet.day}/paper.pdf").status_code == 404


def check(client: Client, name: str, code: str) -> str:
    answer = client.get("/papers/check/", {"entry": name, "code": code})
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_printed_paper_is_checked(signed_in: SignedIn, ruling: Ruling) -> None:
    entry = entry_of(ruling)
    code, right = check_code(entry), "与登记簿一致"
    assert re.fullmatch(r"([0-9a-f]{4} ){3}[0-9a-f]{4}", code)
    client = signed_in("lin")
    assert right in check(client, entry.name, code)
    assert right in check(client, entry.name.lower(), code.upper().replace(" ", "-"))
    assert ruling.dispute.case.number in check(client, entry.name, code)
    wrong = ("1" if code[0] != "1" else "2") + code[1:]
    for name, given in ((entry.name, wrong), ("CDE-19990101-0001", code), (entry.name, "x"), ("x", code)):
        said = check(client, name, given)
        assert right not in said and "不要采信" in said
    assert right not in check(signed_in("stranger"), entry.name, code)
    assert Look.objects.filter(kind="paper.check").count() == 8


def test_who_may_not_see_the_case_learns_only_that_the_paper_is_right(
    signed_in: SignedIn, ruling: Ruling
) -> None:
    entry = entry_of(ruling)
    said = check(signed_in("chen"), entry.name, check_code(entry))
    assert "与登记簿一致" in said and ruling.dispute.case.number not in said


def test_a_covered_entry_is_proved_on_the_spot(signed_in: SignedIn, ruling: Ruling) -> None:
    entry = entry_of(ruling)
    sign_checkpoint(timezone.now())
    assert "df-note green" in check(signed_in("lin"), entry.name, check_code(entry))


def test_over_the_api(cast: Cast, ruling: Ruling) -> None:
    client = Client(HTTP_AUTHORIZATION=f"Bearer {token_for(cast.lin)[0]}", HTTP_ACCEPT_LANGUAGE="en")
    uid, entry = ruling.dispute.case.uid, entry_of(ruling)
    pdf = client.get(f"/api/v1/disputes/{uid}/paper.pdf")
    assert pdf["Content-Type"] == "application/pdf" and "Factsfound" in text_of(pdf.content)
    word = client.get(f"/api/v1/disputes/{uid}/paper.docx")
    assert docx.Document(io.BytesIO(word.content)).tables
    asked = {"entry": entry.name, "code": check_code(entry)}
    told = client.get("/api/v1/papers/check", asked).json()
    assert (told["entry"], told["kind"], told["proof"]) == (entry.name, "dispute.ruled", None)
    assert client.get("/api/v1/papers/check", asked | {"code": "0"}).status_code == 404
