"""Too many wrong passwords or codes: the account waits, and so does the address they come from.

An attempt is counted before it is checked, so that many at once get no more guesses than one after the
other; a right one is given back. Unknown accounts count like known ones.
"""

from __future__ import annotations

import datetime as dt
import hashlib

from django.db.models import Q

from dingfen.accounts import limits
from dingfen.accounts.limits import Allowance
from dingfen.accounts.models import Staff

TRIES = 5
WAIT = dt.timedelta(minutes=15)
# a whole showroom signs in from one address
TRIES_OF_ADDRESS = 30


def account_key(login: str) -> str:
    """One key for user name and e-mail of the same person; a digest for what belongs to nobody."""
    name = login.strip().casefold()
    known = Staff.objects.get_queryset().filter(Q(username__iexact=name) | Q(email__iexact=name))
    staff_id = known.values_list("pk", flat=True).first() if name else None
    if staff_id is not None:
        return f"sign-in:{staff_id}"
    return f"sign-in:?{hashlib.sha256(name.encode()).hexdigest()[:32]}"


def attempt(key: str, address: str, at: dt.datetime) -> Allowance:
    """Count one attempt; refused when the account's or the address's are used up."""
    of_address = limits.hit(f"sign-in@{address}", TRIES_OF_ADDRESS, WAIT, at, slide=True)
    if not of_address.allowed:
        return of_address
    of_account = limits.hit(key, TRIES, WAIT, at, slide=True)
    return of_account if of_account.left <= of_address.left else of_address


def succeeded(key: str, address: str) -> None:
    """Forget the account's failures. The address only gets this attempt back: it may be guessing elsewhere."""
    limits.clear(key)
    limits.give_back(f"sign-in@{address}")


def unlock(staff: Staff) -> None:
    """Let a person try again at once: passwords and one-time codes."""
    limits.clear(f"sign-in:{staff.pk}")
    limits.clear(code_key(staff.pk))


def code_key(staff_id: int) -> str:
    """The key under which a person's one-time codes are counted."""
    return f"code:{staff_id}"
