"""A process that appends to the register as fast as it can; a third of its transactions fail at the end.

python -m tests.races.register_writer set-up
python -m tests.races.register_writer write NAME COUNT
"""

from __future__ import annotations

import datetime as dt
import os
import sys
import uuid

SITE = uuid.UUID(int=5)
AT = dt.datetime(2026, 11, 18, 2, tzinfo=dt.UTC)


def main(part: str, name: str = "", count: str = "0") -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dingfen.settings")
    import django

    django.setup()
    if part == "set-up":
        _set_up()
    else:
        _write(int(name), int(count))


def _set_up() -> None:

    from dingfen.register.books import open_book
    from tests import ready

    ready.tables()
    open_book(
        site_uid=SITE,
        company_uid=uuid.UUID(int=6),
        code="RACE",
        fallback="RACE2",
        name="Race",
        time_zone="Asia/Shanghai",
        actor_id=uuid.UUID(int=7),
        at=AT,
    )


def _write(writer: int, count: int) -> None:
    from django.db import transaction

    from dingfen.register.append import NewEntry, append_many
    from dingfen.register.models import Book

    book = Book.objects.get(site_uid=SITE)
    for number in range(count):
        facts = {"writer": writer, "number": number}
        # around midnight of the site, so that two pages of two days grow at once
        at = dt.datetime(2026, 11, 18, 15, 59, 59, tzinfo=dt.UTC) + dt.timedelta(seconds=number % 3)
        new = NewEntry(
            book=book,
            kind="touch.recorded",
            actor_id=uuid.UUID(int=writer + 10),
            occurred_at=at,
            recorded_at=at,
            subject=("customer", uuid.UUID(int=writer + 100)),
            facts=facts,
            personal={"note": "…"},
        )
        try:
            with transaction.atomic():
                append_many([new] * (1 + number % 2))
                if number % 3 == 2:
                    raise LookupError
        except LookupError:
            continue
        print(number, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
