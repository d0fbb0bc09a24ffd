"""Packs in force for the people of the cast, and short ways to act."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from dingfen.accounts.actor import system_actor
from dingfen.clocks.sweep import sweep
from dingfen.engine.load import digest, dump, load_pack
from dingfen.ownership import actions
from dingfen.ownership.models import Dispute, Registration
from dingfen.parties.details import Details
from dingfen.policies.actions import publish_shipped
from dingfen.policies.models import PolicyVersion
from dingfen.wiring import CLOCK_HANDLERS
from tests.cast import NOW, Cast

DAY = dt.timedelta(days=1)
YEAR = dt.timedelta(days=365)


@dataclass
class House:
    """The cast with a pack in force, and the clock of the test."""

    cast: Cast
    pack: str
    now: dt.datetime = NOW

    def later(self, **length: float) -> dt.datetime:
        """Move the clock of the test, and let the worker fire what fell due on the way."""
        self.now += dt.timedelta(**length)
        while sweep(at=self.now, handlers=CLOCK_HANDLERS, jitter=lambda: 0.0).fired:
            pass
        return self.now

    def act(self, who: str, action: str, **given: Any) -> Any:
        """Let a member of the cast act now."""
        return getattr(actions, action)(actor=self.cast.actor(who, self.now), at=self.now, **given)

    def register(
        self, who: str, name: str = "陈立群", phone: str = "13812342046", **more: Any
    ) -> Registration:
        details = Details(
            name=name,
            employer="衡川建筑工程有限公司" if self.pack == "media-sales" else "",
            phones=(phone,) if phone else (),
            profile={"need": "公务用车", "budget": "30 万"},
            grade="A",
        )
        scope = more.pop("scope", "" if self.pack != "b2b-sales" else "Nova Pro")
        return self.act(who, "register_customer", details=details, scope=scope, **more)

    def dispute(self, found: Dispute) -> Dispute:
        """The dispute as it is now."""
        return Dispute.objects.select_related("case", "registration", "deal", "policy").get(pk=found.pk)


def house(cast: Cast, pack: str) -> House:
    publish_shipped(
        actor=system_actor(cast.company),
        at=NOW - YEAR,
        unit=cast.company,
        pack=pack,
        applies_to_history_from=NOW - 10 * YEAR,
    )
    return House(cast, pack)


@pytest.fixture
def dealer(cast: Cast) -> House:
    return house(cast, "auto-dealer")


@pytest.fixture
def media(cast: Cast) -> House:
    return house(cast, "media-sales")


@pytest.fixture
def b2b(cast: Cast) -> House:
    return house(cast, "b2b-sales")


def house_with(cast: Cast, source: Path, change: Mapping[str, str] | None = None) -> House:
    """A rule book of one's own in force: the files under `source`, with `change` made to the ownership topic."""
    files = {file.name: file.read_text() for file in source.glob("*.yaml")}
    for old, new in (change or {}).items():
        assert old in files["ownership.yaml"]
        files["ownership.yaml"] = files["ownership.yaml"].replace(old, new, 1)
    pack = load_pack(files)
    PolicyVersion.objects.create(
        company=cast.company,
        unit=cast.company,
        pack=pack.id,
        version=pack.version,
        title=pack.title.model_dump(),
        digest=digest(pack),
        document=dump(pack),
        state=PolicyVersion.State.PUBLISHED,
        in_force_from=NOW - YEAR,
        applies_to_history_from=NOW - 10 * YEAR,
    )
    return House(cast, pack.id)
