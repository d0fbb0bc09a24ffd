"""Codes of a ruling in words. The engine gives codes and parameters; what people read is made here."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext, ngettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from dingfen import formats
from dingfen.engine.choice_texts import words_of
from dingfen.engine.vocabulary import FACTS

WHY_NOT = {
    "condition_false": _("Its condition isn't met."),
    "condition_unknown": _("A fact it needs is unknown; it does not fire."),
    "nobody_meets": _("Nobody meets it."),
    "all_meet": _("All claimants meet it alike; it decides nothing."),
    "several_meet": _("Several claimants meet it; it names no single one."),
    "tie": _("Both are equal; a tie awards nobody."),
    "all_none": _("Nobody has what it compares."),
    "fact_unknown": _("The fact it compares is unknown."),
    "not_reached": _("An earlier rule decided; it was not compared."),
    "small_margin": _("The margin is below the threshold."),
    "no_recipient": _("Nobody can receive the points."),
}
DECLINED = {
    "not_covered": _("The rules don't cover this case."),
    "unknown_could_change": _("A fact nobody could state might change the outcome."),
    "left_to_people": _("The rules leave this to the people who decide."),
    "tie": _("Equal points; the rules have nothing for a tie."),
    "small_margin": _("The margin is too small, and the rules leave it to people."),
    "no_policy_in_force": _("No policy was in force when it happened."),
    "no_claims": _("No claim stands."),
}
RUNGS = {
    "signed_document": _("signed or paid document"),
    "register_entry": _("entry in the register"),
    "register_of_day": _("register of the day"),
    "follow_up_log": _("follow-up log"),
    "recording": _("recording"),
    "customer_statement": _("statement the customer offered"),
    "colleague_statement": _("colleague's statement"),
}
KINDS = {
    "excluded": pgettext_lazy("rule", "takes a claim out"),
    "awarded": pgettext_lazy("rule", "decides"),
    "preferred": pgettext_lazy("rule", "decides"),
    "split": pgettext_lazy("rule", "splits"),
    "left_to_people": pgettext_lazy("rule", "leaves it to people"),
}
MODES = {
    "head": _("the head of the unit rules"),
    "joint": _("two units: the heads rule together"),
    "general_manager": _("the general manager rules"),
}
MEASURES = {
    "warning": _("warning"),
    "fine": _("fine"),
    "suspension": _("suspension from reception"),
    "loss_of_claim": _("loss of the claim"),
    "dismissal": _("dismissal"),
    "head_decides": _("the head decides"),
}
EFFECTS = {
    "bonus": _("Signer bonus"),
    "commission": _("Commission"),
    "quota": _("Quota"),
    "protection": _("Protection begins anew"),
    "record": _("Noted in the record"),
    "extras": _("Insurance and accessories"),
}
ORIGINS = {
    "person": _("raised by a claimant"),
    "deal_by_other": _("opened by the system: the signer was not the holder"),
    "overlap": _("opened by the system: two registrations met"),
    "import": _("opened by an import"),
}
OUTCOMES = {
    "award": pgettext_lazy("ruling", "Award"),
    "split": _("Split"),
    "stands": _("Ruling stands"),
    "changed": _("Changed"),
    "sent_back": _("Sent back"),
}
DRAWN = {
    "registered": pgettext_lazy("evidence", "Registered the customer"),
    "card_recorded": pgettext_lazy("evidence", "Recorded the card"),
    "graded": pgettext_lazy("evidence", "Set the grade"),
    "notified_owner": pgettext_lazy("evidence", "Told the holder"),
    "co_worker_named": pgettext_lazy("evidence", "Named a co-worker"),
    "co_worker_ended": pgettext_lazy("evidence", "Ended a co-worker's part"),
    "asked_for": pgettext_lazy("evidence", "The customer asked for a colleague"),
    "referred": pgettext_lazy("evidence", "Introduced by an earlier customer"),
    "holder_away": pgettext_lazy("evidence", "The holder was away"),
    "stage": pgettext_lazy("evidence", "The sale reached a stage"),
    "renewed": pgettext_lazy("evidence", "Protection renewed"),
    "card_collected": pgettext_lazy("evidence", "Got a business card"),
    "contact_added": pgettext_lazy("evidence", "Added a contact"),
    "profile_given": pgettext_lazy("evidence", "Described the customer"),
    "lapsed": pgettext_lazy("evidence", "Registration lapsed"),
    "released": pgettext_lazy("evidence", "Released to the pool"),
    "lost": pgettext_lazy("evidence", "Recorded as lost deal"),
    "voided": pgettext_lazy("evidence", "Registration voided"),
    "taken": pgettext_lazy("evidence", "Took from the pool"),
    "transferred": pgettext_lazy("evidence", "Registration transferred"),
    "deal": pgettext_lazy("evidence", "Signed the deal"),
    "delivered": pgettext_lazy("evidence", "Delivered"),
}
DRAWN_SIGNS: dict[str, dict[str, str]] = {
    "touch": {"icon": "message-circle"},
    "registered": {"icon": "user-check"},
    "notified_owner": {"icon": "speakerphone"},
    "deal": {"icon": "file-text"},
    "card_collected": {"icon": "id-badge-2"},
    "contact_added": {"icon": "users"},
}
OTHER_SIGN = {"icon": "point"}
MARKS_ZH, MARKS_EN = "甲乙丙丁戊己", "ABCDEF"


def mark(place: int) -> str:
    """甲, 乙 … / A, B …: how the card calls a claimant beside the name."""
    marks = MARKS_ZH if formats.chinese() else MARKS_EN
    return marks[place % len(marks)]


def fact_name(name: str) -> str:
    """What a fact is called."""
    fact = FACTS.get(name)
    if fact is None:
        return name
    return fact.zh if formats.chinese() else fact.en


def fact(name: str, value: Any, known: bool = True) -> str:
    """A fact with its value: 到访次数 3; a yes or no after a colon, as a sentence would run into it."""
    told = fact_value(name, value, known)
    mark = ("：" if formats.chinese() else ": ") if isinstance(value, bool) else " "
    return f"{fact_name(name)}{mark}{told}"


def fact_value(name: str, value: Any, known: bool = True) -> str:
    """The value of a fact as people write it."""
    if not known:
        return gettext("unknown")
    if value is None:
        return pgettext("fact", "none")
    kind = FACTS[name].type if name in FACTS else ""
    if kind == "moment":
        return formats.when(dt.datetime.fromisoformat(str(value)))
    if kind == "span":
        return formats.span(dt.timedelta(seconds=float(value)))
    if kind == "choice":
        return choice(name, str(value))
    if isinstance(value, bool):
        return pgettext("fact", "yes") if value else pgettext("fact", "no")
    if isinstance(value, int | float) and name in FACTS and FACTS[name].unit == "share":
        return formats.percent(float(value))
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def choice(key: str, value: str) -> str:
    """What the language of rules calls a value; itself where nobody named it."""
    try:
        return words_of(key, value)[not formats.chinese()]
    except KeyError:
        return value


def relation(code: str, to: str) -> str:
    """How a fact would stand to another value: earlier than 2 Mar 09:14."""
    texts = {
        "before": gettext("before %(value)s"),
        "after": gettext("after %(value)s"),
        "same": gettext("exactly %(value)s"),
        "less": gettext("less than %(value)s"),
        "more": gettext("more than %(value)s"),
        "equal": "%(value)s",
        "is": "%(value)s",
    }
    if code == "none":
        return pgettext("fact", "none")
    return texts.get(code, "%(value)s") % {"value": to}


def share(hundredths: int) -> str:
    """6000 → 60%."""
    return formats.percent(hundredths / 10_000)


def more_points(name: str, margin: int) -> str:
    """甲多 3 分 / A leads by 3 points."""
    text = ngettext("%(who)s leads by %(n)s point", "%(who)s leads by %(n)s points", margin)
    return text % {"who": name, "n": margin}
