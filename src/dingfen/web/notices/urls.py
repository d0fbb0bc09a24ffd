"""Addresses of notices, preferences and the outbox."""

from django.urls import URLPattern, URLResolver, path

from dingfen.web.notices import views
from dingfen.web.notices.lists import Notices, Outbox

urlpatterns: list[URLPattern | URLResolver] = [
    path("notices/", Notices.as_view(), name="notices"),
    path("notices/read-all/", views.read_all, name="notices_read_all"),
    path("notices/preferences/", views.preferences, name="preferences"),
    path("notices/<uuid:uid>/", views.open_notice, name="notice"),
    path("outbox/", Outbox.as_view(), name="outbox"),
]
