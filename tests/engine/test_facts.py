"""The fold: against a slow one written apart, what was known when, whose policy counts, corrections."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.stories import CALENDAR, LATER, ZONE, at, folded, happened, pack

from dingfen.engine.events import RUNGS, Claimant, Event, Matter
from dingfen.engine.facts import fold, moment_text
from dingfen.engine.vocabulary import FACTS, facts_of

STAFF = {"li": "east", "wang": "west", "zhao": "west"}
CADENCE = {"H": 3, "A": 7, "B": 15, "C": 30, None: 7}


def claim(facts: dict[str, Any], who: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in facts["claims"] if each["staff"] == who)
    return found


# The slow fold: plain dates, one pass over the whole past for every question.


def slow_lapse(last: datetime, grade: str | None) -> datetime:
    """24:00 of the fifth day after the day the grade's follow-up was due."""
    day = last.astimezone(ZONE).date() + timedelta(days=CADENCE[grade] + 5 + 1)
    return datetime(day.year, day.month, day.day, tzinfo=ZONE)


def slow_effective(event: Event) -> bool:
    if event.kind == "deal":
        return True
    face_to_face = event.attrs.get("kind") in ("visit", "walk_in")
    known_kind = event.attrs.get("kind") in ("visit", "walk_in", "call", "incoming_call", "message")
    return event.kind == "touch" and known_kind and (face_to_face or event.attrs.get("reached") is True)


def slow_claim(events: list[Event], who: str, grade: str | None, now: datetime) -> dict[str, Any]:
    past = sorted((event for event in events if event.at <= now), key=lambda event: event.at)
    own = [event for event in past if event.staff == who]
    touches = [event for event in own if event.kind in ("touch", "deal")]
    visits = [event for event in touches if event.attrs.get("kind") in ("visit", "walk_in")]
    effective = [event for event in own if slow_effective(event)]
    start, ended, lapsed = slow_hold(past, who, grade, now)
    return {
        "registered_at": start and moment_text(start),
        "ended": ended,
        "lapsed": lapsed,
        "protected_at_deal": start is not None and not ended and not lapsed,
        "first_touch_at": moment_text(touches[0].at) if touches else None,
        "first_visit_at": moment_text(visits[0].at) if visits else None,
        "visits": len(visits),
        "touches": len(touches),
        "effective_follow_ups": sum(event.kind == "touch" for event in effective),
        "active_days": len({event.at.astimezone(ZONE).date() for event in effective}),
        "phone_only": any(event.kind == "touch" for event in touches) and not visits,
    }


def slow_hold(
    past: list[Event], who: str, grade: str | None, now: datetime
) -> tuple[datetime | None, bool, bool]:
    """Replay one salesperson's hold: its start, whether somebody ended it, whether it lapsed."""
    start: datetime | None = None
    last: datetime | None = None
    over = ""
    for event in past:
        stale = last is not None and not over and event.at >= slow_lapse(last, grade)
        if event.kind == "registered" and event.staff != who and stale:
            over = "lapsed"
        elif event.kind == "registered" and event.staff == who and (start is None or over or stale):
            start, last, over = event.at, event.at, ""
        elif event.staff == who and start is not None and not over:
            if event.kind in ("released", "lost", "lapsed"):
                over = event.kind
            elif slow_effective(event):
                last = event.at
    if last is not None and not over and now >= slow_lapse(last, grade):
        over = "lapsed"
    return start, over in ("released", "lost"), over == "lapsed"


touch_attrs = st.fixed_dictionaries(
    {"kind": st.sampled_from(["visit", "walk_in", "call", "message", "e_mail"]), "reached": st.booleans()}
)
single_events = st.tuples(
    st.integers(0, 60 * 24),
    st.sampled_from(sorted(STAFF)),
    st.sampled_from(["registered"] * 3 + ["touch"] * 6 + ["released", "lost", "lapsed"]),
    touch_attrs,
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(single_events, max_size=25, unique_by=lambda each: each[0]),
    st.sampled_from(["H", "A", "B", "C", None]),
    st.integers(0, 70 * 24),
)
def test_the_fold_agrees_with_the_slow_one(stories: list[Any], grade: str | None, hour: int) -> None:
    now = at(hours=hour + 0.5)
    events = [
        happened(kind, at(hours=hours), who, number, **(attrs if kind == "touch" else {}))
        for number, (hours, who, kind, attrs) in enumerate(stories, 1)
    ]
    graded = [*events, *([happened("graded", at(-1), "li", 0, grade=grade)] if grade else [])]
    facts = folded(graded, STAFF, judged_at=now)
    assert facts["case"]["grade"] == grade
    for who in STAFF:
        found, slow = claim(facts, who), slow_claim(events, who, grade, now)
        assert {name: found[name] for name in slow} == slow
    held = [c["registered_at"] for c in facts["claims"] if c["protected_at_deal"]]
    owners = [c["registered_at"] for c in facts["claims"] if c["is_owner"]]
    assert owners == [value for value in held if value == min(held)]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(single_events, max_size=15, unique_by=lambda each: each[0]), st.randoms(use_true_random=False)
)
def test_the_order_in_which_events_are_loaded_does_not_matter(stories: list[Any], random: Any) -> None:
    events = [happened(k, at(hours=h), who, n, **a) for n, (h, who, k, a) in enumerate(stories, 1)]
    shuffled = list(events)
    random.shuffle(shuffled)
    assert folded(shuffled, STAFF, judged_at=at(50)) == folded(events, STAFF, judged_at=at(50))


def test_only_declared_facts_come_out_and_only_ids_times_numbers_and_codes() -> None:
    events = [
        happened("registered", at(0), "li", 1, grade="A"),
        happened("touch", at(1), "wang", 2, kind="visit"),
        happened("deal", at(2), "wang", 3),
    ]
    facts = folded(events, STAFF)
    assert set(facts["case"]) - {"evidence"} <= set(facts_of("case", "customer"))
    for each in facts["claims"]:
        assert set(each) - {"evidence", "staff", "unit"} <= set(facts_of("claim"))
        assert all(isinstance(v, bool | int | float | str | None) for k, v in each.items() if k != "evidence")
    assert set(facts["rungs"].values()) <= set(RUNGS)
    undeclared = {name for name, fact in FACTS.items() if fact.type == "choice" and not fact.choices}
    assert undeclared == set()


def test_what_was_recorded_later_was_not_known() -> None:
    late = Event("touch", at(1), at(30), "li", None, None, None, 2, {"kind": "visit"})
    events = [happened("registered", at(0), "li", 1), late, happened("deal", at(3), "wang", 3)]
    assert claim(folded(events, STAFF, known_at=at(29)), "li")["visits"] == 0
    assert claim(folded(events, STAFF, known_at=at(30)), "li")["visits"] == 1


def test_what_happened_after_the_deal_does_not_count() -> None:
    events = [
        happened("registered", at(0), "li", 1),
        happened("deal", at(3), "wang", 2),
        happened("touch", at(4), "li", 3, kind="visit"),
    ]
    assert claim(folded(events, STAFF), "li")["visits"] == 0


def test_a_voided_entry_counts_for_nothing() -> None:
    events = [
        happened("registered", at(0), "li", 1),
        happened("registered", at(1), "wang", 2),
        happened("voided", at(2), "li", 3, entry=1),
    ]
    facts = folded(events, STAFF, judged_at=at(5))
    assert claim(facts, "li")["registered_at"] is None
    assert claim(facts, "wang")["is_owner"] is True


def test_each_follow_up_is_judged_by_the_policy_of_its_time() -> None:
    strict, wide = pack("auto-dealer"), pack("b2b-sales")  # e-mail counts in the second only
    events = [
        happened("registered", at(0), "li", 1),
        happened("touch", at(1), "li", 2, kind="e_mail", reached=True),
        happened("touch", at(11), "li", 3, kind="e_mail", reached=True),
    ]
    facts = folded(events, STAFF, judged_at=at(12), pack_of=lambda when: wide if when >= at(10) else strict)
    assert claim(facts, "li")["effective_follow_ups"] == 1
    assert claim(facts, "li")["evidence"]["effective_follow_ups"] == [3]


def test_without_a_policy_in_force_nothing_is_protected() -> None:
    events = [happened("registered", at(0), "li", 1), happened("deal", at(3), "wang", 2)]
    facts = folded(events, STAFF, pack_of=lambda _: None)
    assert claim(facts, "li")["registered_at"] is None
    assert claim(facts, "li")["protected_at_deal"] is False


def test_an_earlier_deal_ends_a_run_and_the_next_registration_starts_anew() -> None:
    events = [
        happened("registered", at(0), "li", 1),
        happened("deal", at(2), "li", 2, deal="first"),
        happened("registered", at(4), "wang", 3),
        happened("registered", at(5), "li", 4),
        happened("deal", at(6), "li", 5, deal="second"),
    ]
    facts = folded(events, STAFF)
    assert claim(facts, "li")["registered_at"] == moment_text(at(5))
    assert claim(facts, "wang")["is_owner"] is True


def test_an_imported_registration_has_no_log_so_a_gap_proves_nothing() -> None:
    events = [
        happened("registered", at(0), "li", 1, imported=True, grade="H"),
        happened("registered", at(20), "wang", 2, imported=True),
        happened("touch", at(21), "li", 3, kind="visit"),
        happened("deal", at(22), "wang", 4, imported=True),
    ]
    facts = folded(events, STAFF)
    assert claim(facts, "li")["lapsed"] is False
    assert claim(facts, "li")["is_owner"] is True
    assert "concealed_owner" not in claim(facts, "wang")


def test_a_finding_stands_in_the_place_of_the_folded_fact_and_names_its_entry() -> None:
    events = [
        happened("registered", at(0), "li", 1),
        happened("touch", at(1), "li", 2, kind="visit"),
        happened("deal", at(3), "wang", 3),
        happened("finding", at(4), None, 4, fact="visits", value=0, staff="li", rung="recording"),
        happened("finding", at(4), None, 5, fact="is_signer", value=True, staff="li"),
    ]
    facts = folded(events, STAFF)
    assert (claim(facts, "li")["visits"], claim(facts, "li")["evidence"]["visits"]) == (0, [4])
    assert facts["rungs"]["4"] == "recording"
    assert claim(facts, "li")["is_signer"] is False  # who signed is no matter of finding


def test_all_signers_of_a_team_are_signers() -> None:
    events = [happened("deal", at(1), "li", 1, signers=["li", "zhao"])]
    facts = folded(events, STAFF)
    assert [c["is_signer"] for c in facts["claims"]] == [True, False, True]
    assert facts["case"]["signers"] == 2


def test_follow_ups_on_the_last_day_of_protection_are_counted() -> None:
    events = [
        happened("registered", at(0), "li", 1, grade="H"),  # Monday; lapses when Tuesday of next week is over
        happened("touch", at(8, hours=2), "li", 2, kind="call", reached=True),
        happened("touch", at(10), "li", 3, kind="call", reached=True),
        happened("touch", at(18), "li", 4, kind="call", reached=True),
    ]
    assert claim(folded(events, STAFF, judged_at=at(19)), "li")["last_day_follow_ups"] == 2


def test_a_transfer_hands_the_hold_over() -> None:
    events = [
        happened("registered", at(0), "li", 1, grade="C"),
        happened("transferred", at(3), "li", 2, to="zhao"),
    ]
    facts = folded(events, STAFF, judged_at=at(5))
    assert claim(facts, "li")["ended"] is True
    assert claim(facts, "zhao")["registered_at"] == moment_text(at(3))
    assert claim(facts, "zhao")["is_owner"] is True


def test_facts_speak_of_the_deal_they_are_asked_about() -> None:
    events = [
        happened("registered", at(0), "li", 1),
        happened("deal", at(1), "wang", 2, deal="a"),
        happened("deal", at(2), "zhao", 3, deal="b"),
        happened("delivered", at(9), "zhao", 4, deal="b"),
    ]
    facts = fold(
        events,
        subject=Matter("deal", at(1), "a"),
        claims=[Claimant("li", "east"), Claimant("wang", "west")],
        calendar=CALENDAR,
        pack_of=lambda _: pack("auto-dealer"),
        known_at=LATER,
    )
    assert facts["case"]["delivered_at"] is None
    assert claim(facts, "wang")["is_signer"] is True


def test_a_walk_in_of_the_day_stands_on_the_register_of_the_day_by_the_sites_clock() -> None:
    early = at(hours=-1.5)  # 07:30 in Shanghai, still the day before in UTC
    same_day = Event("touch", early, at(1 / 24), "li", None, None, None, 1, {"kind": "walk_in"})
    late = Event("touch", early, at(1), "li", None, None, None, 2, {"kind": "walk_in"})
    assert (same_day.rung(CALENDAR), late.rung(CALENDAR)) == ("register_of_day", "follow_up_log")
