"""Who I am to the API."""

from __future__ import annotations

from uuid import UUID

from dingfen.accounts.access import PERMISSIONS, decide
from dingfen.api.frame import ApiRequest, Out, Router, read

router = Router(tags=["me"])


class OwnRoleOut(Out):
    role: str
    unit_path: str


class MeOut(Out):
    """Roles in force with the unit each covers; `permissions` are what the token carries and a role allows."""

    uid: UUID
    name: str
    unit_path: str
    roles: list[OwnRoleOut]
    permissions: list[str]


@read(router, "/me", out=MeOut, permission=None)
def me(request: ApiRequest) -> MeOut:
    actor = request.actor
    return MeOut(
        uid=actor.uid,
        name=actor.name,
        unit_path=actor.unit_path,
        roles=[OwnRoleOut(role=role, unit_path=path) for role, path in sorted(actor.grants)],
        permissions=sorted(name for name in PERMISSIONS if decide(actor, name).allowed),
    )
