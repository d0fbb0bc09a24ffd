"""How the two rule books read, article by article: slow, obvious, and written without a look at the engine.

Facts are plain dictionaries as `fold` gives them; times are compared as text, which is right for ISO 8601 in
UTC. The answer is (outcome, holder, {who: share in hundredths of a per cent}).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Claim = dict[str, Any]
Answer = tuple[str, str | None, dict[str, int]]
NOBODY: Answer = ("declined", None, {})


def goes_to(claim: Claim) -> Answer:
    return "award", claim["staff"], {}


def without(claims: list[Claim], out: Callable[[Claim], bool]) -> list[Claim]:
    """Those left. Where it would leave nobody, the article leaves everybody."""
    left = [claim for claim in claims if not out(claim)]
    return left or claims


def alone_with_least(claims: list[Claim], fact: str) -> Claim | None:
    have = sorted((claim for claim in claims if claim[fact] is not None), key=lambda claim: claim[fact])
    if not have or (len(have) > 1 and have[0][fact] == have[1][fact]):
        return None
    return have[0]


def alone_with_most(claims: list[Claim], fact: str) -> Claim | None:
    have = [claim for claim in claims if claim[fact] is not None]
    most = max((claim[fact] for claim in have), default=None)
    best = [claim for claim in have if claim[fact] == most]
    return best[0] if len(best) == 1 else None


def car_dealer(case: dict[str, Any], claims: list[Claim]) -> Answer:
    for out in (
        lambda claim: not claim["claim_within_window"],  # OWN-11
        lambda claim: (claim["lapsed"] or claim["ended"]) and not claim["is_signer"],  # OWN-9
        lambda claim: claim["lapsed"] or claim["ended"],  # OWN-9, the signer's own
    ):
        left = without(claims, out)
        if len(left) == 1 and len(claims) > 1:
            return goes_to(left[0])
        claims = left
    if any(claim["concealed_owner"] for claim in claims):  # OWN-5
        owners = [claim for claim in claims if claim["is_owner"]]
        if len(owners) == 1:
            return goes_to(owners[0])
    owners = [claim for claim in claims if claim["is_owner"]]  # OWN-23
    stood_in = [c for c in claims if c["is_signer"] and c["holder_away"] and c["same_day_deal"]]
    if owners and stood_in and len({claim["staff"] for claim in owners + stood_in}) > 1:
        earliest = alone_with_least(claims, "registered_at")
        halves = [parts_of(5_000, owners), parts_of(5_000, stood_in)]
        shares = {who: sum(half.get(who, 0) for half in halves) for half in halves for who in half}
        return "split", earliest["staff"] if earliest else None, shares
    if case["registrations_differ"] or case["registered_same_time"]:  # OWN-14
        card = alone_with_least(claims, "card_recorded_at")
        if card is not None:
            return goes_to(card)
    first = alone_with_least(claims, "registered_at")  # OWN-3
    return goes_to(first) if first is not None else NOBODY


def media_house(case: dict[str, Any], claims: list[Claim]) -> Answer:
    for out in (  # MED-10
        lambda claim: not claim["claim_within_window"],
        lambda claim: claim["ended"] and not claim["is_signer"],
    ):
        left = without(claims, out)
        if len(left) == 1 and len(claims) > 1:
            return goes_to(left[0])
        claims = left
    points = score(claims)
    order = sorted(points.values(), reverse=True)
    lead = order[0] - order[1] if len(order) > 1 else None
    if lead is None or lead >= 2:  # MED-11
        return goes_to(next(claim for claim in claims if points[claim["staff"]] == order[0]))
    if lead == 0:
        return NOBODY
    earliest = alone_with_least(claims, "first_touch_at")
    return "split", earliest["staff"] if earliest else None, equal_parts(claims)


def score(claims: list[Claim]) -> dict[str, int]:
    points = {claim["staff"]: 0 for claim in claims}

    def give(claim: Claim | None, number: int) -> None:
        if claim is not None:
            points[claim["staff"]] += number

    give(alone_with_least(claims, "first_touch_at"), 1)  # SCR-1
    give(alone_with_least(claims, "first_visit_at"), 1)  # SCR-2
    give(alone_with_most(claims, "visits"), 1)  # SCR-3
    if all(claim["cards"] for claim in claims):
        give(alone_with_most(claims, "highest_contact_rank"), 2)  # SCR-5
    visited_together = any(claim["joint_visits"] for claim in claims)
    for claim in claims:
        give(claim, 1 if claim["cards"] else 0)  # SCR-4
        give(claim, 1 if claim["profile_complete"] >= 1 else 0)  # SCR-6
        give(claim, 1 if claim["new_contacts"] else 0)  # SCR-7
        give(claim, -2 if claim["phone_only"] else 0)  # SCR-8
        give(claim, -2 if claim["invented_visits"] or claim["inflated_titles"] else 0)  # SCR-9
        give(claim, claim["joint_visit_points"] if visited_together else 0)  # SCR-10
    return points


def equal_parts(claims: list[Claim]) -> dict[str, int]:
    """Parts of 10,000; what does not divide goes one by one to those who registered first."""
    shares = {claim["staff"]: 10_000 // len(claims) for claim in claims}
    order = sorted(claims, key=lambda c: (c["registered_at"] is None, c["registered_at"] or "", c["staff"]))
    for claim in order[: 10_000 % len(claims)]:
        shares[claim["staff"]] += 1
    return shares


def parts_of(whole: int, claims: list[Claim]) -> dict[str, int]:
    """In equal parts; what does not divide goes, one by one, to those who registered first."""
    each, left = divmod(whole, len(claims))
    first = sorted(claims, key=lambda c: (c["registered_at"] is None, c["registered_at"] or "", c["staff"]))
    return {claim["staff"]: each + (place < left) for place, claim in enumerate(first)}
