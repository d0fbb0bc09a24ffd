"""Learning from a company's own closed complaints: asked for by a person, done by the worker, axis by axis.

Nothing of it decides anything, and all of it can be made anew; so it is no entry in the register.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from django.db import IntegrityError, transaction

from dingfen.accounts.access import require
from dingfen.accounts.actor import Actor
from dingfen.cases.models import Message
from dingfen.complaints.learned_rows import Learned, Training
from dingfen.complaints.models import Complaint
from dingfen.learning.model import Model, Suggestion, dump, load, train
from dingfen.learning.start import AXES as STARTED
from dingfen.learning.start import shipped
from dingfen.parties.models import Touch
from dingfen.parties.sealing import sealers
from dingfen.problems import conflict

AXES = ("klass", "level", "urgency")
TOLD_APART = "complaint"
"""Whether a text is a complaint at all: complaints against notes of touches that became none."""
EVERY = (*AXES, TOLD_APART)
MOST = 3000
SETTLED = ("closed_accepted", "closed_open")
PERMISSION = "complaint.learn"


def ask(*, actor: Actor, at: datetime) -> Training:
    """Have it learn anew. Raises `learning.running` (409) while it does."""
    require(actor, PERMISSION)
    try:
        with transaction.atomic():
            return Training.objects.create(
                company_id=actor.company_id or 0, asked_by_id=actor.staff_id, asked_at=at
            )
    except IntegrityError as error:
        raise conflict("learning.running") from error


def run_one(at: datetime) -> bool:
    """The worker's job: one axis of the oldest training; whether there was one.

    It learns outside any transaction. Two workers at once do the same twice, and one of them keeps it.
    """
    found = Training.objects.filter(state=Training.State.RUNNING).order_by("pk").first()
    if found is None:
        return False
    axis = EVERY[found.done]
    texts = _told_apart(found.company_id) if axis == TOLD_APART else sorted_texts(found.company_id, axis)

    def note(share: float) -> None:
        Training.objects.filter(pk=found.pk, done=found.done).update(share=share)

    model = train(texts, progress=note)
    with transaction.atomic():
        last = found.done + 1 == len(EVERY)
        report = {**found.report, axis: len(texts) if model else 0}
        mine = Training.objects.filter(pk=found.pk, done=found.done).update(
            done=found.done + 1, share=0.0, report=report, finished_at=at if last else None,
            state=Training.State.DONE if last else Training.State.RUNNING,
        )  # fmt: skip
        if mine and model is not None:
            figures = {name: getattr(model.figures, name) for name in model.figures.__dataclass_fields__}
            Learned.objects.update_or_create(
                company_id=found.company_id, axis=axis,
                defaults={"document": dump(model), "figures": figures, "made_at": at},
            )  # fmt: skip
    return True


def sorted_texts(company_id: int, axis: str) -> list[tuple[str, str]]:
    """(what the customer said first, what people made of it) of the newest closed complaints."""
    rows = Complaint.objects.filter(case__company_id=company_id, state__in=SETTLED).exclude(**{axis: ""})
    labels = dict(rows.order_by("-pk").values_list("pk", axis)[:MOST])
    first: dict[int, Message] = {}
    messages = Message.objects.filter(case_id__in=list(labels), direction=Message.Direction.IN)
    for message in messages.select_related("case").order_by("-pk"):
        first[message.case_id] = message
    keys = sealers(message.case.uid for message in first.values())
    found = []
    for pk, message in sorted(first.items()):
        key = keys.get(message.case.uid)
        said = key.open(message.sealed) if key else {}
        text = f"{said.get('subject', '')}\n{said.get('text', '')}".strip()
        if text:
            found.append((text, labels[pk]))
    return found


def _told_apart(company_id: int) -> list[tuple[str, str]]:
    """What was said first in complaints, and notes of touches that nobody made one; as many of one as of the other."""
    touches = Touch.objects.filter(company_id=company_id, voided_at=None).exclude(sealed=b"")
    rows = list(touches.select_related("customer").order_by("-pk")[: MOST // 2])
    keys = {f"touch:{row.uid}": row for row in rows}
    made = set(
        Message.objects.filter(company_id=company_id, key__in=list(keys)).values_list("key", flat=True)
    )
    opened = sealers(row.customer.uid for row in rows)
    notes = [
        str(opened[row.customer.uid].open(row.sealed).get("note", ""))
        for key, row in keys.items()
        if key not in made and row.customer.uid in opened
    ]
    plain = [(note, "plain") for note in notes if note.strip()]
    said = [
        (text, TOLD_APART) for text, _ in sorted_texts(company_id, "state")[: max(len(plain), MOST // 10)]
    ]
    return [*said, *plain]


def suggest(company_id: int, axis: str, text: str) -> Suggestion | None:
    """What a text may be on an axis; None while nothing was learned, or when it is not sure enough."""
    own = learned(company_id, axis)
    model = own or shipped(axis) if axis in STARTED else own
    return model.suggest(text) if model and text.strip() else None


def learned(company_id: int, axis: str) -> Model | None:
    """The company's model of an axis, read once in a process until it is made anew."""
    rows = Learned.objects.filter(company_id=company_id, axis=axis)
    found = rows.values_list("pk", "made_at").first()
    return _loaded(*found) if found else None


@lru_cache(maxsize=16)
def _loaded(pk: int, made_at: datetime) -> Model:
    return load(bytes(Learned.objects.values_list("document", flat=True).get(pk=pk)))
