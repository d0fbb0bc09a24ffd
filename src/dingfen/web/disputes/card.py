"""The decision card: a proposal's bytes laid out for people, with every entry it rests on."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext

from dingfen import formats
from dingfen.accounts.models import Staff
from dingfen.engine.schema import Pack, ownership_of
from dingfen.ownership.claim_rows import chain
from dingfen.ownership.models import Claim, Dispute
from dingfen.policies.queries import pack_of
from dingfen.register import kinds
from dingfen.register.models import Entry
from dingfen.web.disputes import words
from dingfen.web.templatetags.dingfen import staff_name

COLOURS = "abc"
FLIPS = 5
FLIP_ORDER = ("red", "orange", "line", "grey")


@dataclass(frozen=True, slots=True)
class Party:
    """Who is compared: mark and colour stand for the person in every row."""

    mark: str
    colour: str
    uid: str
    name: str


@dataclass(frozen=True, slots=True)
class Side(Party):
    """One claim in the card of a dispute."""

    claim: Claim


@dataclass(frozen=True, slots=True)
class Proof:
    """An entry a fact rests on; `whole` is its full name, by which it can be verified."""

    name: str
    url: str
    sealed: bool
    whole: str = ""
    kind: str = ""
    at: dt.datetime | None = None
    day: dt.date | None = None
    book: str = ""

    @property
    def pop(self) -> str:
        """The id of the box that shows it."""
        return f"proof-{self.whole}"


Facts = Mapping[str, Mapping[str, Any]]
"""Of each claimant, by uid: the facts by name, and under `evidence` the entries of each."""


@dataclass(slots=True)
class Cell:
    side: Party
    points: str = ""
    text: str = ""
    proofs: list[Proof] = field(default_factory=list)
    on: bool = False
    present: bool = True


@dataclass(slots=True)
class Line:
    """One rule that applied, or did not (`why`)."""

    title: str
    article: str
    article_text: str
    kind: str = ""
    decisive: bool = False
    cells: list[Cell] = field(default_factory=list)
    why: str = ""


@dataclass(slots=True)
class Flip:
    """One fact changed, and what the rules would say then."""

    text: str
    result: str
    colour: str


@dataclass(slots=True)
class Card:
    """`sides`: of a dispute its `Side`s; of a story on trial `Party`s."""

    sides: list[Any]
    declined: str = ""
    declined_article: str = ""
    verdict: str = ""
    lines: list[Line] = field(default_factory=list)
    principles: list[Line] = field(default_factory=list)
    not_applied: list[Line] = field(default_factory=list)
    flips: list[Flip] = field(default_factory=list)
    more_flips: list[Flip] = field(default_factory=list)
    unknowns: list[str] = field(default_factory=list)
    totals: list[dict[str, Any]] = field(default_factory=list)
    lead: str = ""
    margin: int | None = None
    threshold: int | None = None
    rung: str = ""
    policy: str = ""
    version: str = ""
    policy_url: str = ""
    entries: int = 0
    pages: int = 0
    sealed: int = 0


def sides_of(dispute: Dispute, proposed: bytes | None = None) -> list[Side]:
    """The claims in the order they were made; who has withdrawn is not shown beside the others.

    A proposal (the last one, or `proposed`) names whoever claimed then, though a colleague may since have stepped in.
    """
    data = bytes(proposed or dispute.proposed or b"")
    claims = dispute.claims.filter(withdrawn_at=None).select_related("claimant__unit", "unit")
    return [
        Side(words.mark(place), colour_of(place), str(staff.uid), staff_name(staff), claim)
        for place, claim in enumerate(claims.prefetch_related("takeovers__earlier").order_by("pk"))
        for staff in [_named(claim, data)]
    ]


def _named(claim: Claim, data: bytes) -> Staff:
    people = chain(claim)[::-1]
    return next((staff for staff in people if str(staff.uid).encode() in data), claim.claimant)


def colour_of(place: int) -> str:
    return COLOURS[min(place, len(COLOURS) - 1)]


def card_of(dispute: Dispute, proposed: bytes | None = None) -> Card:
    """The card of a dispute's proposal (or of another one's bytes). Without a proposal only the sides."""
    sides = sides_of(dispute, proposed)
    data = proposed if proposed is not None else dispute.proposed
    if not data:
        return Card(sides)
    ruling, policy = json.loads(bytes(data)), dispute.policy
    facts = _facts_behind(dispute, bytes(data))
    proofs, found = _proofs(_seqs(ruling, facts), dispute)
    card = laid_out(sides, ruling, pack_of(policy) if policy else None, proofs, facts)
    if policy is not None:
        card.policy = policy.title.get("zh" if formats.chinese() else "en", policy.pack)
        card.version = policy.version
        card.policy_url = address_of("policy", policy.uid)
    card.entries = len(found)
    card.pages = len({entry.page_id for entry in found})
    card.sealed = sum(entry.page.state == "sealed" for entry in found)
    return card


def laid_out(
    sides: Sequence[Party],
    ruling: Mapping[str, Any],
    pack: Pack | None,
    proofs: Mapping[Any, Proof] | None = None,
    facts: Facts | None = None,
) -> Card:
    """A ruling as data laid out for people: of a dispute, or of a story on trial.

    `facts`: what it rests on, by claimant; without it a rule on several facts shows the first alone.
    """
    return _Maker(sides, ruling, pack, proofs or {}, facts or {}).card()


def _facts_behind(dispute: Dispute, data: bytes) -> Facts:
    """The facts that a proposal of this dispute was made from; none where they are no longer known."""
    kept = dispute.facts if data == bytes(dispute.proposed or b"") else None
    if kept is None:
        given = next((one for one in dispute.rulings.all() if bytes(one.proposed or b"") == data), None)
        kept = given.facts if given else None
    return {claim["staff"]: claim for claim in json.loads(bytes(kept))["claims"]} if kept else {}


def _looked_at(row: Mapping[str, Any], claim: Mapping[str, Any]) -> list[str]:
    """The facts of a claim that a rule of several looks at."""
    return [name for name in row["facts"] if name in claim] if len(row["facts"]) > 1 else []


class _Maker:
    def __init__(
        self,
        sides: Sequence[Party],
        ruling: Mapping[str, Any],
        pack: Pack | None,
        proofs: Mapping[Any, Proof],
        facts: Facts,
    ) -> None:
        self.sides, self.ruling, self.pack, self.proofs = sides, ruling, pack, proofs
        self.facts = facts
        self.by_uid = {side.uid: side for side in sides}
        self.language = "zh" if formats.chinese() else "en"
        self.titles = self._titles()

    def card(self) -> Card:
        ruling = self.ruling
        card = Card(list(self.sides))
        card.margin, card.threshold = ruling["margin"], ruling["threshold"]
        card.rung = str(words.RUNGS.get(ruling["evidence_rung"] or "", ""))
        if ruling["declined"]:
            card.declined = str(words.DECLINED.get(ruling["declined"]["code"], ruling["declined"]["code"]))
            card.declined_article = ruling["declined"]["article"] or ""
        else:
            card.verdict = self.verdict(ruling["holder"], ruling["split"])
        for row in ruling["rows"]:
            line = self._line(row)
            (card.lines if row["kind"] == "points" else card.principles).append(line)
        card.not_applied = [self._miss(miss) for miss in ruling["not_applied"]]
        flips = [self._flip(change) for change in ruling["changes"]]
        flips.sort(key=lambda flip: FLIP_ORDER.index(flip.colour))
        card.flips, card.more_flips = flips[:FLIPS], flips[FLIPS:]
        card.unknowns = [self._unknown(one) for one in ruling["unknowns"]]
        self._sum(card)
        return card

    def verdict(self, holder: str | None, split: Iterable[Mapping[str, Any]]) -> str:
        """Who holds, and who shares how, in one sentence."""
        parts = []
        if holder:
            parts.append(gettext("%(name)s holds the customer") % {"name": self._name(holder)})
        shares = [f"{self._name(one['staff'])} {words.share(one['share'])}" for one in split]
        if shares:
            parts.append(gettext("split %(shares)s") % {"shares": formats.series(shares)})
        signers = [
            one for one in self.ruling["effects"] if one["kind"] == "bonus" and one["to"] and not split
        ]
        if signers and signers[0]["to"] != [holder]:
            names = formats.series(self._name(uid) for uid in signers[0]["to"])
            parts.append(gettext("signer bonus to %(name)s") % {"name": names})
        return ("，" if formats.chinese() else "; ").join(parts)

    def _name(self, uid: str) -> str:
        side = self.by_uid.get(uid)
        if side is not None:
            return side.name
        staff = Staff.objects.filter(uid=uid).first()
        return staff_name(staff) if staff else uid

    def _titles(self) -> dict[str, str]:
        if self.pack is None:
            return {}
        own = ownership_of(self.pack)
        lines = own.scorecard.lines if own.scorecard else ()
        parts: list[Any] = [*own.principles, *lines, *own.effects, *own.sanctions, *own.bans]
        return {part.id: getattr(part.title, self.language) for part in parts if part.title is not None}

    def _rule(self, rule: str, article: str) -> Line:
        found = self.pack.article_index.get(article) if self.pack else None
        title = gettext("Scorecard") if rule == "scorecard" else self.titles.get(rule, rule)
        return Line(title, article, getattr(found.text, self.language) if found else "")

    def _line(self, row: Mapping[str, Any]) -> Line:
        line = self._rule(row["rule"], row["article"])
        line.kind = str(words.KINDS.get(row["kind"], ""))
        line.decisive = row["rule"] == self.ruling["decisive_rule"]
        cells = {cell["staff"]: cell for cell in row["cells"]}
        line.cells = [self._cell(side, cells.get(side.uid), row) for side in self.sides]
        return line

    def _cell(self, side: Party, cell: Mapping[str, Any] | None, row: Mapping[str, Any]) -> Cell:
        if cell is None:
            return Cell(side, text=gettext("no longer compared"), present=False)
        claim = self.facts.get(side.uid, {})
        text, evidence = "", cell["evidence"]
        if names := _looked_at(row, claim):
            text = ("；" if formats.chinese() else "; ").join(words.fact(name, claim[name]) for name in names)
            evidence = _evidence(claim, names)
        elif row["fact"]:
            text = words.fact(row["fact"], cell["value"], cell["known"])
        wins = not self.ruling["declined"] and side.uid == self.ruling["holder"]
        points = cell["points"]
        return Cell(
            side,
            points=formats.points(points) if points is not None else "",
            text=text,
            proofs=[self.proofs[one] for one in evidence if one in self.proofs],
            on=bool(points) if points is not None else wins and row["rule"] == self.ruling["decisive_rule"],
        )

    def _miss(self, miss: Mapping[str, Any]) -> Line:
        line = self._rule(miss["rule"], miss["article"])
        line.why = str(words.WHY_NOT.get(miss["why_code"], miss["why_code"]))
        return line

    def _flip(self, change: Mapping[str, Any]) -> Flip:
        name = change["fact"]
        to = words.relation(change["relation"], words.fact_value(name, change["to"]))
        now = words.fact_value(name, change["from"])
        fact = words.fact_name(name)
        if change["staff"]:
            text = gettext("If %(who)s's “%(fact)s” were %(to)s (now %(now)s)") % {
                "who": self._name(change["staff"]), "fact": fact, "to": to, "now": now,
            }  # fmt: skip
        else:
            text = gettext("If “%(fact)s” were %(to)s (now %(now)s)") % {"fact": fact, "to": to, "now": now}
        result = change["result"]
        if result["outcome"] == "declined":
            return Flip(text, gettext("no proposal"), "grey")
        if result["outcome"] == "split":
            return Flip(text, gettext("split instead"), "orange")
        if result["holder"] == self.ruling["holder"]:
            return Flip(text, gettext("other shares"), "line")
        return Flip(text, gettext("goes to %(name)s") % {"name": self._name(result["holder"])}, "red")

    def _unknown(self, one: Mapping[str, Any]) -> str:
        name = words.fact_name(one["fact"])
        return f"{self._name(one['staff'])}: {name}" if one["staff"] else name

    def _sum(self, card: Card) -> None:
        points = dict(self.ruling["points"])
        if not points:
            return
        top = max((abs(value) for value in points.values()), default=0) or 1
        for side in self.sides:
            value = points.get(side.uid)
            card.totals.append(
                {
                    "side": side,
                    "points": value,
                    "width": round(max(value or 0, 0) * 100 / max(top, 1) * 2 / 3),
                }
            )
        if card.margin:
            leader = max(points, key=lambda uid: points[uid])
            first = self.by_uid.get(leader)
            card.lead = words.more_points(first.mark if first else self._name(leader), card.margin)


def _evidence(claim: Mapping[str, Any], names: Iterable[str]) -> list[Any]:
    told = claim.get("evidence", {})
    return list(dict.fromkeys(seq for name in names for seq in told.get(name, ())))


def _seqs(ruling: Mapping[str, Any], facts: Facts) -> set[int]:
    found = [seq for row in ruling["rows"] for cell in row["cells"] for seq in cell["evidence"]]
    for row in ruling["rows"]:
        for claim in facts.values():
            found += _evidence(claim, _looked_at(row, claim))
    return {seq for seq in found if isinstance(seq, int)}


def _proofs(seqs: Iterable[int], dispute: Dispute) -> tuple[dict[Any, Proof], list[Entry]]:
    found = list(
        Entry.objects.filter(seq__in=list(seqs), company_uid=dispute.case.company.uid).select_related(
            "page__book"
        )
    )
    return {entry.seq: proof(entry) for entry in found}, found


def proof(entry: Entry) -> Proof:
    """An entry as a link: its short name, where it is shown, whether its page is sealed."""
    return Proof(
        entry.short,
        address_of("register_entry", entry.name),
        entry.page.state == "sealed",
        entry.name,
        kinds.words(entry.kind),
        entry.recorded_at,
        entry.page.day,
        entry.page.book.code,
    )


def address_of(name: str, uid: object) -> str:
    try:
        return reverse(name, args=[uid])
    except NoReverseMatch:
        return ""
