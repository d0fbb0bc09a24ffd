"""Who has a record open: announced by whoever opens it, gone after a minute of silence. It locks nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Literal
from uuid import UUID

from dingfen.api.frame import ApiRequest, Out, Router, read, write
from dingfen.cases import presence
from dingfen.cases.models import Presence

router = Router(tags=["work"])
Kind = Literal["customer", "registration", "dispute", "complaint"]


class PresentOut(Out):
    """Somebody else who has the record open, and since when."""

    staff: UUID
    staff_name: str
    since: datetime


@read(router, "/present/{kind}/{uid}", out=list[PresentOut], permission=None)
def list_present(request: ApiRequest, kind: Kind, uid: UUID) -> list[PresentOut]:
    """Who else has this customer or hold, or the dispute or complaint of this case, open; the first comes first.

    Claimants of a dispute, and compliance, see nobody and are seen by nobody.
    """
    return _shown(presence.look(request.actor, kind, uid, request.at))


@write(router, "/present/{kind}/{uid}", out=list[PresentOut], permission=None)
def announce(request: ApiRequest, kind: Kind, uid: UUID) -> list[PresentOut]:
    """Say that I have the record open, every 20 seconds while I do; who else has. A save that comes second is
    refused by the `version` it sends along.
    """
    return _shown(presence.say_here(request.actor, kind, uid, request.at))


def _shown(others: Iterable[Presence]) -> list[PresentOut]:
    return [PresentOut(staff=row.staff.uid, staff_name=row.staff.name, since=row.since) for row in others]
