"""The request as the middleware hands it to a view behind sign-in."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest

from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Staff


class Request(HttpRequest):
    """For annotations only: what ActorMiddleware and HtmxMiddleware have put on it."""

    actor: Actor
    at: dt.datetime
    theme: str
    user: Staff
    htmx: Any


def whole_number(text: str) -> int | None:
    """What was typed as a whole number; None for anything else, and for what no column holds."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
