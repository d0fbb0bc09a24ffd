"""Is this printed paper one of ours? What a paper says at its foot, checked against the register."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime

from dingfen.accounts import access
from dingfen.accounts.actor import Actor
from dingfen.books.queries import company_books
from dingfen.register import exporting, signing
from dingfen.register.checking import Verdict
from dingfen.register.exportfile import Trust, verify_proof
from dingfen.register.looks import record_look
from dingfen.register.models import Checkpoint, Entry, Page
from dingfen.register.queries import entries_of, find_entry

SIGNS = 16


@dataclass(frozen=True, slots=True)
class Checked:
    """A paper that agrees with the register. `proof` is None while no checkpoint covers the entry.

    `later`: what has been entered since about the same subject, so that an old paper is known as one.
    """

    entry: Entry
    proof: Verdict | None
    later: tuple[Entry, ...]


def check_code(entry: Entry) -> str:
    """What stands on a paper: the first 16 signs of its entry's hash, `7f3a 91c2 55e0 c91e`."""
    signs = bytes(entry.leaf).hex()[:SIGNS]
    return " ".join(signs[start : start + 4] for start in range(0, SIGNS, 4))


def page_root(page: Page) -> str:
    """The root hash that the checkpoint over the page's seal signs; empty until the page is sealed."""
    seal = page.entries.filter(kind="page.sealed").values_list("seq", flat=True).first()
    found = Checkpoint.objects.filter(size=seal + 1).first() if seal is not None else None
    return bytes(found.root).hex() if found else ""


def check_paper(actor: Actor, at: datetime, name: str, code: str) -> Checked | None:
    """The entry a paper names, when its check code is right; None otherwise, without saying which was wrong.

    Whoever has both has seen the paper, so the entry's kind and time are told; what it is about only to who
    may see that. Every check is logged.
    """
    access.require(actor, "register.verify")
    found = find_entry(name)
    if found is not None and not company_books(actor).filter(pk=found.page.book_id).exists():
        found = None
    given = "".join(code.lower().split()).replace("-", "")
    right = found is not None and hmac.compare_digest(
        given.encode(), check_code(found).replace(" ", "").encode()
    )
    if actor.company_uid is not None:
        record_look(
            at=at,
            actor_id=actor.uid,
            company=actor.company_uid,
            kind="paper.check",
            subject=found.uid if found is not None and right else None,
            detail={"right": right},
        )
    if found is None or not right:
        return None
    return Checked(found, _proved(found), tuple(entries_of(found.subject_uid).filter(seq__gt=found.pk)))


def _proved(entry: Entry) -> Verdict | None:
    try:
        proof = exporting.prove(entry)
    except LookupError:
        return None
    return verify_proof(proof.to_text(), Trust(keys=signing.chain().keys))
