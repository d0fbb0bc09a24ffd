"""The rule book of a version as a paper (制度文本): articles by chapter, annexes, signatures, sheet of readers."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from uuid import UUID

from django.utils.translation import gettext, pgettext

from dingfen import formats
from dingfen.accounts import access
from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Staff
from dingfen.engine.annexes import annexes
from dingfen.engine.diff import Changed, diff
from dingfen.engine.render import chinese_number
from dingfen.engine.schema import Pack
from dingfen.papers.model import Block, Break, Heading, Pairs, Paper, Para, Sign, Signatures, Table
from dingfen.policies.models import PolicyVersion
from dingfen.policies.queries import pack_of, version_before
from dingfen.problems import missing
from dingfen.register.models import Entry
from dingfen.web.papers.parts import colon, day_of, foot_of, language, sign_line
from dingfen.web.policies.reading import clauses
from dingfen.web.policies.rule_words import label, path_label
from dingfen.web.templatetags.dingfen import staff_name, unit_name

SHOWN_CHANGES = 60


def make(actor: Actor, at: dt.datetime, *, uid: UUID) -> Paper:
    """Raises Problem (404) for a version of another company."""
    access.require(actor, "policy.view")
    version = (
        PolicyVersion.objects.filter(company_id=actor.company_id, uid=uid)
        .select_related("unit", "company", "made_by", "approved_by")
        .first()
    )
    if version is None:
        raise missing()
    pack, tongue = pack_of(version), language()
    entry = (
        Entry.objects.filter(subject_uid=version.uid, kind__in=("policy.published", "policy.proposed"))
        .select_related("page__book")
        .order_by("-seq")
        .first()
    )
    blocks: list[Block] = [
        *_head(version),
        *_articles(pack),
        *_scorecard(pack),
        *_annexes(pack),
        *_changes(version, pack),
        *_consultations(version),
    ]
    blocks += [_signatures(version), Break(), *_readers(version)]
    return Paper(
        language=tongue,
        name=f"{version.pack}-{version.version}-{tongue}",
        letterhead=unit_name(version.company),
        title=version.title[tongue],
        number=pgettext("paper", "version %(version)s") % {"version": version.version},
        blocks=tuple(blocks),
        foot=foot_of(entry, gettext("rules %(digest)s") % {"digest": version.digest[:12]}),
        made_at=version.published_at or version.approved_at or at.replace(hour=0, minute=0, second=0),
        mark="" if version.state == PolicyVersion.State.PUBLISHED else str(version.get_state_display()),
    )


def _head(version: PolicyVersion) -> Iterator[Block]:
    before = version_before(version)
    nothing = "—"
    rounds = list(version.consultations.all())
    consulted = formats.series(
        [f"{formats.paper_day(one.held_on)} {one.get_form_display()}" for one in rounds]
    )
    yield Pairs(
        (
            (gettext("Applies to"), unit_name(version.unit)),
            (gettext("Version"), version.version),
            (
                gettext("Date of effect"),
                formats.paper_day(version.in_force_from) if version.in_force_from else nothing,
            ),
            (gettext("Drawn up by"), staff_name(version.made_by) or nothing),
            (gettext("Approved by"), staff_name(version.approved_by) or nothing),
            (gettext("Consultation of staff"), consulted or version.without_consultation or nothing),
            (
                gettext("Replaces"),
                gettext("version %(version)s") % {"version": before.version} if before else nothing,
            ),
        )
    )
    yield Para(gettext("What happened before the date of effect follows the version of its time."))


def _consultations(version: PolicyVersion) -> Iterator[Block]:
    """Who was consulted, what they put forward and what was answered."""
    rounds = list(version.consultations.all())
    if not rounds:
        return
    yield Heading(gettext("Annex: consultation of staff"))
    for one in rounds:
        yield Para(f"{formats.paper_day(one.held_on)} {one.get_form_display()}{colon()}{one.participants}")
        rows = tuple(
            (
                each["by"] or "—",
                each["text"],
                each["answer"],
                gettext("taken up") if each["taken_up"] else "—",
            )
            for each in one.objections
        )
        if rows:
            head = (
                gettext("From"),
                gettext("Objection"),
                pgettext("consultation", "Answer"),
                gettext("Result"),
            )
            yield Table(head, rows, (2, 4, 4, 2))


def _signatures(version: PolicyVersion) -> Signatures:
    signers = (
        Sign(gettext("Drawn up by"), staff_name(version.made_by), line=sign_line()),
        Sign(gettext("Approved by"), staff_name(version.approved_by), line=sign_line()),
    )
    day = version.approved_at or version.published_at
    return Signatures(signers, day_of(day) if day else "", pgettext("paper", "(seal)"))


def _changes(version: PolicyVersion, pack: Pack) -> Iterator[Block]:
    """The table of changes from the version before, value by value with its article."""
    before = version_before(version)
    if before is None:
        return
    other = "en" if formats.chinese() else "zh"
    found = [
        one
        for one in diff(pack_of(before), pack)
        if not one.where.startswith(("version", "in_force")) and not one.where.endswith(f".{other}")
    ]
    yield Heading(gettext("Changes from version %(version)s") % {"version": before.version})
    if not found:
        yield Para(gettext("No value has changed."))
        return
    head = (gettext("Article"), gettext("Where"), gettext("Before"), gettext("Now"))
    yield Table(head, tuple(_change(one) for one in found[:SHOWN_CHANGES]), (2, 3, 4, 4))
    if len(found) > SHOWN_CHANGES:
        yield Para(
            gettext("%(n)s more changes are on the page of the version.") % {"n": len(found) - SHOWN_CHANGES}
        )


def _change(one: Changed) -> tuple[str, ...]:
    shown = [
        "—" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for value in (one.before, one.after)
    ]
    topic, *steps = one.where.removesuffix(f".{language()}").split(".")
    where = label(["articles", steps[-1]]) if topic == "articles" else path_label(one.where, numbered=True)
    return (one.article or "", where or one.where, *shown)


def _articles(pack: Pack) -> Iterator[Block]:
    for place, clause in enumerate(clauses(pack, language()), 1):
        if clause.starts:
            yield Heading(clause.starts)
        lead = f"第{chinese_number(place)}条" if formats.chinese() else f"Article {place}."
        doubt = pgettext("paper", " [values to be confirmed]") if clause.unverified else ""
        yield Para(clause.text + doubt, lead=f"{lead} {clause.title} [{clause.id}]")
        if clause.note:
            yield Para(clause.note, lead=pgettext("paper", "Note") + colon(), quiet=True)


def _scorecard(pack: Pack) -> Iterator[Block]:
    card, tongue = pack.ownership.scorecard if pack.ownership else None, language()
    if card is None:
        return
    yield Heading(gettext("Annex: scorecard"))
    rows = tuple(
        (getattr(line.title, tongue), str(line.points).replace("-", formats.MINUS), line.article)
        for line in card.lines
    )
    yield Table((gettext("Rule"), gettext("Points"), gettext("Article")), rows, (6, 2, 3), numbers=(1,))
    yield Para(gettext("Margin needed: %(n)s.") % {"n": card.threshold})


def _annexes(pack: Pack) -> Iterator[Block]:
    for annex in annexes(pack, language()):
        yield Heading(annex.title)
        yield Table(annex.head, annex.rows, (5, 3, 3, 2)[: len(annex.head)])


def _readers(version: PolicyVersion) -> Iterator[Block]:
    """Everybody the version applies to, with the day of reading, and a line to sign on."""
    yield Heading(gettext("Sheet of readers"))
    yield Para(gettext("I have read and taken note of these rules. This does not waive my right to comment."))
    read = dict(version.acknowledgements.values_list("staff_id", "at"))
    staff = (
        Staff.objects.filter(
            company_id=version.company_id, unit__path__startswith=version.unit.path, is_active=True
        )
        .select_related("unit")
        .order_by("unit__path", "pk")
    )
    rows = tuple(
        (
            staff_name(one),
            one.employee_number,
            unit_name(one.unit),
            formats.stamp(read[one.pk])[:10] if one.pk in read else "",
            "",
        )
        for one in staff
    )
    head = (
        gettext("Name"),
        gettext("Staff no."),
        gettext("Unit"),
        gettext("Confirmed on"),
        pgettext("paper", "Signature"),
    )
    yield Table(head, rows, (4, 2, 4, 3, 4))
