"""The wizard as a person walks it: upload, map, dry run, import, error file, undo."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from dingfen.accounts.models import Staff
from dingfen.imports import running
from dingfen.imports.models import ImportJob
from dingfen.parties.models import Customer
from tests.cast import Cast

FILE = "客户名称,手机号,客户等级,备注\n"
FILE += "欧阳雪,13800138000,A,老客户\n李敏,1380013800,B,=HYPERLINK(1)\n王强,13900139000,,\n"


def browser(staff: Staff, language: str = "en") -> Client:
    client = Client(headers={"Accept-Language": language})
    client.force_login(staff, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def work() -> None:
    while running.run_one(timezone.now()):
        pass


def upload(client: Client, content: bytes, kind: str = "customers", mapping: str = "") -> ImportJob:
    file = SimpleUploadedFile("客户.csv", content)
    answer = client.post("/imports/new/", {"kind": kind, "file": file, "mapping": mapping})
    assert answer.status_code == 302, answer.content.decode()
    return ImportJob.objects.latest("pk")


@pytest.fixture
def en(cast: Cast) -> Client:
    Staff.objects.update(language="en")
    return browser(cast.admin)


def test_from_upload_to_undo(cast: Cast, en: Client) -> None:
    job = upload(en, FILE.encode("gb18030"))
    page = en.get(f"/imports/{job.uid}/").content.decode()
    assert "GB18030" in page and "欧阳雪" in page and "selected>手机号" in page
    fields = {f"column_{name}": column for name, column in job.mapping["columns"].items()}
    form = {**fields, "order": "year-first", "kind_of_customer": "person", "duplicates": "skip", "check": "1"}
    assert en.post(f"/imports/{job.uid}/map/", form).status_code == 302
    assert "hx-trigger" in en.get(f"/imports/{job.uid}/").content.decode()
    work()
    assert en.get(f"/imports/{job.uid}/progress/")["HX-Refresh"] == "true"
    page = en.get(f"/imports/{job.uid}/").content.decode()
    assert "Dry run: 2 rows can be imported, 1 can&#x27;t." in page
    assert "Row 3, 手机号: 1380013800" in page
    assert Customer.objects.count() == 0
    en.post(f"/imports/{job.uid}/start/")
    work()
    assert Customer.objects.count() == 2
    lines = (
        b"".join(en.get(f"/imports/{job.uid}/errors.csv").streaming_content).decode("utf-8-sig").splitlines()
    )  # type: ignore[attr-defined]
    assert lines[0] == "客户名称,手机号,客户等级,备注,Reason"
    assert lines[1].startswith("李敏,1380013800,B,'=HYPERLINK(1),") and len(lines) == 2
    assert en.get("/imports/").content.decode().count("客户.csv") >= 1
    en.post(f"/imports/{job.uid}/undo/")
    work()
    job.refresh_from_db()
    assert job.state == "undone"
    assert Customer.objects.visible_to(cast.actor("fang")).count() == 0
    again = upload(en, FILE.encode())  # after the undo the same customers are free to come again
    en.post(f"/imports/{again.uid}/start/")
    work()
    assert Customer.objects.count() == 4


def test_a_corrected_error_file_brings_in_what_was_left_out(en: Client) -> None:
    job = upload(en, FILE.encode())
    en.post(f"/imports/{job.uid}/start/")
    work()
    content = b"".join(en.get(f"/imports/{job.uid}/errors.csv").streaming_content)  # type: ignore[attr-defined]
    mended = upload(en, content.replace(b"1380013800,", b"13700137000,"))
    en.post(f"/imports/{mended.uid}/start/")
    work()
    mended.refresh_from_db()
    assert (mended.done, mended.failed, Customer.objects.count()) == (1, 0, 3)


def test_the_same_file_again_changes_nothing(en: Client) -> None:
    for expected in (("done_errors", 2, 0), ("done_errors", 0, 2)):
        job = upload(en, FILE.encode())
        en.post(f"/imports/{job.uid}/start/")
        work()
        job.refresh_from_db()
        assert (job.state, job.done, job.skipped) == expected
    assert Customer.objects.count() == 2


def test_what_is_wrong_is_said_at_its_field(en: Client) -> None:
    bad = en.post("/imports/new/", {"kind": "customers", "file": SimpleUploadedFile("a.pdf", b"%PDF-1.7")})
    assert bad.status_code == 422 and "Save it as CSV or as Excel" in bad.content.decode()
    job = upload(en, FILE.encode())
    form = {
        "column_phone": "手机号",
        "order": "year-first",
        "kind_of_customer": "person",
        "duplicates": "skip",
    }
    answer = en.post(f"/imports/{job.uid}/map/", form)
    assert answer.status_code == 422
    assert "Choose a column for &quot;Name&quot;." in answer.content.decode()


def test_only_who_may_import_sees_imports_and_no_other_company(cast: Cast, en: Client) -> None:
    job = upload(en, FILE.encode())
    for name, status in (("lin", 403), ("jiang", 404), ("stranger", 403)):
        assert browser(getattr(cast, name)).get(f"/imports/{job.uid}/").status_code == status, name
    assert browser(cast.lin).get("/imports/new/").status_code == 403


def test_a_head_imports_for_the_own_unit_only(cast: Cast) -> None:
    rows = "客户,手机号,归属人\n欧阳雪,13800138000,林可欣\n王强,13900139000,徐嘉言\n李敏,13700137000,林可\n"
    job = upload(browser(cast.jiang), rows.encode())
    browser(cast.jiang).post(f"/imports/{job.uid}/start/")
    work()
    job.refresh_from_db()
    codes = {row.number: row.errors[0]["code"] for row in job.rows.filter(state="failed")}
    assert codes == {3: "staff.outside", 4: "staff.near"}
