"""The address of the list of possible matches, and the count beside its room."""

from __future__ import annotations

from django.urls import path

from dingfen.web.matches.lists import Matches, to_check
from dingfen.web.navigation import counts

urlpatterns = [path("matches/", Matches.as_view(), name="matches")]

counts("matches", to_check)
