"""The routers of v1, in the order of the document. Each module has `router = Router(tags=[…])`.

A module named here must exist: a missing one is an error at start.
"""

from importlib import import_module

from ninja import Router

ROUTERS: tuple[str, ...] = (
    "dingfen.api.me",
    "dingfen.api.work",
    "dingfen.api.staff",
    "dingfen.api.customers",
    "dingfen.api.matches",
    "dingfen.api.ownership",
    "dingfen.api.cadence",
    "dingfen.api.holding",
    "dingfen.api.standing",
    "dingfen.api.co_workers",
    "dingfen.api.handovers",
    "dingfen.api.rotation",
    "dingfen.api.disputes",
    "dingfen.api.evidence",
    "dingfen.api.sanctions",
    "dingfen.api.effects",
    "dingfen.api.complaints",
    "dingfen.api.complaint_issues",
    "dingfen.api.complaint_settling",
    "dingfen.api.complaint_changes",
    "dingfen.api.imports",
    "dingfen.api.notices",
    "dingfen.api.register",
    "dingfen.api.register_keys",
    "dingfen.api.policies",
    "dingfen.api.drafts",
    "dingfen.api.sources",
    "dingfen.api.backtests",
    "dingfen.api.reviews",
    "dingfen.api.trials",
    "dingfen.api.papers",
    "dingfen.api.letters",
    "dingfen.api.insight",
)


def routers() -> list[Router]:
    """Every router, loaded. Raises ImportError or AttributeError where one is missing."""
    return [import_module(name).router for name in ROUTERS]
