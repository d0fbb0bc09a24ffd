"""Help for whoever handles a complaint (B12): what it may be, how to speak, what worked before. Never decisive."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import log
from uuid import UUID

from dingfen.accounts.actor import Actor
from dingfen.cases import thread
from dingfen.complaints import learning
from dingfen.complaints.facts import facts_of
from dingfen.complaints.models import Complaint, Proposal
from dingfen.complaints.rules import rules_of
from dingfen.engine.complaints import Guidance
from dingfen.engine.speaking import Marked, advice, marked
from dingfen.learning.model import Suggestion
from dingfen.parties.models import SearchText

MOODS = ("calm", "upset", "insistent", "prepared", "abusive")
LOOKED_AT = 300
SHOWN = 3
LEAST_ALIKE = 0.12
WORKED = (Proposal.State.ACCEPTED, Proposal.State.DELIVERING, Proposal.State.DELIVERED)


@dataclass(frozen=True, slots=True)
class Alike:
    """A settled complaint that reads like this one. `remedies`: what was accepted or given; `fixed`: whether the
    customer said afterwards that it worked (yes, partly, no, or empty)."""

    complaint: Complaint
    share: float
    remedies: tuple[str, ...]
    fixed: str


@dataclass(frozen=True, slots=True)
class Help:
    """`suggestions` by axis (klass, level, urgency, mood, abuse); an axis it is not sure of is missing."""

    suggestions: dict[str, Suggestion]
    moods: tuple[str, ...]
    guidance: tuple[Guidance, ...]
    alike: tuple[Alike, ...]


def help_for(complaint: Complaint, actor: Actor, at: datetime, mood: str = "") -> Help:
    """Everything that may help. `mood`: what the handler hears; else what the texts suggest."""
    text = said_by_customer(complaint)
    company_id = complaint.case.company_id
    found: dict[str, Suggestion] = {}
    for axis in (*learning.AXES, "mood", "abuse"):
        suggestion = learning.suggest(company_id, axis, text)
        if suggestion is not None and suggestion.label != "plain":
            found[axis] = suggestion
    moods = [mood] if mood in MOODS else [found["mood"].label] if "mood" in found else []
    if "abuse" in found and not mood:
        moods.append("abusive")
    rules = rules_of(complaint)
    fitting: tuple[Guidance, ...] = ()
    if rules is not None:
        fitting = advice(
            rules.complaints, facts_of(complaint, at), moods, klass=complaint.klass or None,
            level=complaint.level or None, urgency=complaint.urgency or None,
        )  # fmt: skip
    guess = found["klass"].label if "klass" in found else ""
    return Help(found, tuple(moods), fitting, alike(complaint, actor, complaint.klass or guess))


def said_by_customer(complaint: Complaint) -> str:
    """The first and the latest message of the customer: what they came with, and how they speak now."""
    rows = list(complaint.case.messages.filter(direction="in").order_by("at", "pk"))
    wanted = rows[:1] + rows[1:][-1:]
    texts = thread.texts(complaint.case, wanted)
    return "\n".join(str(texts[row.pk].get("text", "")) for row in wanted)


def wording(complaint: Complaint, text: str) -> tuple[Marked, ...]:
    """Wordings to avoid in a reply, by the rules the complaint goes by."""
    rules = rules_of(complaint)
    return marked(rules.complaints, text) if rules else ()


def alike(complaint: Complaint, actor: Actor, klass: str) -> tuple[Alike, ...]:
    """Settled complaints of the class, that the reader may see, whose words are most like this one's."""
    own = _words([complaint.case.uid]).get(complaint.case.uid)
    if not own or not klass:
        return ()
    rows = Complaint.objects.visible_to(actor).filter(klass=klass, state__in=learning.SETTLED)
    rows = rows.exclude(pk=complaint.pk).select_related("case").order_by("-pk")[:LOOKED_AT]
    known = {row.case.uid: row for row in rows}
    words = _words(list(known))
    often = Counter(word for found in words.values() for word in found)
    weigh = {word: log((len(words) + 1) / n) for word, n in often.items()}
    scored = [(_share(own, found, weigh), uid) for uid, found in words.items()]
    best = sorted((pair for pair in scored if pair[0] >= LEAST_ALIKE), key=lambda pair: (-pair[0], pair[1]))
    return tuple(_alike(known[uid], share) for share, uid in best[:SHOWN])


def _words(uids: Sequence[UUID]) -> dict[UUID, set[str]]:
    rows = SearchText.objects.filter(record_uid__in=list(uids)).values_list("record_uid", "text")
    return {
        uid: {word for word in text.split() if len(word) > 1 and not word[-1].isdigit()} for uid, text in rows
    }


def _share(one: set[str], other: set[str], weigh: dict[str, float]) -> float:
    """How much of what both say is said by both; a word that all use counts nothing."""
    both = sum(weigh.get(word, 0.0) for word in one & other)
    either = sum(weigh.get(word, 0.0) for word in one | other)
    return both / either if either else 0.0


def _alike(row: Complaint, share: float) -> Alike:
    given = row.proposals.filter(state__in=WORKED).values_list("remedy", flat=True)
    last = row.call_backs.exclude(fixed="").order_by("-pk").values_list("fixed", flat=True).first()
    return Alike(row, share, tuple(given) or ((row.outcome,) if row.outcome else ()), last or "")
