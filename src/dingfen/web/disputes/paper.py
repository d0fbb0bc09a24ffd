"""The ruling as a paper (裁决书): parties, claims, facts, articles, reasons, ruling, duties, appeal, signatures."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext, gettext_lazy, pgettext

from dingfen import formats
from dingfen.accounts import access
from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Role, Staff
from dingfen.accounts.units import name_of
from dingfen.ownership.models import Confirmation, Dispute, Evidence, Ruling
from dingfen.papers.model import Block, Items, Paper, Para, Sign, Signatures, Table
from dingfen.policies.queries import pack_of
from dingfen.problems import missing
from dingfen.register.models import Entry
from dingfen.register.queries import with_pages
from dingfen.web.disputes import words
from dingfen.web.disputes.card import Card, Cell, Line, card_of
from dingfen.web.disputes.following import effects
from dingfen.web.papers.parts import Parts, brackets, colon, day_of, foot_of, language, sign_line
from dingfen.web.templatetags.dingfen import staff_name, unit_name

NUMBER = re.compile(r"(?P<unit>.+)-(?P<kind>[RF]) (?P<year>\d{4})/(?P<n>\d+)")
KINDS_ZH = {"R": "裁", "F": "终裁"}
OUTCOMES = {
    "stands": gettext_lazy("Ruling %(number)s stands."),
    "changed": gettext_lazy("Ruling %(number)s is changed as follows."),
    "sent_back": gettext_lazy("Ruling %(number)s is sent back for new evidence."),
}
RELATED = (
    "case__customer",
    "case__unit__company",
    "case__company",
    "registration__holder",
    "deal__signer",
    "policy",
)


def number(ruling: Ruling) -> str:
    """大客户一组裁〔2026〕42 号 / DK1-R 2026/42."""
    found = NUMBER.fullmatch(ruling.number)
    if found is None or not formats.chinese():
        return ruling.number
    unit = name_of(ruling.dispute.case.unit, "zh-hans")
    return f"{unit}{KINDS_ZH[found['kind']]}〔{found['year']}〕{found['n']} 号"


def make(actor: Actor, at: dt.datetime, *, uid: UUID, ruling: UUID | None = None) -> Paper:
    """The paper of a dispute's ruling: the one asked for, else the last. Without any, the proposal as a preview.

    Raises Problem (404) for a dispute or ruling that the actor may not see.
    """
    access.require(actor, "dispute.view")
    dispute = Dispute.objects.visible_to(actor).select_related(*RELATED).filter(case__uid=uid).first()
    if dispute is None:
        raise missing()
    given = list(
        dispute.rulings.select_related("holder", "policy").prefetch_related("effects__staff").order_by("pk")
    )
    chosen = [one for one in given if ruling is None or one.uid == ruling]
    if ruling is not None and not chosen:
        raise missing()
    for one in given:
        one.dispute = dispute
    with formats.with_years():
        return _Maker(dispute, given, chosen[-1] if chosen else None, at).paper()


class _Maker:
    def __init__(self, dispute: Dispute, given: list[Ruling], ruling: Ruling | None, at: dt.datetime) -> None:
        self.dispute, self.given, self.ruling, self.at = dispute, given, ruling, at
        proposed = bytes(ruling.proposed) if ruling and ruling.proposed else None
        self.card: Card = card_of(dispute, proposed)
        self.final = ruling is not None and ruling.stage == Ruling.Stage.FINAL
        # a proposed sanction concerns one person, who is heard in a case of its own: both sides read this paper
        self.effects = effects(dispute, ruling, self.card, lambda staff: False)

    def paper(self) -> Paper:
        dispute, ruling, parts = self.dispute, self.ruling, Parts()
        case = dispute.case
        if not formats.chinese():
            parts.add(Para("The Chinese text prevails.", quiet=True))
        parts.part(gettext("Parties and customer"), *self.parties())
        parts.part(gettext("Claims of each side"), *self.claims())
        parts.part(gettext("Appealed ruling and grounds"), *self.appealed())
        parts.part(gettext("Facts found"), *self.facts())
        parts.part(gettext("Articles applied"), *self.articles())
        parts.part(gettext("Reasons"), *self.reasons())
        parts.part(gettext("The ruling"), *self.terms())
        parts.part(gettext("Effects and duties"), *self.duties())
        parts.part(pgettext("paper", "Appeal"), Para(self.appeal()))
        if ruling is not None:
            parts.add(self.signatures(ruling))
        digest = ruling.pack_digest[:12] if ruling else ""
        rules = [gettext("rules %(digest)s") % {"digest": digest}] if digest else []
        return Paper(
            language=language(),
            name=f"{case.number}-{(ruling.number if ruling else 'preview').replace(' ', '-').replace('/', '-')}",
            letterhead=f"{unit_name(case.company)} · {unit_name(case.unit)}",
            title=pgettext("paper", "Final ruling") if self.final else pgettext("paper", "Ruling"),
            number=number(ruling) if ruling else case.number,
            blocks=tuple(parts.blocks),
            foot=foot_of(self.entry(), *rules),
            made_at=ruling.given_at if ruling else dispute.proposed_at or case.opened_at,
            mark="" if ruling else gettext("Preview; not signed"),
        )

    def entry(self) -> Entry | None:
        if self.ruling is None or self.ruling.entry_seq is None:
            return None
        return Entry.objects.filter(pk=self.ruling.entry_seq).select_related("page__book").first()

    # ---------- the parts ----------

    def parties(self) -> Iterator[Block]:
        for side in self.card.sides:
            yield Para(f"{side.name}{brackets(unit_name(side.claim.unit))}", lead=f"{side.mark}{colon()}")
        dispute = self.dispute
        if customer := dispute.case.customer:
            about = [
                customer.masked_name,
                brackets(customer.number),
                f" {dispute.scope}" if dispute.scope else "",
            ]
            yield Para("".join(about), lead=gettext("Customer") + colon())
        if deal := dispute.deal:
            told = {
                "day": formats.paper_day(deal.signed_at),
                "n": deal.quantity,
                "signer": staff_name(deal.signer),
            }
            text = gettext("signed on %(day)s by %(signer)s, quantity %(n)s") % told
            yield Para(text, lead=pgettext("paper", "Deal") + colon())

    def claims(self) -> Iterator[Block]:
        for side in self.card.sides:
            if side.claim.statement:
                told = {"name": side.name, "text": side.claim.statement}
                yield Para(gettext("%(name)s claims: %(text)s") % told)
            else:
                yield Para(gettext("%(name)s gave no statement.") % {"name": side.name})

    def appealed(self) -> Iterator[Block]:
        first = self.given[0] if self.given else None
        if not self.final or first is None or first == self.ruling:
            return
        yield Para(f"{number(first)}{brackets(formats.paper_day(first.given_at))}")
        for appeal in self.dispute.appeals.select_related("appellant").order_by("pk"):
            yield Para(appeal.grounds, lead=staff_name(appeal.appellant) + colon())
            if appeal.answer:
                yield Para(appeal.answer, lead=pgettext("paper", "Answer") + colon())

    def facts(self) -> Iterator[Block]:
        found = [self.fact(line) for line in (*self.card.principles, *self.card.lines)]
        if found := [text for text in found if text]:
            yield Items(tuple(found))
            yield Para(
                gettext("Signs in brackets are entries of the register (month, day, number)."), quiet=True
            )
        for one in self.evidence():
            lead = gettext("Put forward by %(name)s") % {"name": staff_name(one.claim.claimant)}
            yield Para(self.exhibit(one), lead=lead + colon())
            for objection in one.objections.all():
                lead = gettext("Objection of %(name)s") % {"name": staff_name(objection.by)}
                yield Para(objection.reason, lead=lead + colon())
        if self.card.rung:
            yield Para(gettext("Highest proof that decided: %(rung)s.") % {"rung": self.card.rung})

    def evidence(self) -> QuerySet[Evidence]:
        """What stood when it was ruled: put forward by then, not withdrawn."""
        rows = Evidence.objects.filter(
            claim__dispute=self.dispute, claim__withdrawn_at=None, withdrawn_at=None
        )
        if self.ruling is not None:
            rows = rows.filter(added_at__lte=self.ruling.given_at)
        return (
            rows.select_related("claim__claimant", "attachment")
            .prefetch_related("objections__by")
            .order_by("pk")
        )

    @staticmethod
    def exhibit(one: Evidence) -> str:
        """Its note; a file by name and the start of its digest; an entry by number."""
        parts = [one.note]
        if one.attachment is not None:
            told = {"name": one.attachment.name or "—", "digest": one.attachment.sha256[:16]}
            parts.append(gettext("file %(name)s, digest %(digest)s") % told)
        if one.entry_seq is not None and (entry := with_pages().filter(pk=one.entry_seq).first()):
            parts.append(gettext("entry %(name)s") % {"name": entry.name})
        if one.late:
            parts.append(gettext("after the evidence was closed"))
        return ("；" if formats.chinese() else "; ").join(part for part in parts if part)

    def fact(self, line: Line) -> str:
        """One rule's fact with the value and the entries of each side."""
        told = [self.value(cell) for cell in line.cells if cell.present and cell.text]
        return line.title + colon() + ("；" if formats.chinese() else "; ").join(told) if told else ""

    @staticmethod
    def value(cell: Cell) -> str:
        proofs = brackets(formats.series(proof.name for proof in cell.proofs))
        return f"{cell.side.mark} {cell.text}{proofs}"

    def articles(self) -> Iterator[Block]:
        if self.dispute.policy is None:
            return
        told = {"title": self.card.policy, "version": self.card.version}
        yield Para(gettext("“%(title)s”, version %(version)s, in force when it happened:") % told)
        index, tongue = pack_of(self.dispute.policy).article_index, language()
        lines = [*self.card.principles, *self.card.lines]
        named = [line.article for line in lines if line.decisive] + [line.article for line in lines]
        for article in dict.fromkeys(named):
            if found := index.get(article):
                yield Para(getattr(found.text, tongue), lead=f"{article} {getattr(found.title, tongue)}")

    def reasons(self) -> Iterator[Block]:
        card = self.card
        rows = [*card.principles, *card.lines]
        if rows:
            head = (gettext("Rule"), gettext("Basis"), *(f"{side.mark} {side.name}" for side in card.sides))
            body = [
                (line.title, line.article, *(self.weight(line, cell) for cell in line.cells)) for line in rows
            ]
            if card.totals:
                sums = (str(total["points"]) if total["points"] is not None else "—" for total in card.totals)
                body.append((gettext("Total"), "", *sums))
            yield Table(head, tuple(body), (5, 3, *(3 for _ in card.sides)), sums=1 if card.totals else 0)
        if card.margin is not None and card.lead:
            told = {"lead": card.lead, "threshold": card.threshold or 0}
            yield Para(gettext("%(lead)s; the rules ask for at least %(threshold)s.") % told)
        for line in card.principles:
            if line.decisive:
                told = {"title": line.title, "article": line.article}
                yield Para(
                    gettext("“%(title)s” (%(article)s) decides; what comes after it is not compared.") % told
                )
        if card.declined:
            yield Para(card.declined)
        if self.ruling is not None and self.ruling.reason:
            lead = (
                gettext("Opinion")
                if self.ruling.as_proposed
                else gettext("Reason for ruling otherwise than proposed")
            )
            yield Para(self.ruling.reason, lead=lead + colon())

    @staticmethod
    def weight(line: Line, cell: Cell) -> str:
        if cell.points:
            return cell.points
        if line.decisive:
            return line.kind if cell.on else "—"
        return "—" if cell.present else cell.text

    def terms(self) -> Iterator[Block]:
        ruling = self.ruling
        if ruling is None:
            yield Para(self.card.verdict or self.card.declined or gettext("Not proposed yet."))
            return
        if (outcome := OUTCOMES.get(ruling.outcome)) and self.given[0] != ruling:
            yield Para(str(outcome) % {"number": number(self.given[0])})
        if ruling.holder:
            yield Para(gettext("The customer is held by %(name)s.") % {"name": staff_name(ruling.holder)})
        names = {side.uid: side.name for side in self.card.sides}
        if ruling.split:
            shares = formats.series(
                f"{names.get(one['staff'], '')} {words.share(one['share'])}" for one in ruling.split
            )
            yield Para(gettext("Split: %(shares)s.") % {"shares": shares})

    def duties(self) -> Iterator[Block]:
        told = [self.effect(one) for one in (*self.effects["money"], *self.effects["duties"])]
        if told:
            yield Items(tuple(told))

    @staticmethod
    def effect(one: dict[str, Any]) -> str:
        parts = [f"{one['title']}{colon()}{one['who']}"]
        if one.get("amount"):
            parts.append(formats.money(one["amount"], one["currency"]))
        elif one.get("share"):
            parts.append(str(one["share"]))
        if one.get("due"):
            parts.append(gettext("by %(time)s") % {"time": formats.deadline(one["due"])})
        if one["kind"] == "sanction":
            parts.append(gettext("proposed sanction; a person decides"))
        return ("，" if formats.chinese() else ", ").join(parts) + brackets(one["article"])

    def appeal(self) -> str:
        if self.final:
            return gettext("This ruling is final and takes effect on signature.")
        if self.ruling is not None and self.ruling.appeal_until:
            told = {"time": formats.deadline(self.ruling.appeal_until)}
            return gettext("Either side may appeal to the general manager until %(time)s.") % told
        return gettext("The time to appeal begins with the ruling.")

    def signatures(self, ruling: Ruling) -> Signatures:
        """Those who confirmed; of a final ruling whoever gave it, by its entry."""
        votes = ruling.confirmations.select_related("decider", "for_unit", "acting_for").order_by("pk")
        signers = [self.sign(vote) for vote in votes] or [self.sign_of_entry(ruling)]
        return Signatures(tuple(signers), day_of(ruling.given_at), pgettext("paper", "(seal)"))

    def sign_of_entry(self, ruling: Ruling) -> Sign:
        entry = self.entry()
        by = Staff.objects.filter(uid=entry.actor_uid).first() if entry else None
        place = f"{unit_name(self.dispute.case.company)} · {Role.GENERAL_MANAGER.label}"
        return Sign(place, staff_name(by), self.signed(ruling.given_at) if by else "", sign_line())

    def sign(self, vote: Confirmation) -> Sign:
        top = self.final or self.dispute.decider_mode == "general_manager"
        role = Role.GENERAL_MANAGER if top else Role.HEAD
        name = staff_name(vote.decider)
        if vote.acting_for:
            name += brackets(gettext("for %(name)s") % {"name": staff_name(vote.acting_for)})
        return Sign(f"{unit_name(vote.for_unit)} · {role.label}", name, self.signed(vote.at), sign_line())

    @staticmethod
    def signed(at: dt.datetime) -> str:
        return gettext("Confirmed in the system on %(time)s") % {"time": formats.stamp(at)}
