"""Find: one page of results, and the palette (Ctrl-K) with results and commands."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render

from dingfen.accounts.actor import Actor
from dingfen.parties import search
from dingfen.problems import whole_number
from dingfen.web import navigation
from dingfen.web.finding import commands
from dingfen.web.request import Request
from dingfen.web.subjects import page_of

PER_PAGE = 30
PALETTE = 8
# kind of record -> the view of its page, its icon
PAGES = {
    "customer": ("customer", {"icon": "user"}),
    "dispute": ("dispute", {"icon": "scale"}),
    "case": ("dispute", {"icon": "scale"}),
}


@dataclass(frozen=True)
class Found:
    hit: search.Hit
    url: str
    icon: str


def found(actor: Actor, text: str, limit: int, before: int | None = None) -> list[Found]:
    """Records with a page of their own that have all the words, newest first."""
    results = []
    for hit in search.search(actor, text, limit, before):
        view, sign = PAGES.get(hit.kind, (hit.kind, {"icon": "file-text"}))
        if url := page_of(view, hit.uid):
            results.append(Found(hit, url, **sign))
    return results


def results(request: Request) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:80]
    before = request.GET.get("before", "")
    hits = found(request.actor, text, PER_PAGE + 1, whole_number(before)) if text else []
    more = hits[PER_PAGE - 1].hit.place if len(hits) > PER_PAGE else None
    return render(request, "web/finding/results.html", {"q": text, "hits": hits[:PER_PAGE], "more": more})


def palette(request: Request) -> HttpResponse:
    """The part under the palette's field: records first, then rooms and commands whose name contains the text."""
    text = request.GET.get("q", "").strip()[:80]
    rooms = [link for link in navigation.frame(request).links if text.lower() in str(link.room.label).lower()]
    hits = found(request.actor, text, PALETTE) if text else []
    found_commands = commands.fitting(request.actor, text)
    context = {"q": text, "hits": hits, "rooms": rooms, "commands": found_commands}
    return render(request, "web/finding/palette.html", context)
