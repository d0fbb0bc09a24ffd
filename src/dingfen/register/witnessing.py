"""Cosignatures of witnesses, collected by the protocol of c2sp.org/tlog-witness (`add-checkpoint`).

A witness signs a checkpoint only if it grew from the last one it has signed, and remembers that. So nobody can
be shown two histories without a witness having signed both. The worker asks each after a seal; calls stand
outside every transaction, and what came back is kept by compare-and-swap on the size last signed.
"""

from __future__ import annotations

import base64
import logging
from datetime import datetime, timedelta

from django.db import transaction

from dingfen import calls
from dingfen.engine.backoff import wait
from dingfen.register.exporting import stored_nodes
from dingfen.register.models import Checkpoint, Cosignature, Witness
from dingfen.register.notes import SIGNATURE, NoteError, VerifyKey, open_note
from dingfen.register.tree import consistency_proof, consistency_spans, span_nodes

log = logging.getLogger(__name__)
State = Witness.State
FIRST, LONGEST = timedelta(minutes=1), timedelta(hours=6)
TRIES = 3  # of one round: the size the witness names, and once more


class Diverged(Exception):
    """The witness has signed a history that ours does not continue."""


class NotSigned(Exception):
    """The witness did not sign; the text says why, for the administrator. It is asked again later."""


def collect(at: datetime) -> int:
    """Ask every witness that lacks the newest checkpoint and is due; how many have signed."""
    newest = Checkpoint.objects.order_by("size").last()
    if newest is None or newest.size == 0:
        return 0
    due = Witness.objects.filter(removed_at=None, size__lt=newest.size, next_at__lte=at)
    return sum(ask(witness, newest, at) for witness in due.order_by("pk"))


def ask(witness: Witness, checkpoint: Checkpoint, at: datetime) -> bool:
    """Ask one witness for its signature under a checkpoint and keep what came of it."""
    try:
        line = _signature(witness, checkpoint)
    except Diverged as error:
        log.error("witness sees another history", extra={"witness": witness.name, "why": str(error)})
        _later(witness, at, State.DIVERGED, str(error))
        return False
    except (NotSigned, calls.CallRefused, calls.CallFailed) as error:
        log.warning("no cosignature", extra={"witness": witness.name, "why": str(error)})
        _later(witness, at, State.FAILING, str(error))
        return False
    return _keep(witness, checkpoint, line, at)


def _signature(witness: Witness, checkpoint: Checkpoint) -> str:
    """The witness's signature line, verified. Raises `Diverged`, `NotSigned`, `CallRefused`, `CallFailed`."""
    old = witness.size
    for _try in range(TRIES):
        answer = calls.post(
            witness.url.rstrip("/") + "/add-checkpoint",
            request(old, checkpoint).encode(),
            headers={"Content-Type": "text/plain; charset=utf-8"},
            own_network=witness.own_network,
        )
        if answer.status == 200:
            return _own_line(witness, checkpoint, answer.body)
        if answer.status == 409:
            old = _size_it_knows(answer, old, checkpoint)
            continue
        if answer.status == 422:
            raise Diverged(f"the tree of {old} entries it has signed is no beginning of ours")
        if answer.status == 404:
            raise NotSigned("404: it does not know this register; send its operator our key and origin")
        if answer.status == 403:
            raise NotSigned("403: it does not know the key that signed; send its operator our key")
        raise NotSigned(f"it answered {answer.status}")
    raise NotSigned("its size changed under us; asked again later")


def request(old: int, checkpoint: Checkpoint) -> str:
    """The body of `add-checkpoint`: the old size, the proof that we grew from it, the checkpoint."""
    path: list[bytes] = []
    if 0 < old < checkpoint.size:
        wanted = {node for span in consistency_spans(old, checkpoint.size) for node in span_nodes(span)}
        path = consistency_proof(old, checkpoint.size, stored_nodes(wanted).__getitem__)
    lines = "".join(base64.b64encode(one).decode() + "\n" for one in path)
    return f"old {old}\n{lines}\n{checkpoint.note}"


def _size_it_knows(answer: calls.Answer, old: int, checkpoint: Checkpoint) -> int:
    """What a 409 names. Raises `Diverged` where that can't be a beginning of ours."""
    text = answer.body.decode("ascii", "replace").strip()
    if not text.isdigit() or len(text) > 18:
        raise NotSigned("409 without a size")
    size = int(text)
    if size > checkpoint.size:
        raise Diverged(f"it has signed {size} entries; ours has {checkpoint.size}: an older copy?")
    if size == old:
        raise Diverged(f"it has signed another tree of {size} entries")
    return size


def _own_line(witness: Witness, checkpoint: Checkpoint, body: bytes) -> str:
    """The line of the answer that this witness's key has signed. Raises `NotSigned`."""
    key = VerifyKey.parse(witness.vkey)
    text = checkpoint.note.rpartition("\n\n")[0] + "\n"
    for line in body.decode("utf-8", "replace").splitlines():
        if line.startswith(f"{SIGNATURE}{key.name} "):
            try:
                open_note(f"{text}\n{line}\n", [key])
            except NoteError:
                continue
            return line + "\n"
    raise NotSigned("its answer holds no signature by its key")


def _keep(witness: Witness, checkpoint: Checkpoint, line: str, at: datetime) -> bool:
    """Keep a signature once; False when another worker was faster."""
    with transaction.atomic():
        grown = Witness.objects.filter(pk=witness.pk, size=witness.size).update(
            size=checkpoint.size, state=State.SIGNING, signed_at=at, next_at=at, attempts=0, error=""
        )
        if grown:
            row = Cosignature(checkpoint=checkpoint, witness=witness, line=line, at=at)
            Cosignature.objects.bulk_create([row], ignore_conflicts=True)
    return bool(grown)


def _later(witness: Witness, at: datetime, state: str, why: str) -> None:
    attempts = witness.attempts + 1
    pause = wait(attempts, first=FIRST, longest=LONGEST, jitter=0.5)
    Witness.objects.filter(pk=witness.pk, size=witness.size).update(
        state=state, error=why[:300], attempts=attempts, next_at=at + pause
    )
