"""Writing a rule book in the browser: from what there is, checked as typed, proposed when nothing is wrong."""

from __future__ import annotations

import pytest
from django.test import Client
from tests.accounts.samples import policy
from tests.cast import NOW, Cast

from dingfen.cli.main import main
from dingfen.engine.load import load_pack
from dingfen.packs import pack_files
from dingfen.policies import actions, editing
from dingfen.policies.models import PolicySource, PolicyVersion
from dingfen.policies.queries import pack_of, shipped
from dingfen.problems import Problem


def test_on_the_page(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.tang)
    assert client.get("/policies/sources/").status_code == 200
    made = client.post("/policies/sources/begin/", {"shipped": "auto-dealer"})
    for odd, status in (({"version": "x"}, 404), ({"draft": "\x00"}, 400)):
        assert client.post("/policies/sources/begin/", odd).status_code == status
    source = PolicySource.objects.get()
    path = f"/policies/sources/{source.uid}/"
    assert made["Location"] == path
    page = client.get(path).content.decode()
    assert "principles:" in page and "可以提交" in page

    rules = source.files["ownership.yaml"]
    broken = rules.replace("prefer: min(registered_at)", "prefer: min(registered_att)", 1)
    line = broken.splitlines().index(next(one for one in broken.splitlines() if "registered_att" in one)) + 1
    answer = client.post(f"{path}check/", {"name": "ownership.yaml", "text": broken}).content.decode()
    assert f'data-line="{line}"' in answer and "registered_att" in answer
    source.refresh_from_db()
    assert source.files["ownership.yaml"] == rules  # a check keeps nothing

    saved = client.post(f"{path}save/", {"name": "ownership.yaml", "text": broken, "version": "1"})
    assert saved.status_code == 302
    unit = {"unit": str(cast.company.uid)}
    assert client.post(f"{path}propose/", unit).status_code == 422
    stale = client.post(f"{path}save/", {"name": "ownership.yaml", "text": rules, "version": "1"})
    assert stale.status_code == 409 and "principles:" in stale.content.decode()  # what was typed is there
    pack = source.files["pack.yaml"].replace('"1.0"', '"1.1"')
    for name, text in (("ownership.yaml", rules), ("pack.yaml", pack)):
        source.refresh_from_db()
        client.post(f"{path}save/", {"name": name, "text": text, "version": str(source.version)})
    proposed = client.post(f"{path}propose/", unit)
    version = PolicyVersion.objects.get()
    assert proposed["Location"] == f"/policies/{version.uid}/"
    assert (version.version, version.state) == ("1.1", "awaiting_approval")
    assert client.get(f"{path}pack.zip")["Content-Type"] == "application/zip"


def test_a_version_comes_back_as_files_that_mean_the_same(cast: Cast) -> None:
    version = PolicyVersion.objects.get(uid=policy(cast)["uid"])
    source = editing.begin(actor=cast.actor("tang"), at=NOW, version=str(version.uid))
    checked = editing.check(source.files)
    assert not checked.errors and not checked.failed and checked.outcomes
    assert editing.changes(source, checked.pack) == []
    assert "length: 5 days" in source.files["ownership.yaml"]
    assert "09:00-18:00" in source.files["calendar.yaml"] and "32400" not in source.files["calendar.yaml"]
    assert "unverified: false" not in source.files["ownership.yaml"]
    source.files["ownership.yaml"] = source.files["ownership.yaml"].replace(
        "length: 5 days", "length: 6 days", 1
    )
    changed = editing.changes(source, editing.check(source.files).pack)
    assert [one.article for one in changed] and all(one.before != one.after for one in changed)
    assert load_pack(pack_files("auto-dealer")) == pack_of(version)


def test_a_scenario_that_fails_stops_the_proposal(cast: Cast) -> None:
    actor = cast.actor("tang")
    source = editing.begin(actor=actor, at=NOW, shipped="auto-dealer")
    name = next(each for each in source.files if each.startswith("scenarios/"))
    text = source.files["ownership.yaml"].replace("after: {length: 5 days", "after: {length: 2 days", 1)
    editing.save(actor=actor, at=NOW, source_uid=source.uid, name="ownership.yaml", text=text)
    with pytest.raises(Problem) as refusal:
        editing.propose_source(actor=actor, at=NOW, source_uid=source.uid, unit=cast.company)
    assert refusal.value.errors["files"][0][0] == "source.errors"
    editing.save(actor=actor, at=NOW, source_uid=source.uid, name=name, text=" ")
    source.refresh_from_db()
    assert name not in source.files
    for bad in ("../evil.yaml", "scenarios/Ä.yaml", "x.txt"):
        with pytest.raises(Problem) as refusal:
            editing.save(actor=actor, at=NOW, source_uid=source.uid, name=bad, text="x")
        assert refusal.value.status == 422


def test_only_the_policy_owner_writes(cast: Cast) -> None:
    source = editing.begin(actor=cast.actor("tang"), at=NOW, shipped="b2b-sales")
    for who, status in (("lin", 403), ("stranger", 403)):
        with pytest.raises(Problem) as refusal:
            editing.save(actor=cast.actor(who), at=NOW, source_uid=source.uid, name="pack.yaml", text="x")
        assert refusal.value.status == status
    with pytest.raises(Problem):
        editing.begin(actor=cast.actor("tang"), at=NOW, shipped="nothing")


def test_a_role_that_nobody_in_the_company_holds_is_remarked(
    cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    cast.fang.grants.all().delete()  # no general manager: appeals would reach nobody
    client = Client()
    client.force_login(cast.tang)
    client.post("/policies/sources/begin/", {"shipped": "auto-dealer"})
    page = client.get(f"/policies/sources/{PolicySource.objects.get().uid}/").content.decode()
    assert "无人担任" in page or "没有人担任" in page
    assert main(["policy", "lint", "auto-dealer", "--unit", "YL", "--language", "en"]) == 0
    assert "role_nobody_holds" in capsys.readouterr().out
    assert main(["policy", "lint", "auto-dealer", "--language", "en"]) == 0
    assert "role_nobody_holds" not in capsys.readouterr().out
    assert main(["policy", "lint", "auto-dealer", "--unit", "XX"]) == 2


@pytest.mark.parametrize("name", ["company-complaints", "special-period", "contact-centre"])
def test_a_version_on_complaints_is_written_topic_by_topic_and_reads_back(cast: Cast, name: str) -> None:
    version = actions.propose(actor=cast.actor("tang"), at=NOW, unit=cast.company, pack=shipped(name))
    source = editing.begin(actor=cast.actor("tang"), at=NOW, version=str(version.uid))
    assert {"pack.yaml", "articles.yaml", "complaints.yaml"} <= set(source.files)
    assert "clocks" not in source.files["pack.yaml"]
    checked = editing.check(source.files)
    assert checked.pack == shipped(name)
    assert not checked.errors
    assert not checked.failed
