"""How a message leaves this package: as an `Incoming`, to a `Receiver` that a room offers (see wiring)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from dingfen.accounts.models import Unit


@dataclass(frozen=True, slots=True)
class File:
    """An attachment as it came; what it is, the room finds out from its content."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Sender:
    """Who wrote: `kind` is how they are reached (`mail`, `phone`, `wecom`, …), `value` the address there."""

    kind: str
    value: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message of a customer, the same whatever way it came."""

    company: Unit
    unit: Unit
    channel: str
    sender: Sender
    text: str
    occurred_at: datetime
    external: str
    subject: str = ""
    files: tuple[File, ...] = ()
    left_out: tuple[str, ...] = ()
    """Names of attachments that were too large to be taken along."""
    hints: dict[str, str] = field(default_factory=dict)
    """What else the channel knows: `phone`, `mail`, `name`, `remedy`, `place`, `recording`, `order` …"""


class Receiver(Protocol):
    """The room that takes messages. Each call runs inside the transaction that marks the message as taken."""

    def by_number(self, company: Unit, number: str) -> UUID | None:
        """The case with this number, as it may stand in a subject."""

    def new(self, incoming: Incoming, at: datetime) -> UUID:
        """Register a new matter; its case."""

    def add(self, case_uid: UUID, incoming: Incoming, at: datetime) -> bool:
        """Add to a case; False when the case takes no more messages, so that a new one is opened."""
