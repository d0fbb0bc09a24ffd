"""How one address is written two ways: the same person is found by it whichever way it came."""

from __future__ import annotations

from dingfen.channels.models import Channel
from dingfen.channels.secrets import digest
from dingfen.matching import parse_phones


def number(phone: str) -> str:
    """A number with + and country, as gateways ask for it; as it is where it can't be read."""
    found = parse_phones(phone)[0]
    return found[0].number if found else phone


def who(channel: str, address: str) -> str:
    """The keyed digest of whoever is reached there."""
    return digest(channel, number(address) if channel == Channel.SMS else address.lower())
