"""The address a page calls every 20 seconds while it is open."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_POST

from dingfen.cases.presence import say_here
from dingfen.web.request import Request


@require_POST
def present(request: Request, kind: str, uid: UUID) -> HttpResponse:
    found = say_here(request.actor, kind, uid, request.at)
    return render(request, "web/parts/also_open.html", {"others": found})


urlpatterns = [path("present/<str:kind>/<uuid:uid>/", present, name="present")]
