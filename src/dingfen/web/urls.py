"""Addresses of the pages: each page group has its own `urls.py`, listed here."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("dingfen.web.work.urls")),
    path("", include("dingfen.web.presence.urls")),
    path("", include("dingfen.web.finding.urls")),
    path("", include("dingfen.web.accounts.urls")),
    path("", include("dingfen.web.notices.urls")),
    path("", include("dingfen.web.policies.urls")),
    path("", include("dingfen.web.register.urls")),
    path("", include("dingfen.web.customers.urls")),
    path("", include("dingfen.web.reception.urls")),
    path("", include("dingfen.web.holdings.urls")),
    path("", include("dingfen.web.deals.urls")),
    path("", include("dingfen.web.cadence.urls")),
    path("", include("dingfen.web.disputes.urls")),
    path("", include("dingfen.web.complaints.urls")),
    path("", include("dingfen.web.duties.urls")),
    path("", include("dingfen.web.handovers.urls")),
    path("", include("dingfen.web.matches.urls")),
    path("", include("dingfen.web.files.urls")),
    path("", include("dingfen.web.sanctions.urls")),
    path("", include("dingfen.web.effects.urls")),
    path("", include("dingfen.web.imports.urls")),
    path("", include("dingfen.web.papers.urls")),
    path("", include("dingfen.web.insight.urls")),
    path("", include("dingfen.web.channels.urls")),
    path("", include("dingfen.web.complain.urls")),
]
