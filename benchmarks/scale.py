"""The conflict check against large bases: `python -m benchmarks.scale CUSTOMERS [SEED] [MIX]`.

Customers of benchmarks/bases.py stand in the tables as registration would write them (features and match keys;
nothing sealed), in the database of DATABASE_URL or DINGFEN_HOME; a base that is there already is asked again.
Reported: CPU and wall of one look-up, found first, false alarms, bytes a record of the index, memory of the process;
then the whole base at once from its stored features, by pairs and by groups.
"""

from __future__ import annotations

import datetime as dt
import os
import resource
import sqlite3
import sys
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import combinations, islice, pairwise
from pathlib import Path
from typing import Any

from benchmarks import bases
from benchmarks.machine import load_average
from benchmarks.report import report

ASKED, WARM, CHUNK = 3000, 300, 20_000
BRANDS = "er/cn_company_short_names.txt"
_COLUMNS = (
    "id", "uid", "company_id", "unit_id", "kind", "number", "sealed", "features", "keyed", "tailed",
    "masked_name", "masked_phone", "grade", "source", "created_at", "import_row", "version",
)  # fmt: skip


def main(customers: int, seed: int, mix: str) -> None:
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "dingfen.settings"
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    draw = bases.Draw(seed, _brands(), mix)
    begun = time.process_time()
    rows = draw.base(customers)
    print(f"  generated in {time.process_time() - begun:.0f} s", file=sys.stderr, flush=True)
    company = _company(f"{customers}-{seed}-{mix}")
    _fill(company, rows)
    asked = draw.queries(rows, ASKED)
    first = _first(company)
    entities = {first + int(row[bases.RID]): row[bases.EID] for row in rows}
    del rows
    _ask(company, asked, entities, customers)
    _whole(company, entities)


def _brands() -> Sequence[str]:
    data = os.environ.get("DATA")
    path = Path(data) / BRANDS if data else None
    if path is None or not path.is_file():
        print("SKIPPED: real brand words; say DATA=../shared/data", file=sys.stderr)
        return ()
    return path.read_text("utf-8").split()


def _company(name: str) -> Any:
    from dingfen.accounts.models import Unit
    from dingfen.accounts.units import add_unit

    known = Unit.objects.filter(parent=None, name=name).first()
    return known or add_unit(None, "company", name, f"S{Unit.objects.count()}", time_zone="Asia/Shanghai")


def _first(company: Any) -> int:
    """The id of row 0 of this base."""
    from dingfen.parties.models import Customer

    return int(Customer.objects.filter(company=company).order_by("id").values_list("id", flat=True)[0])


def _fill(company: Any, rows: list[bases.Row]) -> None:
    from django.db import connection, transaction
    from django.db.models import Max

    from dingfen.database.rows import insert, plain
    from dingfen.matching import to_json
    from dingfen.parties.index import numbers_of, pack, tails_of
    from dingfen.parties.models import Customer, CustomerCounter

    if Customer.objects.filter(company=company).exists():
        return
    if connection.vendor == "sqlite":
        connection.durable = False  # type: ignore[attr-defined]
    first = (Customer.objects.aggregate(last=Max("id"))["last"] or 0) + 1
    found: list[tuple[int, int]] = []
    at, begun = plain(dt.datetime.now(dt.UTC)), time.process_time()
    rest: Iterator[bases.Row] = iter(rows)
    while chunk := list(islice(rest, CHUNK)):
        customers = []
        for row in chunk:
            pk, one = first + int(row[bases.RID]), read(row)
            numbers = numbers_of(company.pk, one)
            tails = tails_of(company.pk, one, numbers)
            customers.append((pk, plain(uuid.uuid4()), company.pk, company.pk, one.kind, f"S{pk}", b"", to_json(one),
                              pack(numbers), pack(tails), "", "", "", "", at, "", 1))  # fmt: skip
            found += [(number, pk) for number in (*numbers, *tails)]
        with transaction.atomic():
            insert("parties_customer", _COLUMNS, customers)
    CustomerCounter.objects.update_or_create(company_id=company.pk, defaults={"last": len(rows)})
    found.sort()  # as a rebuilt table stands, and quicker than each at its place
    with transaction.atomic():
        insert("parties_matchkey", ("key", "customer_id"), found)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE parties_matchkey")
    report(
        "scale.fill", round(time.process_time() - begun, 1), "s cpu", rows=len(rows), store=connection.vendor
    )


def read(row: bases.Row) -> Any:
    """The features of a generated customer."""
    from dingfen.matching import Record, features

    return features(
        Record(
            kind="company" if row[bases.FIRM] else "person",
            name=row[bases.NAME],
            company=row[bases.FIRM],
            phones=(row[bases.PHONE], row[bases.PHONE2]),
            emails=(row[bases.MAIL],),
            wechats=(row[bases.CHAT],),
            plates=(row[bases.PLATE],),
            vins=(row[bases.VIN],),
            address="".join(row[bases.PROVINCE : bases.ADDRESS + 1]),
        )
    )


def _ask(company: Any, asked: list[bases.Row], entities: dict[int, str], customers: int) -> None:
    from django.db import connection

    from dingfen.parties.queries import candidates

    there = set(entities.values())
    cpu, wall, known, first, same, wrong = [], [], 0, 0, 0, 0
    for number, row in enumerate(asked):
        begun = time.process_time(), time.perf_counter()
        found = candidates(company.pk, read(row))
        if number >= WARM:
            cpu.append(time.process_time() - begun[0])
            wall.append(time.perf_counter() - begun[1])
        sure = bool(found) and found[0].match.answer == "same"
        if row[bases.EID] in there:
            known += 1
            hit = bool(found) and entities[found[0].record_id] == row[bases.EID]
            first += hit
            same += hit and sure
        else:
            wrong += sure
    report(f"scale.lookup.{connection.vendor}", round(first / known, 4), "recall@1", goal=0.993, rows=customers,
           same=round(same / known, 4), false_alarms=round(wrong / (len(asked) - known), 4),
           **_spread("cpu", cpu), **_spread("wall", wall), index_bytes=_bytes(),
           peak_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, load=load_average())  # fmt: skip


def _whole(company: Any, entities: dict[int, str]) -> None:
    """Every pair of the base, and its groups, from the stored features."""
    from dingfen.matching import batch
    from dingfen.matching.clusters import clusters
    from dingfen.matching.collecting import not_collecting
    from dingfen.ownership.matches.sweep import stored_of
    from dingfen.parties import weights

    ids: list[int] = []

    def stored() -> Iterator[Any]:
        for pk, *one in stored_of(company.pk):
            ids.append(pk)
            yield one

    model, marks = weights.in_force(company.pk), [time.process_time()]
    with not_collecting():
        base = batch.read_stored(stored())
        marks.append(time.process_time())
        pairs = batch.find(base, model)
        marks.append(time.process_time())
    groups = clusters(batch.same(pairs, model))
    marks.append(time.process_time())
    spent = [round(after - before, 1) for before, after in pairwise(marks)]
    told = dict(zip(("read_cpu", "pairs_cpu", "groups_cpu"), spent, strict=True))
    sizes = Counter(entities.values())
    true = sum(size * (size - 1) // 2 for size in sizes.values())
    sure = pairs.sure >= model.same_from
    known = zip(pairs.left[sure].tolist(), pairs.right[sure].tolist(), strict=True)
    found = [entities[ids[a]] == entities[ids[b]] for a, b in known]
    inside = [entities[ids[a]] == entities[ids[b]] for group in groups for a, b in combinations(group, 2)]
    for name, right in (("pairs", found), ("clusters", inside)):
        report(f"scale.batch.{name}", round(2 * sum(right) / (len(right) + true), 4), "F1", goal=0.98,
               rows=len(ids), precision=round(sum(right) / max(len(right), 1), 4),
               recall=round(sum(right) / true, 4), **told, load=load_average(),
               peak_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)  # fmt: skip


def _spread(name: str, taken: list[float]) -> dict[str, float]:
    taken.sort()
    places = {"p50": len(taken) // 2, "p99": len(taken) * 99 // 100}
    return {f"{name}_{place}_ms": round(taken[at] * 1000, 2) for place, at in places.items()}


def _bytes() -> int:
    """Bytes of the match keys with their indexes for each customer."""
    from django.db import connection

    from dingfen.parties.models import Customer

    if connection.vendor == "sqlite":  # by the library that can tell; ours has no dbstat
        sql = "SELECT SUM(pgsize) FROM dbstat WHERE name = 'parties_matchkey'"
        beside = "SELECT SUM(LENGTH(keyed) + LENGTH(tailed)) FROM parties_customer"
        with closing(sqlite3.connect(connection.settings_dict["NAME"])) as store:
            total = store.execute(sql).fetchone()[0] + store.execute(beside).fetchone()[0]
    else:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_total_relation_size('parties_matchkey')")
            total = cursor.fetchone()[0]
    return int(total or 0) // Customer.objects.count()


if __name__ == "__main__":
    main(
        int(sys.argv[1]),
        int(sys.argv[2]) if len(sys.argv) > 2 else 11,
        sys.argv[3] if len(sys.argv) > 3 else "even",
    )
