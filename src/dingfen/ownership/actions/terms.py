"""Terms people set themselves: who holds, and shares that add up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Staff
from dingfen.ownership.claim_rows import successors
from dingfen.ownership.effects import WHOLE, Terms
from dingfen.ownership.models import Dispute
from dingfen.ownership.rules import Rules
from dingfen.problems import invalid

MOST_SHARING = 3


def terms_of(
    actor: Actor,
    dispute: Dispute,
    holder: object,
    split: Sequence[Mapping[str, Any]],
    rules: Rules | None,
) -> tuple[Terms, dict[str, Staff]]:
    """Check a holder (uid) and a split ([{staff, share in per cent}]) and return them with the people.

    Only claimants and signers can hold or share. Raises `input.invalid`: `holder.not_claimant`,
    `split.not_100` (total, missing), `split.too_many` (limit, article), `split.share`, `split.twice`.
    """
    people = _people(dispute)
    if str(holder) not in people:
        raise invalid({"holder": [("holder.not_claimant", {})]})
    holder = people[str(holder)].uid
    shares: list[tuple[str, int]] = []
    for one in split:
        staff, share = str(one.get("staff", "")), hundredths(one.get("share"))
        if staff not in people:
            raise invalid({"split": [("holder.not_claimant", {})]})
        if share is None:
            raise invalid({"split": [("split.share", {"value": str(one.get("share"))})]})
        if share:
            shares.append((str(people[staff].uid), share))
    _check_shares(shares, rules)
    whole = len(shares) == 1 and shares[0][0] == str(holder)
    return Terms(str(holder), () if whole else tuple(sorted(shares))), people


def _people(dispute: Dispute) -> dict[str, Staff]:
    """Who can be named, by uid; who stepped into a claim stands for whoever made it."""
    found = [
        claim.claimant
        for claim in dispute.claims.filter(withdrawn_at=None).select_related("claimant__unit__company")
    ]
    if dispute.deal is not None:
        found += [dispute.deal.signer, *dispute.deal.co_signers.select_related("unit__company")]
    return {str(staff.uid): staff for staff in found} | dict(successors(dispute))


def _check_shares(shares: Sequence[tuple[str, int]], rules: Rules | None) -> None:
    if not shares:
        return
    if len({staff for staff, _ in shares}) != len(shares):
        raise invalid({"split": [("split.twice", {})]})
    signers = rules.ownership.signers if rules else None
    limit = signers.at_most if signers else MOST_SHARING
    if len(shares) > limit:
        article = signers.article if signers else ""
        raise invalid(
            {"split": [("split.too_many", {"limit": limit, "chosen": len(shares), "article": article})]}
        )
    total = sum(share for _, share in shares)
    if total != WHOLE:
        params = {"total": percent(total), "missing": percent(abs(WHOLE - total)), "over": total > WHOLE}
        raise invalid({"split": [("split.not_100", params)]})


def hundredths(value: object) -> int | None:
    """A share in per cent as hundredths of a per cent; None when it is no number from 0 to 100."""
    try:
        number = Decimal(str(value).strip().rstrip("%") or "0")
    except InvalidOperation:
        return None
    if not number.is_finite() or not 0 <= number <= 100 or number * 100 != int(number * 100):
        return None
    return int(number * 100)


def percent(share: int) -> str:
    """Hundredths of a per cent as people write them: 3333 → "33.33"."""
    return f"{Decimal(share) / 100:f}".rstrip("0").rstrip(".") if share % 100 else str(share // 100)
