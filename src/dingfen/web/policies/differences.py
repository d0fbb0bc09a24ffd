"""Two versions of a rule book: as readers see the articles, and as rules."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dingfen.engine.diff import diff
from dingfen.engine.text_diff import article_changes
from dingfen.policies.queries import pack_of, version_before
from dingfen.web.policies.rule_words import path_label
from dingfen.web.policies.views import language, one, visible
from dingfen.web.request import Request

MOST = 400


@require_safe
def differences(request: Request, uid: UUID) -> HttpResponse:
    """What differs from another version (`against`), by itself from the one before."""
    version = one(request, uid)
    others = list(
        visible(request.actor)
        .filter(pack=version.pack)
        .exclude(pk=version.pk)
        .defer("document")
        .order_by("-pk")
    )
    chosen = request.GET.get("against", "")
    before = version_before(version)
    against = next((each for each in others if str(each.uid) == chosen), before) or next(iter(others), None)
    new, old = pack_of(version), pack_of(against) if against else None
    rules = diff(old, new) if old else []
    context = {
        "version": version,
        "title": version.title[language()],
        "others": others,
        "against": against,
        "articles": article_changes(old, new, language()) if old else [],
        "rules": [
            (path_label(each.where, numbered=True), each)
            for each in rules
            if not each.where.startswith(("articles", "version"))
        ][:MOST],
    }
    return render(request, "policies/differences.html", context)
