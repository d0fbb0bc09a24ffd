"""The ruling as a paper (裁决书): parties, facts, articles, reasons, ruling, appeal, signatures."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django.utils.translation import pgettext

from dingfen import formats
from dingfen.accounts.units import name_of
from dingfen.ownership.models import Dispute, Ruling
from dingfen.register.models import Entry
from dingfen.web.disputes import words
from dingfen.web.disputes.card import card_of
from dingfen.web.disputes.following import effects

NUMBER = re.compile(r"(?P<unit>.+)-(?P<kind>[RF]) (?P<year>\d{4})/(?P<n>\d+)")
KINDS_ZH = {"R": "裁", "F": "终裁"}


def number(ruling: Ruling) -> str:
    """大客户一组裁〔2026〕42 号 / DK1-R 2026/42."""
    found = NUMBER.fullmatch(ruling.number)
    if found is None or not formats.chinese():
        return ruling.number
    unit = name_of(ruling.dispute.case.unit, "zh-hans")
    return f"{unit}{KINDS_ZH[found['kind']]}〔{found['year']}〕{found['n']} 号"


def context(dispute: Dispute, at: dt.datetime) -> dict[str, Any]:
    """What the paper says. Without a ruling it is the proposal, marked as a preview."""
    ruling = dispute.rulings.select_related("holder", "policy").order_by("-pk").first()
    earlier = dispute.rulings.order_by("pk").first()
    card = card_of(dispute, bytes(ruling.proposed) if ruling and ruling.proposed else None)
    entry = (
        Entry.objects.filter(pk=ruling.entry_seq).select_related("page__book").first()
        if ruling and ruling.entry_seq is not None
        else None
    )
    final = ruling is not None and ruling.stage == Ruling.Stage.FINAL
    signers = list(ruling.confirmations.select_related("decider", "for_unit", "acting_for")) if ruling else []
    names = {side.uid: side.name for side in card.sides}
    return {
        "dispute": dispute,
        "case": dispute.case,
        "card": card,
        "ruling": ruling,
        "final": final,
        "earlier": earlier if final and earlier and ruling and earlier.pk != ruling.pk else None,
        "earlier_number": number(earlier) if earlier else "",
        "title": pgettext("paper", "Final ruling") if final else pgettext("paper", "Ruling"),
        "number": number(ruling) if ruling else "",
        "outcome": words.OUTCOMES.get(ruling.outcome, "") if ruling else "",
        "shares_text": formats.series(
            f"{names.get(one['staff'], '')} {words.share(one['share'])}"
            for one in (ruling.split if ruling else [])
        ),
        "effects": effects(dispute, ruling, card),
        "signers": signers,
        "entry": entry,
        "appeals": list(dispute.appeals.select_related("appellant").order_by("pk")),
        "at": at,
    }
