"""Toasts: what has just been done, with undo where it can be undone. Errors are never toasts."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse


@dataclass(frozen=True, slots=True)
class Toast:
    """`undo` is the address that takes it back by POST; empty when only a correction can."""

    text: str
    undo: str = ""


def toast(request: HttpRequest, text: str, undo: str = "") -> None:
    """Say it on the page that comes next, or at once when the page swaps a part."""
    messages.success(request, text, extra_tags=undo)


def waiting(request: HttpRequest) -> list[Toast]:
    """The toasts to be shown now; they are then gone."""
    return [Toast(message.message, message.extra_tags or "") for message in messages.get_messages(request)]


def attach(request: HttpRequest, response: HttpResponse) -> None:
    """Give the waiting toasts to a part that htmx swaps, as an event."""
    if found := waiting(request):
        response["HX-Trigger-After-Settle"] = json.dumps({"toast": [asdict(item) for item in found]})
