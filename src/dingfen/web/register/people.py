"""Names for the ids that entries hold."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.utils.translation import gettext

from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Staff
from dingfen.register.bodies import SYSTEM
from dingfen.web.templatetags.dingfen import staff_name


def names_of(actor: Actor, uids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Names of colleagues by uid, in one query; the system is called so."""
    people = Staff.objects.visible_to(actor).filter(uid__in=uids)
    names = {person.uid: staff_name(person) for person in people}
    if SYSTEM in uids:
        names[SYSTEM] = gettext("System")
    return names
