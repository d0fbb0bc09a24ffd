"""How the turns fell over some weeks, as a table."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dingfen.accounts import access
from dingfen.ownership.rotation.tally import WEEKS, mondays, sites, tally
from dingfen.web.request import Request


@login_required
@require_safe
def turns(request: Request) -> HttpResponse:
    """Of one's own site; overseers choose the site. What is not known in the address is left out."""
    access.require(request.actor, "conflict.check")
    offered = sites(request.actor)
    wanted, asked = request.GET.get("site", ""), request.GET.get("weeks", "")
    site = next((one for one in offered if str(one.uid) == wanted), offered[0] if offered else None)
    weeks = int(asked) if asked in {str(n) for n in WEEKS} else WEEKS[0]
    starts = mondays(site, request.at, weeks) if site else []
    context = {
        "sites": offered,
        "site": site,
        "weeks": weeks,
        "lengths": WEEKS,
        "starts": starts,
        "rows": tally(site, starts) if site else [],
    }
    return render(request, "reception/turns.html", context)
