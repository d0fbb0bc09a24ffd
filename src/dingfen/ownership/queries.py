"""The one conflict check (撞单检测): does anyone hold this customer?

It answers with state, date, unit and extension, never with a name, a number or anything else of a customer
somebody else holds (principle 5).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from django.db import transaction
from django.db.models import Q

from dingfen import keys as secrets
from dingfen.accounts import limits
from dingfen.accounts.access import require
from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Unit
from dingfen.database.rows import add, each, find, first
from dingfen.matching import Features, Match, Record, normalise
from dingfen.ownership.models import ACTIVE, IN_POOL, Registration
from dingfen.ownership.rules import Rules, rules_at
from dingfen.parties.details import slip_errors
from dingfen.parties.models import Customer
from dingfen.parties.queries import candidates, family_ids
from dingfen.parties.relations import related_to
from dingfen.problems import Problem, invalid
from dingfen.register.models import Look

CHECKS_AN_HOUR = 60
HOUR = timedelta(hours=1)
MOST_SHOWN = 5
_TAIL = re.compile(r"\d{4}")
Verdict = Literal["free", "held", "possible", "mine"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A customer that is, or may be, the one asked for. `customer` only where the actor may know which."""

    sure: int
    reasons: tuple[str, ...]
    state: str
    unit: Unit | None = None
    until: datetime | None = None
    customer: Customer | None = None


@dataclass(frozen=True, slots=True)
class RelatedHold:
    """Somebody related to the customer asked for, whom a team holds. Never the same party."""

    words: str
    unit: Unit
    until: datetime | None
    mine: bool
    customer: Customer | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """`until`, `unit` and `extension` say whom to talk to and until when; `reasons` are codes of matching.

    `customer` is set for `mine`, and for `free` when the customer is known already but nobody holds it.
    `article` and `version` name the rule that protects. `candidates` explain `possible`. `related`: holds on
    customers the one found belongs together with. `holder_id` is for the desk's own use, never shown.
    """

    answer: Verdict
    sure: int = 0
    until: datetime | None = None
    unit: Unit | None = None
    extension: str = ""
    reasons: tuple[str, ...] = ()
    article: str = ""
    version: str = ""
    last_effective_at: datetime | None = None
    customer: Customer | None = None
    candidates: tuple[Candidate, ...] = ()
    related: tuple[RelatedHold, ...] = ()
    holder_id: int | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A stored customer that compares with what was asked: for actions, never shown as it is."""

    customer_id: int
    match: Match
    registration: Registration | None = None
    pooled: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """What lies behind an answer, for the action that registers under the same locks."""

    hits: tuple[Hit, ...] = ()
    blocking: Hit | None = None
    mine: Hit | None = None
    known: Hit | None = None
    possible: tuple[Hit, ...] = field(default_factory=tuple)


def search(
    company_id: int,
    features: Features,
    scope: str,
    staff_id: int | None,
    numbers: Sequence[int] | None = None,
) -> Finding:
    """Compare with every stored customer that shares a key (`numbers`, if known); at most three queries.

    `blocking`: the same customer is held by somebody else; `mine`: by this person; `known`: the same
    customer, held by nobody. `possible` never blocks (decision 2).
    """
    near = candidates(company_id, features, numbers=numbers)
    matches = {found.customer_id: found.match for found in near}
    if not matches:
        return Finding()
    where = f"{_STANDING} AND t.customer_id IN ({each(matches)})"
    rows = find(Registration, where, [company_id, scope, *matches], "unit")
    held = {row.customer_id: row for row in sorted(rows, key=lambda row: row.pk)}
    hits = [
        _hit(customer_id, match, held.get(customer_id))
        for customer_id, match in matches.items()  # surest first
    ]
    same = [hit for hit in hits if hit.match.answer == "same"]
    return Finding(
        hits=tuple(hits),
        blocking=next((h for h in same if h.registration and h.registration.holder_id != staff_id), None),
        mine=next((h for h in same if h.registration and h.registration.holder_id == staff_id), None),
        known=next((h for h in same if not h.registration), None),
        possible=tuple(hit for hit in hits if hit.match.answer == "possible"),
    )


_STANDING = "t.company_id = +%s AND t.scope = +%s AND t.rival_of_id IS NULL AND t.state IN " + str(
    tuple(str(state) for state in (*ACTIVE, *IN_POOL))
)


def _hit(customer_id: int, match: Match, registration: Registration | None) -> Hit:
    if registration is not None and registration.state in IN_POOL:
        return Hit(customer_id, match, None, pooled=True)
    return Hit(customer_id, match, registration)


def check_conflict(
    *,
    actor: Actor,
    at: datetime,
    name: str = "",
    phone: str = "",
    email: str = "",
    wechat: str = "",
    plate: str = "",
    company_name: str = "",
    credit_code: str = "",
    vin: str = "",
    scope: str = "",
    log: bool = True,
) -> Answer:
    """Answer for what somebody typed; any field may be blank, but not all. `phone` may be four last digits.

    `log=False` only for previews of an import, which is logged as a whole. Raises Problem `check.empty`,
    `input.invalid` for an identifier that cannot be read, `check.limit` (429) past 60 an hour.
    """
    require(actor, "conflict.check")
    tail = _one(phone) if _TAIL.fullmatch(phone.strip()) else ()
    record = Record(
        kind="company" if company_name and not name else "person",
        name=name,
        company=company_name,
        phones=() if tail else _one(phone),
        tails=tail,
        emails=_one(email),
        wechats=_one(wechat),
        plates=_one(plate),
        vins=_one(vin),
        credit_codes=_one(credit_code),
    )
    if record == Record():
        raise invalid({"phone": [("check.empty", {})]}, "check.empty")
    read = normalise(record)
    if read.slips and read.features == normalise(Record(name=name, company=company_name)).features:
        raise invalid({field_: slip_errors(slips) for field_, slips in read.slips.items()})
    assert actor.company_id is not None
    finding = search(actor.company_id, read.features, scope, actor.staff_id)
    answer = _answer(finding, actor, at)
    if log:
        _note(actor, at, read.features, scope, answer)
    return answer


def _one(value: str) -> tuple[str, ...]:
    return (value.strip(),) if value.strip() else ()


def _note(actor: Actor, at: datetime, features: Features, scope: str, answer: Answer) -> None:
    """Count the check and log it, both with one write to the disk. Over the limit: refused, and not logged."""
    with transaction.atomic():
        allowance = (
            None if actor.is_system else limits.hit(f"check:{actor.staff_id}", CHECKS_AN_HOUR, HOUR, at)
        )
        if allowance is None or allowance.allowed:
            _look(actor, at, features, scope, answer)
    if allowance is not None and not allowance.allowed:
        raise Problem("check.limit", 429, {"limit": CHECKS_AN_HOUR, "retry_at": allowance.retry_at})


def _look(actor: Actor, at: datetime, features: Features, scope: str, answer: Answer) -> None:
    """One line of the access log: who asked, and a keyed digest of what, never the text itself."""
    if actor.company_uid is None:
        return
    asked = hashlib.blake2b(f"{features}\0{scope}".encode(), key=secrets.key("index"), digest_size=32)
    add(
        Look(
            at=at,
            actor_uid=actor.uid,
            company_uid=actor.company_uid,
            kind="conflict.check",
            query_digest=asked.digest(),
            detail={"answer": answer.answer, "sure": answer.sure, "channel": actor.channel},
        )
    )


def _answer(finding: Finding, actor: Actor, at: datetime) -> Answer:
    if finding.blocking and finding.blocking.registration:
        return held_answer(finding.blocking.registration, finding.blocking.match, at)
    if finding.mine and finding.mine.registration:
        own = finding.mine.registration
        return Answer(
            "mine",
            sure=finding.mine.match.sure,
            until=own.protected_until,
            unit=own.unit,
            reasons=codes(finding.mine.match),
            last_effective_at=own.last_effective_at,
            customer=_customer(own.customer_id),
            related=_related(own.customer_id, actor),
            holder_id=own.holder_id,
            **_cited(own.unit, at),
        )
    if finding.known:
        return Answer(
            "free",
            sure=finding.known.match.sure,
            reasons=codes(finding.known.match),
            customer=_customer(finding.known.customer_id),
            related=_related(finding.known.customer_id, actor),
        )
    if finding.possible:
        first = finding.possible[0]
        return Answer(
            "possible",
            sure=first.match.sure,
            reasons=codes(first.match),
            candidates=tuple(_candidate(hit, actor) for hit in finding.possible[:MOST_SHOWN]),
        )
    return Answer("free")


def _customer(pk: int) -> Customer | None:
    return first(Customer, id=pk)


def held_answer(registration: Registration, match: Match | None, at: datetime) -> Answer:
    """`held`, with no more than a colleague may know."""
    return Answer(
        "held",
        sure=match.sure if match else 100,
        until=registration.protected_until,
        unit=registration.unit,
        extension=registration.unit.extension,
        reasons=codes(match) if match else (),
        holder_id=registration.holder_id,
        **_cited(registration.unit, at),
    )


def codes(match: Match) -> tuple[str, ...]:
    """Why two records match, strongest first: codes such as `mobile.same`."""
    return tuple(reason.code for reason in match.reasons)


def _candidate(hit: Hit, actor: Actor) -> Candidate:
    own = hit.registration is not None and hit.registration.holder_id == actor.staff_id
    shown = own or hit.registration is None
    return Candidate(
        sure=hit.match.sure,
        reasons=codes(hit.match),
        state="mine" if own else "held" if hit.registration else "pool" if hit.pooled else "free",
        unit=hit.registration.unit if hit.registration else None,
        until=hit.registration.protected_until if hit.registration else None,
        customer=_customer(hit.customer_id) if shown else None,
    )


def _related(customer_id: int, actor: Actor) -> tuple[RelatedHold, ...]:
    """Holds on those the customer is related to; which customer only where the actor may know."""
    found = {one.other.pk: one for one in related_to(family_ids(customer_id))}
    if not found:
        return ()
    held = Registration.objects.filter(customer_id__in=found, state__in=ACTIVE, rival_of=None)
    return tuple(
        RelatedHold(
            words=found[one.customer_id].words,
            unit=one.unit,
            until=one.protected_until,
            mine=one.holder_id == actor.staff_id,
            customer=found[one.customer_id].other if one.holder_id == actor.staff_id else None,
        )
        for one in held.select_related("unit").order_by("pk")
    )


def _cited(unit: Unit, at: datetime) -> dict[str, Any]:
    rules: Rules | None = rules_at(unit, at)
    if rules is None:
        return {}
    return {"article": rules.ownership.protection.article, "version": rules.version.version}


IN_POOL_FOR = {"7": (0, 8), "30": (8, 31), "more": (31, None)}


def in_pool_for(span: str, at: datetime) -> Q:
    """By whole days since the former hold ended: `7` (0 to 7), `30` (8 to 30), `more`."""
    first, after = IN_POOL_FOR[span]
    condition = Q(ended_at__lte=at - timedelta(days=first)) if first else Q(ended_at__isnull=False)
    return condition & Q(ended_at__gt=at - timedelta(days=after)) if after else condition
