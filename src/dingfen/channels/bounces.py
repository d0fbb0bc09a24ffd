"""Reports that a message did not arrive, noted at the message they speak of."""

from __future__ import annotations

from datetime import datetime

from dingfen.channels import sending
from dingfen.channels.models import Sent
from dingfen.channels.secrets import digest


def note(company_id: int, message_id: str, status: str, final: bool, at: datetime) -> bool:
    """Note a report about a message of the company; whether it was one. A delay is no failure."""
    if not message_id:
        return False
    ours = Sent.objects.filter(account__company_id=company_id, message_id=digest(message_id))
    if not final:
        return bool(ours.exclude(state=Sent.State.BOUNCED).update(error=f"delayed: {status}"))
    done = ours.update(state=Sent.State.BOUNCED, bounced_at=at, next_at=None, error=f"returned: {status}")
    sending.changed(ours.select_related("account"), at)
    return bool(done)
