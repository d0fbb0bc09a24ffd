"""The rooms of v1, in the order of the document. Each module has `router = Router(tags=[…])`.

Beside each stands the first word of its addresses: a room is loaded when one of them is first called, or when
the document is asked for. A module named here must exist: the tests load all of them.
"""

from importlib import import_module

from dingfen.api.declared import Router

ROOMS: dict[str, str] = {
    "dingfen.api.me": "me",
    "dingfen.api.work": "my-work",
    "dingfen.api.presence": "present",
    "dingfen.api.staff": "delegations roles staff tokens units",
    "dingfen.api.customers": "customers merges relations search touches",
    "dingfen.api.matches": "matches",
    "dingfen.api.match_groups": "matches",
    "dingfen.api.match_models": "matches",
    "dingfen.api.ownership": "conflict-check deals holder-notices pool registrations",
    "dingfen.api.cadence": "follow-ups registrations",
    "dingfen.api.holding": "tell-duties",
    "dingfen.api.standing": "registrations",
    "dingfen.api.co_workers": "registrations",
    "dingfen.api.handovers": "handovers",
    "dingfen.api.rotation": "late-calls receptions rotation",
    "dingfen.api.disputes": "claims disputes effects",
    "dingfen.api.evidence": "disputes evidence files",
    "dingfen.api.sanctions": "sanctions",
    "dingfen.api.effects": "effects payroll",
    "dingfen.api.imports": "imports",
    "dingfen.api.notices": "me notices outbox",
    "dingfen.api.register": "register",
    "dingfen.api.register_keys": "register",
    "dingfen.api.policies": "policies",
    "dingfen.api.policy_readers": "policies policy-consultations",
    "dingfen.api.drafts": "policy-drafts",
    "dingfen.api.sources": "policy-sources",
    "dingfen.api.backtests": "backtests",
    "dingfen.api.reviews": "policy-reviews",
    "dingfen.api.trials": "policies policy-sources",
    "dingfen.api.papers": "disputes papers policies register",
    "dingfen.api.complaints": "complaints",
    "dingfen.api.complaint_desk": "complaint-desk complaints",
    "dingfen.api.complaint_saved": "complaint-macros complaint-replies complaint-shared complaints",
    "dingfen.api.complaint_after": "complaint-calendar complaint-lessons complaint-rises complaints",
    "dingfen.api.complaint_issues": "complaint-evidence complaints inquiries issues",
    "dingfen.api.complaint_settling": (
        "complaint-clocks complaints corrective-actions extensions ladder-steps promises proposals"
    ),
    "dingfen.api.complaint_changes": "changes complaints sides",
    "dingfen.api.letters": "complaints letters",
    "dingfen.api.casefile": "complaints",
    "dingfen.api.channels": "channel-kinds channels",
    "dingfen.api.recognising": "complaints customers touches",
    "dingfen.api.representing": "complaints",
    "dingfen.api.calls": "calls",
    "dingfen.api.questions": "questions",
    "dingfen.api.complaint_help": "complaint-learning complaints",
    "dingfen.api.insight": "figures",
}


def routers(word: str | None = None) -> list[Router]:
    """The routers with addresses that begin with this word, or all of them, loaded.

    Raises ImportError or AttributeError where one is missing.
    """
    wanted = (module for module, words in ROOMS.items() if word is None or word in words.split())
    return [import_module(module).router for module in wanted]
