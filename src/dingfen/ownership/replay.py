"""The same facts, the same policy, the same moment: the same bytes."""

from __future__ import annotations

import json

from dingfen.engine.decide import decide
from dingfen.engine.ruling import to_bytes
from dingfen.ownership.models import Ruling
from dingfen.policies.queries import pack_of


def replay(ruling: Ruling) -> bool:
    """Decide anew on the stored facts with the stored policy; True when not one byte differs."""
    if ruling.proposed_at is None:
        return False
    pack = pack_of(ruling.policy) if ruling.policy else None
    if ruling.policy and ruling.policy.digest != ruling.pack_digest:
        return False
    again = to_bytes(decide(json.loads(bytes(ruling.facts)), pack, ruling.proposed_at))
    return again == bytes(ruling.proposed)
