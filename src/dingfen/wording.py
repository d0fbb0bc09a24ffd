"""The words for problems and faults: codes with parameters go in, a title and a detail come out.

Each app may have a `texts.py` with
`PROBLEMS: dict[code, (title, detail)]`, what an action refuses or a reader meets,
`FAULTS: dict[code, text]`, what is wrong with a field,
`CLOCKS: dict[kind, text]`, what a clock waits for.
The texts are lazy and take parameters as %(name)s. Times, lengths, money and lists among the parameters
are written in the language's own form.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dingfen import formats
from dingfen.problems import Problem

Words = str | Promise

PROBLEMS: dict[str, tuple[Words, Words]] = {
    "input.invalid": (_("Not saved."), _("Correct the fields marked below.")),
    "not_visible": (
        _("Not found, or not yours to see."),
        _("Check the number, or ask whoever sent it to you."),
    ),
    "role.needed": (_("Your role doesn't allow this."), _("It is open to: %(roles)s.")),
    "forbidden": (_("Your role doesn't allow this."), _("Ask whoever leads your unit.")),
    "token.scope": (
        _("This token doesn't allow this."),
        _("Ask for a token whose scopes contain it."),
    ),
    "request.bad": (
        _("The request can't be understood."),
        _("Go back, check what you entered and send it again."),
    ),
    "request.stale": (
        _("This page was open too long."),
        _("Go back, load it again and send your entry once more."),
    ),
    "request.method": (_("This page can't be used that way."), _("Open it from the menu.")),
    "request.too_large": (
        _("What you sent is too large."),
        _("Send a smaller file, or split it."),
    ),
    "rate.limited": (_("Too many requests."), _("You can go on in a moment.")),
    "version.stale": (
        _("Someone changed this meanwhile."),
        _("Your change isn't saved; compare first."),
    ),
    "server.fault_reading": (
        _("This page could not be opened."),
        _("Try again, or give number %(number)s to your administrator."),
    ),
    "server.fault": (
        _("Not saved; your text is still here."),
        _("Try again, or give number %(number)s to your administrator."),
    ),
}
FAULTS: dict[str, Words] = {
    "required": _("This is missing."),
    "invalid": _("This can't be read."),
    "too_long": _("At most %(limit)s characters."),
}
UNKNOWN = (_("This can't be done."), _("The state of the record doesn't allow it now."))


@dataclass(frozen=True, slots=True)
class Text:
    title: str
    detail: str

    def __str__(self) -> str:
        return f"{self.title} {self.detail}".strip()


@cache
def _merged(name: str) -> dict[str, Any]:
    """One table out of those of this module and of every app's texts.py; the app's own text wins."""
    table: dict[str, Any] = dict(globals().get(name, {}))
    for app in apps.get_app_configs():
        if app.name.startswith("dingfen.") and find_spec(f"{app.name}.texts"):
            table.update(getattr(import_module(f"{app.name}.texts"), name, {}))
    return table


def shown(name: str, value: Any) -> Any:
    """A parameter as it is written in a sentence."""
    if isinstance(value, dt.datetime):
        return formats.when(value)
    if isinstance(value, dt.date):
        return formats.day(value)
    if isinstance(value, dt.timedelta):
        return formats.span(value)
    if name == "roles" and isinstance(value, list | tuple | set | frozenset):
        from dingfen.accounts.models import Role

        return formats.series(str(Role(role).label) for role in value)
    if isinstance(value, list | tuple | set | frozenset):
        return formats.series(value)
    return value


def filled(text: Words, params: Mapping[str, Any]) -> str:
    """The text with its parameters; a parameter that is not given shows as a dash, never as an error."""
    words = {name: shown(name, value) for name, value in params.items()}
    while True:
        try:
            return str(text) % words
        except KeyError as error:
            words[error.args[0]] = "—"


def problem_text(problem: Problem) -> Text:
    """Title and detail of a problem, in the language in force. Unknown codes never show internals."""
    table = _merged("PROBLEMS")
    found = table.get(problem.code) or {404: table["not_visible"], 429: table["rate.limited"]}.get(
        problem.status, UNKNOWN
    )
    title, detail = found
    return Text(filled(title, problem.params), filled(detail, problem.params))


def fault_text(code: str, params: Mapping[str, Any] | None = None) -> str:
    """What is wrong with one field."""
    given = params or {}
    text = _merged("FAULTS").get(code)
    if text is None and (pair := _merged("PROBLEMS").get(code)):
        text = pair[1] or pair[0]
    return filled(text or FAULTS["invalid"], given)


def field_errors(problem: Problem) -> dict[str, list[str]]:
    """The faults of input of a problem, as texts by field."""
    return {
        name: [fault_text(code, params) for code, params in faults] for name, faults in problem.errors.items()
    }


def clock_text(kind: str, params: Mapping[str, Any] | None = None) -> str:
    """What a clock waits for, as the title of a line of work."""
    return filled(_merged("CLOCKS").get(kind, _("Due")), params or {})
