"""The keys that sign the register, and who witnesses it."""

from __future__ import annotations

import datetime as dt

from dingfen.api.frame import ApiRequest, Out, Router, read
from dingfen.register import signing
from dingfen.register.models import Witness

router = Router(tags=["register"])


class KeyOut(Out):
    key: str


class WitnessOut(Out):
    """`size`: entries it has last signed. `state`: new, signing, failing or diverged."""

    name: str
    vkey: str
    url: str
    state: str
    size: int
    signed_at: dt.datetime | None


class ServedOut(Out):
    """A key signs checkpoints of `first` to `last` entries; `last` is null for the one that signs now."""

    key: str
    first: int
    last: int | None
    since: dt.datetime | None


@read(router, "/register/key", out=KeyOut, permission="register.verify")
def get_key(request: ApiRequest) -> KeyOut:
    """The key that signs checkpoints, as a verifier key (c2sp.org/signed-note)."""
    return KeyOut(key=str(signing.log_key()))


@read(router, "/register/keys", out=list[ServedOut], permission="register.verify")
def list_keys(request: ApiRequest) -> list[ServedOut]:
    """Every key that has signed, in order; each was announced by an entry which the key before it signed."""
    return [
        ServedOut(key=str(one.key), first=one.first, last=one.last, since=one.since)
        for one in signing.history()
    ]


@read(router, "/register/witnesses", out=list[WitnessOut], permission="register.verify")
def list_witnesses(request: ApiRequest) -> list[WitnessOut]:
    """Who cosigns the checkpoints, and how far each has come."""
    rows = Witness.objects.filter(removed_at=None).order_by("pk")
    return [WitnessOut.model_validate(row) for row in rows]
