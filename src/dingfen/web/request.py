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
