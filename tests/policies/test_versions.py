"""The life of a policy version: proposed, approved by a second person, published, read, superseded."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from tests.cast import NOW, Cast

from dingfen.accounts.models import Role, RoleGrant
from dingfen.engine.load import load_pack
from dingfen.engine.schema import Pack, Period
from dingfen.packs import pack_files
from dingfen.policies import actions
from dingfen.policies.bases import bases_of
from dingfen.policies.models import Acknowledgement, PolicyVersion
from dingfen.policies.queries import shipped, version_at
from dingfen.problems import Problem
from dingfen.register.models import Entry

State = PolicyVersion.State
DAY = dt.timedelta(days=1)
WHY = "沿用原有规定，未作实质改动"


def proposed(cast: Cast, pack: str = "auto-dealer") -> PolicyVersion:
    return actions.propose(actor=cast.actor("tang"), at=NOW, unit=cast.company, pack=shipped(pack))


def test_who_proposed_cannot_approve_even_with_the_role(cast: Cast) -> None:
    version = proposed(cast)
    RoleGrant.objects.create(staff=cast.tang, role=Role.COMPLIANCE, unit=cast.company)
    with pytest.raises(Problem) as refused:
        actions.approve(actor=cast.actor("tang"), at=NOW, version_uid=version.uid)
    assert refused.value.code == "policy.own_proposal"
    assert actions.approve(actor=cast.actor("zhou"), at=NOW, version_uid=version.uid).state == State.APPROVED


def test_nothing_is_proposed_that_nobody_else_could_approve(cast: Cast) -> None:
    first = proposed(cast)
    assert [one.username for one in actions.approvers(cast.company, NOW, but=cast.zhou.pk)] == ["fang"]
    client = Client()
    client.force_login(cast.tang)
    page = client.get(f"/policies/{first.uid}/").content.decode()
    assert cast.fang.name in page.split("可批准")[1] and cast.zhou.name in page.split("可批准")[1]
    RoleGrant.objects.filter(role__in=(Role.GENERAL_MANAGER, Role.COMPLIANCE)).delete()
    RoleGrant.objects.create(staff=cast.tang, role=Role.COMPLIANCE, unit=cast.company)  # the proposer alone
    RoleGrant.objects.create(staff=cast.gu, role=Role.COMPLIANCE, unit=cast.west)  # over another unit
    RoleGrant.objects.create(
        staff=cast.fang, role=Role.GENERAL_MANAGER, unit=cast.company, ends_on=(NOW - DAY).date()
    )
    with pytest.raises(Problem) as refused:
        proposed(cast, "b2b-sales")
    assert refused.value.code == "policy.no_approver"
    assert PolicyVersion.objects.count() == 1


def test_the_version_of_the_time_judges(cast: Cast) -> None:
    version = proposed(cast)
    actions.approve(actor=cast.actor("fang"), at=NOW, version_uid=version.uid)
    with pytest.raises(Problem) as past:
        actions.publish(
            actor=cast.actor("tang"),
            at=NOW,
            version_uid=version.uid,
            in_force_from=NOW - DAY,
            without_consultation=WHY,
        )
    assert past.value.code == "policy.past_date"
    actions.publish(
        actor=cast.actor("tang"),
        at=NOW,
        version_uid=version.uid,
        in_force_from=NOW + DAY,
        without_consultation=WHY,
    )
    team = (cast.company.pk, cast.east.path)
    assert version_at(*team, NOW, topic="ownership") is None
    found = version_at(*team, NOW + DAY, topic="ownership")
    assert found is not None
    assert found[0] == version
    assert found[1].id == "auto-dealer"
    assert version_at(cast.other_company.pk, cast.other_company.path, NOW + DAY, topic="ownership") is None


def test_imported_facts_may_be_judged_from_an_earlier_day(cast: Cast) -> None:
    version = proposed(cast, "b2b-sales")
    actions.approve(actor=cast.actor("fang"), at=NOW, version_uid=version.uid)
    long_ago = NOW - 300 * DAY
    actions.publish(
        actor=cast.actor("tang"),
        at=NOW,
        version_uid=version.uid,
        in_force_from=NOW,
        applies_to_history_from=long_ago,
        without_consultation=WHY,
    )
    team = (cast.company.pk, cast.east.path)
    assert version_at(*team, NOW - DAY, topic="ownership") is None
    assert version_at(*team, NOW - DAY, imported=True, topic="ownership") is not None
    assert version_at(*team, long_ago - DAY, imported=True, topic="ownership") is None


def test_retracted_before_its_day_the_earlier_one_goes_on(cast: Cast) -> None:
    first = proposed(cast)
    actions.approve(actor=cast.actor("fang"), at=NOW, version_uid=first.uid)
    actions.publish(
        actor=cast.actor("tang"), at=NOW, version_uid=first.uid, in_force_from=NOW, without_consultation=WHY
    )
    with pytest.raises(Problem) as begun:
        actions.retract(actor=cast.actor("tang"), at=NOW, version_uid=first.uid)
    assert begun.value.code == "policy.in_force"


def test_through_the_pages_from_proposal_to_reading(cast: Cast) -> None:
    browsers = {name: Client() for name in ("tang", "zhou", "lin")}
    for name, browser in browsers.items():
        browser.force_login(getattr(cast, name))
    sent = browsers["tang"].post("/policies/propose/", {"pack": "media-sales", "unit": str(cast.company.uid)})
    version = PolicyVersion.objects.get()
    assert sent["Location"] == f"/policies/{version.uid}/"
    assert browsers["lin"].post(f"/policies/{version.uid}/approve/").status_code == 403
    assert browsers["zhou"].post(f"/policies/{version.uid}/approve/").status_code == 302
    today = dt.datetime.now(version.unit.zone).date()
    published = browsers["tang"].post(
        f"/policies/{version.uid}/publish/",
        {"in_force_from": today.isoformat(), "without_consultation": WHY},
    )
    assert published.status_code == 302
    for _ in range(2):  # a second confirmation changes nothing
        assert browsers["lin"].post(f"/policies/{version.uid}/acknowledge/").status_code == 302
    assert Acknowledgement.objects.filter(version=version, staff=cast.lin).count() == 1
    kinds = list(
        Entry.objects.filter(kind__startswith="policy.").order_by("seq").values_list("kind", flat=True)
    )
    assert kinds == ["policy.proposed", "policy.approved", "policy.published", "policy.read"]
    page = browsers["lin"].get(f"/policies/{version.uid}/").content.decode()
    assert "生效中" in page
    assert "林可欣" in page
    book = browsers["lin"].get(f"/policies/{version.uid}/rule-book.md")
    assert "媒体" in book.content.decode()


def test_each_topic_has_its_own_version(cast: Cast) -> None:
    """A pack on another topic, published later, takes nothing away from the rules on ownership."""
    first = proposed(cast)
    actions.approve(actor=cast.actor("fang"), at=NOW, version_uid=first.uid)
    actions.publish(
        actor=cast.actor("tang"), at=NOW, version_uid=first.uid, in_force_from=NOW, without_consultation=WHY
    )
    hours = load_pack(
        {
            "pack.yaml": 'id: hours\ntitle: {zh: 时间, en: Hours}\nversion: "1.0"\njurisdiction: CN\n',
            "articles.yaml": "articles:\n  - {id: H-1, title: {zh: 甲, en: A}, text: {zh: 乙, en: B}}\n",
            "calendar.yaml": 'calendar: {zone: Asia/Shanghai, periods: {mon: ["09:00-18:00"]}}\n',
        }
    )
    _publish(cast, hours, NOW + DAY)
    team = (cast.company.pk, cast.east.path)
    found = version_at(*team, NOW + 2 * DAY, topic="ownership")
    other = version_at(*team, NOW + 2 * DAY, topic="calendar")
    assert found is not None
    assert found[0] == first
    assert other is not None
    assert other[1].id == "hours"


def test_an_overlay_holds_for_its_period_only_and_before_newer_versions(cast: Cast) -> None:
    first = proposed(cast)
    actions.approve(actor=cast.actor("fang"), at=NOW, version_uid=first.uid)
    actions.publish(
        actor=cast.actor("tang"), at=NOW, version_uid=first.uid, in_force_from=NOW, without_consultation=WHY
    )
    last = (NOW + 10 * DAY).date()
    over = load_pack(
        {
            "pack.yaml": 'id: rush\ntitle: {zh: 旺季, en: Rush}\nversion: "1.0"\njurisdiction: CN\n'
            f"kind: overlay\nextends: auto-dealer\nperiod: {{first: {NOW.date()}, last: {last}}}\n",
            "ownership.yaml": "ownership: {pool: {take_per_day: 3}}\n",
        },
        pack_files,
    )
    _publish(cast, over, NOW + DAY)
    newer = load_pack({**pack_files("auto-dealer"), "pack.yaml": _newer()}, pack_files)
    _publish(cast, newer, NOW + 2 * DAY)
    team = (cast.company.pk, cast.east.path)
    names = {}
    for days in (0, 3, 12):
        found = version_at(*team, NOW + days * DAY, topic="ownership")
        assert found is not None
        names[days] = (found[1].id, found[1].version)
    assert names == {0: ("auto-dealer", "1.0"), 3: ("rush", "1.0"), 12: ("auto-dealer", "1.1")}
    with pytest.raises(Problem) as over_already:
        _publish(cast, over.model_copy(update={"version": "1.1"}), NOW + 20 * DAY)
    assert over_already.value.code == "policy.period_over"


def _newer() -> str:
    return pack_files("auto-dealer")["pack.yaml"].replace('"1.0"', '"1.1"')


def _publish(cast: Cast, pack: Pack, start: dt.datetime) -> None:
    version = actions.propose(actor=cast.actor("tang"), at=NOW, unit=cast.company, pack=pack)
    actions.approve(actor=cast.actor("fang"), at=NOW, version_uid=version.uid)
    actions.publish(
        actor=cast.actor("tang"),
        at=NOW,
        version_uid=version.uid,
        in_force_from=start,
        without_consultation=WHY,
    )


def _overlay(days: int, base: str = "auto-dealer") -> Pack:
    last = (NOW + days * DAY).date()
    return load_pack(
        {
            "pack.yaml": 'id: rush\ntitle: {zh: 旺季, en: Rush}\nversion: "1.0"\njurisdiction: CN\n'
            f"kind: overlay\nextends: {base}\nperiod: {{first: {NOW.date()}, last: {last}}}\n",
            "ownership.yaml": "ownership: {pool: {take_per_day: 3}}\n",
        },
        pack_files,
    )


def test_an_overlay_can_be_ended_early_and_that_goes_on_record(cast: Cast) -> None:
    first = proposed(cast)
    actions.approve(actor=cast.actor("fang"), at=NOW, version_uid=first.uid)
    actions.publish(
        actor=cast.actor("tang"), at=NOW, version_uid=first.uid, in_force_from=NOW, without_consultation=WHY
    )
    _publish(cast, _overlay(20), NOW)
    overlay = PolicyVersion.objects.get(pack="rush")
    with pytest.raises(Problem) as other:
        actions.end_overlay(actor=cast.actor("tang"), at=NOW + DAY, version_uid=first.uid)
    assert other.value.code == "policy.no_overlay"
    actions.end_overlay(actor=cast.actor("tang"), at=NOW + 3 * DAY, version_uid=overlay.uid)
    team = (cast.company.pk, cast.east.path)
    names = []
    for days in (2, 3):
        found = version_at(*team, NOW + days * DAY, topic="ownership")
        assert found is not None
        names.append(found[1].id)
    assert names == ["rush", "auto-dealer"]
    assert Entry.objects.filter(kind="policy.ended", subject_uid=overlay.uid).count() == 1
    with pytest.raises(Problem) as again:
        actions.end_overlay(actor=cast.actor("tang"), at=NOW + 4 * DAY, version_uid=overlay.uid)
    assert again.value.code == "policy.not_in_force"


def test_the_page_of_an_overlay_says_what_it_changes_and_ends_it(client: Client, cast: Cast) -> None:
    _publish(cast, _overlay(400), NOW)
    overlay = PolicyVersion.objects.get(pack="rush")
    client.force_login(cast.tang)
    page = client.get(f"/policies/{overlay.uid}/").content.decode()
    assert "汽车经销商客户归属办法" in page
    assert f"/policies/{overlay.uid}/end/" in page
    assert client.post(f"/policies/{overlay.uid}/end/").status_code == 302
    assert f"/policies/{overlay.uid}/end/" not in client.get(f"/policies/{overlay.uid}/").content.decode()


def test_a_company_extends_its_own_pack(cast: Cast) -> None:
    """What the company published stands before the shipped pack of the same name."""
    own = load_pack({**pack_files("auto-dealer"), "pack.yaml": _newer()}, pack_files)
    changed = own.model_copy(update={"title": own.title.model_copy(update={"en": "Our own"})})
    _publish(cast, changed, NOW)
    files = {"pack.yaml": 'id: x\ntitle: {zh: 甲, en: X}\nversion: "1.0"\nextends: auto-dealer\n'}
    bases = bases_of(cast.company.pk)
    assert load_pack(files, bases).ownership == own.ownership
    assert '"en":"Our own"' in bases("auto-dealer")["pack.yaml"]
    assert bases("b2b-sales") == pack_files("b2b-sales")
    assert "Our own" not in bases_of(cast.other_company.pk)("auto-dealer")["pack.yaml"]


def test_an_overlay_begins_with_its_first_day_at_the_earliest(cast: Cast) -> None:
    first, last = (NOW + 5 * DAY).date(), (NOW + 9 * DAY).date()
    later = _overlay(9).model_copy(update={"period": Period(first=first, last=last)})
    _publish(cast, later, NOW)
    version = PolicyVersion.objects.get(pack="rush")
    assert version.in_force_from == version.unit.midnight_after(first - DAY)
    assert version.in_force_until == version.unit.midnight_after(last)
