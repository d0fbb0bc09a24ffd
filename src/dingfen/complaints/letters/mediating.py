"""Papers of a mediation and of a change: invitation, minutes, agreement, notice of failure, supplementary agreement.

Drafted from the step of the ladder, its last session and the change decided on. What the record does not say stands
as a blank to fill in; an invitation does not go out with one.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from dingfen import formats
from dingfen.cases import thread
from dingfen.complaints.letters.amounts import in_words
from dingfen.complaints.models import ChangeRequest, Complaint, Issue, LadderStep, Session
from dingfen.parties import sealing

BLANK = "________"


def invitation(complaint: Complaint, at: datetime) -> Iterator[str]:
    yield _("We invite you to a mediation of your complaint %(number)s.") % {"number": complaint.case.number}
    step = _step(complaint)
    yield "# " + pgettext("mediation", "When and where")
    yield _("Time: %(blank)s") % {"blank": BLANK}
    yield _("Place: %(blank)s") % {"blank": BLANK}
    yield _("Mediator: %(name)s") % {"name": (step.body if step and step.body else BLANK)}
    yield "# " + pgettext("mediation", "What it is about")
    yield from _issues(complaint)
    yield "# " + pgettext("mediation", "Please note")
    yield _(
        "It is voluntary and costs you nothing. You can stop at any time; every other way stays open to you."
    )
    yield _("You may bring somebody you trust, or send a representative with a power of attorney.")
    yield _(
        "Bring what shows your side: contract, receipts, photographs. If the time does not suit, tell us."
    )
    yield _("If you have reasons to object to the mediator, tell us; another one is found.")
    if step and step.answer_by:
        yield _("Please answer by %(date)s.") % {"date": formats.deadline(step.answer_by)}


def minutes(complaint: Complaint, at: datetime) -> Iterator[str]:
    session, told = _session(complaint)
    yield _("Time: %(time)s") % {"time": formats.stamp(session.at) if session else BLANK}
    yield _("Place: %(place)s") % {"place": told.get("place") or BLANK}
    yield _("Mediator: %(name)s") % {"name": told.get("mediator") or BLANK}
    yield _("Present: %(names)s") % {"names": told.get("present") or BLANK}
    if session is None or session.no_interest:
        yield _("The mediator has no interest in the matter; neither side objects.")
    parts = (
        (pgettext("mediation", "What the customer says"), "theirs"),
        (pgettext("mediation", "What the company says"), "ours"),
        (pgettext("mediation", "Agreed"), "agreed_points"),
        (pgettext("mediation", "Open"), "open_points"),
        (pgettext("mediation", "What happens next"), "next"),
    )
    for title, name in parts:
        if told.get(name):
            yield f"# {title}\n{told[name]}"
    if session is not None and session.read_back:
        yield _("Read to both and confirmed.")
    if session is not None and not session.signed:
        yield _("Not signed by both; this is noted.")


def mediated(complaint: Complaint, at: datetime) -> Iterator[str]:
    session, told = _session(complaint)
    yield from _parties(complaint)
    yield _("Mediator: %(name)s") % {"name": told.get("mediator") or BLANK}
    yield "# " + pgettext("mediation", "What it is about")
    yield from _issues(complaint)
    yield "# " + pgettext("mediation", "What the parties agree")
    yield told.get("agreed_points") or BLANK
    yield "# " + pgettext("agreement", "Effect")
    yield _(
        "Reached by the parties of their own will in the mediation of %(date)s. Once it is done, the issues above in "
        "%(number)s are settled between them. Nothing here limits Party B's right to report to the authorities."
    ) % {"date": formats.paper_day(formats.local(session.at).date()) if session else BLANK,
         "number": complaint.case.number}  # fmt: skip
    yield _(
        "A party that does not keep it can be asked to before a court, or by the way the parties have agreed on."
    )
    yield _("One copy for each party and one for the mediator; effective when both have signed.")


def failure(complaint: Complaint, at: datetime) -> Iterator[str]:
    session, told = _session(complaint)
    step = _step(complaint)
    ended = step.ended_at if step and step.ended_at else at
    yield _("The mediation of your complaint %(number)s has ended on %(date)s without an agreement.") % {
        "number": complaint.case.number, "date": formats.paper_day(formats.local(ended).date()),
    }  # fmt: skip
    if session is not None:
        yield _("It was held on %(date)s; %(name)s mediated.") % {
            "date": formats.paper_day(formats.local(session.at).date()), "name": told.get("mediator") or BLANK,
        }  # fmt: skip
    if told.get("agreed_points"):
        yield _("Agreed, and kept by us as far as it goes: %(points)s") % {"points": told["agreed_points"]}
    if told.get("open_points"):
        yield _("Still open: %(points)s") % {"points": told["open_points"]}
    yield _(
        "What was offered for the sake of an agreement binds neither side now. Your other rights stand as before."
    )


def change(complaint: Complaint, at: datetime) -> Iterator[str]:
    """The supplementary agreement to the change last decided for."""
    yes = (ChangeRequest.State.APPROVED, ChangeRequest.State.AGREED)
    row = complaint.changes.filter(state__in=yes).order_by("-decided_at", "-mark").first()
    words: dict[str, Any] = thread.sealer_of(complaint.case).open(row.sealed) if row else {}
    yield from _parties(complaint)
    yield _("The parties change what they had agreed, at Party B's wish, as follows.")
    yield "# " + pgettext("change agreement", "What is changed")
    yield words.get("what") or BLANK
    yield "# " + pgettext("change agreement", "Schedule and price")
    yield _schedule(row)
    yield _price(row)
    yield "# " + pgettext("change agreement", "How it is done")
    yield words.get("terms") or words.get("effect") or BLANK
    yield "# " + pgettext("agreement", "Effect")
    yield _(
        "All else in the contract stands. Where this agreement and the contract differ, this agreement holds."
    )
    yield _("Two copies; effective when both have signed.")


def _schedule(row: ChangeRequest | None) -> str:
    days = row.days if row else None
    if days is None:
        return _("Delivery: %(blank)s") % {"blank": BLANK}
    if days == 0:
        return _("The delivery date stays as it is.")
    text = (
        _("Delivery becomes %(days)s days later.")
        if days > 0
        else _("Delivery becomes %(days)s days sooner.")
    )
    return text % {"days": abs(days)}


def _price(row: ChangeRequest | None) -> str:
    price = row.price if row else None
    if row is None or price is None:
        return _("Price: %(blank)s") % {"blank": BLANK}
    if not price:
        return _("The price stays as it is.")
    text = (
        _("The price rises by %(sum)s (%(words)s).")
        if price > 0
        else _("The price falls by %(sum)s (%(words)s).")
    )
    sum_ = abs(price)
    return text % {
        "sum": formats.money(sum_, row.currency, table=True),
        "words": in_words(sum_, row.currency),
    }


def _parties(complaint: Complaint) -> Iterator[str]:
    key = sealing.sealer(complaint.case.uid)
    told = key.open(complaint.sealed) if key else {}
    yield _("Party A: %(company)s") % {"company": complaint.case.company.name}
    yield _("Party B: %(name)s") % {"name": told.get("complainant", {}).get("name") or BLANK}


def _issues(complaint: Complaint) -> Iterator[str]:
    key = thread.sealer_of(complaint.case)
    rows = complaint.issues.exclude(state=Issue.State.WITHDRAWN).order_by("number")
    titles = [(row.number, key.open(row.sealed).get("title", "")) for row in rows]
    lines = [_("Issue %(n)s: %(title)s") % {"n": number, "title": title} for number, title in titles]
    yield "\n".join(lines) or BLANK


def _step(complaint: Complaint) -> LadderStep | None:
    return complaint.ladder.filter(kind="mediation").order_by("-pk").first()


def _session(complaint: Complaint) -> tuple[Session | None, dict[str, str]]:
    rows = Session.objects.filter(step__complaint=complaint, step__kind="mediation")
    found = rows.order_by("-at", "-pk").first()
    return found, (thread.sealer_of(complaint.case).open(found.sealed) if found else {})
