"""How a complaint is found: by number, by who complains, by outside numbers, by the words that were said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from dingfen.accounts.actor import Actor
from dingfen.complaints.models import Complaint
from dingfen.matching import parse_phones
from dingfen.parties import search
from dingfen.parties.tokens import pieces

KIND = "complaint"
MOST_WORDS = 4000


def index(complaint: Complaint, words: Sequence[str]) -> None:
    """Let a new complaint be found, by its number and `words_of` its texts."""
    search.add([replace(text_of(complaint, ()), words=words)])


def words_of(texts: Iterable[str]) -> list[str]:
    """What the index keeps of texts: can be made before the complaint has its number."""
    return pieces(" ".join(texts)[:MOST_WORDS])


def add_words(complaint: Complaint, stored: str, text: str) -> None:
    """Let it be found by the words of a further text too; `stored` is what it is found by now."""
    case = complaint.case
    words = stored.split()[:MOST_WORDS]
    search.replace(search.Text(KIND, case.uid, case.pk, case.company_id, text[:MOST_WORDS], words))


def text_of(complaint: Complaint, texts: Iterable[str]) -> search.Text:
    """What a complaint is found by: its number, whole and by its end, and these texts."""
    case = complaint.case
    tail = case.number.rsplit("-", 1)[-1].lstrip("0")
    said = " ".join(texts)[:MOST_WORDS]
    return search.Text(KIND, case.uid, case.pk, case.company_id, f"{case.number} {tail} {said}")


def numbers(*phones: str) -> str:
    """Phone numbers as they are looked for, however they were typed: "139 1234 0077" is found by 13912340077."""
    found = [one for phone in phones for one in parse_phones(phone)[0]]
    return " ".join(dict.fromkeys(one.national.lstrip("+") for one in found))


def shown(actor: Actor, ids: Sequence[int]) -> dict[int, tuple[str, str, str]]:
    """(number, masked name, state) of those the actor may see. For `search.register_source`."""
    rows = Complaint.objects.visible_to(actor).filter(pk__in=ids).select_related("case")
    return {
        row.pk: (row.case.number, row.masked_name or row.case.number, str(row.get_state_display()))
        for row in rows
    }
