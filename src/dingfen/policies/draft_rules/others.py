"""Accepted proposals on care and indicators: parts beside one another, with nothing they must hang together by."""

from __future__ import annotations

from dingfen.policies.draft_rules.writing import Rule, Topic, added, length, merged


def _in_order(rules: Rule, article: str) -> None:
    """Of cadences the first that fits counts: those for some customers come first."""
    rules.get("cadences", []).sort(key=lambda each: not each.get("when"))


CARE = Topic(
    lambda article: {},
    {
        "cadences": added(
            "cadences",
            "cadence",
            "title",
            "times",
            "per",
            kinds=["call", "visit", "message"],
            by="salesperson",
        ),
        "records": merged("records", stale_after=length("6 months"), by="salesperson"),
        "courses": added("courses", "course", "title", "roles", hours=4, within=length("1 month")),
        "surveys": added("surveys", "survey", "title", "kind", open_for=length("14 days"), by="agent"),
        "reviews": added("reviews", "review", "title", "every", by="head", covers=["progress", "quality"]),
        "posts": merged(
            "posts",
            registered_by="head",
            drafted_by=["agent"],
            approved_by="head",
            approve_within={"length": "8 working hours"},
            measured_every=length("1 month"),
            measures=["reach", "comments", "messages", "complaints"],
        ),
        "answers": added("answers", "answer", "title", "what", "within", by="agent"),
        "greetings": added("greetings", "greeting", "title", "on", within=length("1 day"), by="salesperson"),
    },
    _in_order,
)
INDICATORS = Topic(
    lambda article: {}, {"figures": added("figures", "figure", "title", "numerator", "unit", "period")}
)
