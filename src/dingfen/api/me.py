"""Who I am to the API."""

from __future__ import annotations

from uuid import UUID

from dingfen.accounts.access import PERMISSIONS, decide
from dingfen.api.frame import ApiRequest, Out, Router, read

router = Router(tags=["me"])


class MeOut(Out):
    """`roles` with the path of the unit each covers; `permissions` the token carries and a role allows."""

    uid: UUID
    name: str
    unit_path: str
    roles: list[tuple[str, str]]
    permissions: list[str]


@read(router, "/me", out=MeOut, permission=None)
def me(request: ApiRequest) -> MeOut:
    actor = request.actor
    return MeOut(
        uid=actor.uid,
        name=actor.name,
        unit_path=actor.unit_path,
        roles=sorted(actor.grants),
        permissions=sorted(name for name in PERMISSIONS if decide(actor, name).allowed),
    )
