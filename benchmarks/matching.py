"""Matching: how much is found, how many are taken for another, how fast, beside peers on the same rows.

Generated customers (benchmarks/customers.py) of MATCH_ROWS rows (20,000), and the files of DATA where it is
given. Peers: rapidfuzz over all names; tantivy and Splink (benchmarks/peers.py, the extra `bench`).
"""

from __future__ import annotations

import csv
import os
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from pathlib import Path

from benchmarks import peers
from benchmarks.customers import HEADER, Row, base, lookalike, queries, retyped
from benchmarks.machine import load_average
from benchmarks.report import report
from dingfen.matching import Features, Record, compare, features, files, keys
from dingfen.matching.companies import company_name
from dingfen.matching.training import train

ROWS = int(os.environ.get("MATCH_ROWS", "20000"))
ASKED, ASKED_SPLINK = 2000, 30
BUCKET, MOST = 60, 200


def run(folder: Path) -> None:
    rows = base(ROWS, 1)
    _batch(rows)
    _lookup(rows)
    data = os.environ.get("DATA")
    if data and (Path(data) / "er").is_dir():
        _real(Path(data) / "er")
    else:
        print("SKIPPED: the real files; say DATA=../shared/data")


def _batch(rows: list[Row]) -> None:
    from random import Random

    random = Random(5)
    copied = random.sample(rows, len(rows) // 10)
    copies = [retyped(row, f"c{number}", 3) for number, row in enumerate(copied)]
    others = [
        lookalike(row, f"l{number}", random)
        for number, row in enumerate(random.sample(rows, len(rows) // 20))
    ]
    truth = {(row[0], copy[0]) for row, copy in zip(copied, copies, strict=True)}
    every = rows + copies + others
    _evaluate("match.batch", files.Rows(HEADER, every, "id"), None, truth, goal=0.98)
    if peers.missing("splink", "duckdb"):
        print(peers.MISSING.format("Splink"))
        return
    begun = time.perf_counter(), time.process_time()
    splink = peers.Splink([read(row) for row in every])
    for least in (0.5, 0.9, 0.99):
        pairs, _ = splink.pairs(least)
        result = files.measure({(every[a][0], every[b][0]) for a, b in pairs}, truth, ordered=False)
        report("match.batch.splink.f1", result["f1"], "", precision=result["precision"], recall=result["recall"],
               rows=len(every), least=least, trained_in=round(splink.trained_in, 1), load=load_average(),
               seconds=round(time.perf_counter() - begun[0], 1),
               cpu_seconds=round(time.process_time() - begun[1], 1))  # fmt: skip


def _evaluate(
    name: str,
    left: files.Rows,
    right: files.Rows | None,
    truth: set[tuple[str, str]],
    goal: float | None = None,
) -> None:
    begun = time.perf_counter(), time.process_time()
    found = files.same_pairs(files.compare(left, right))
    wall, cpu = time.perf_counter() - begun[0], time.process_time() - begun[1]
    result = files.measure(found, truth, ordered=right is not None)
    size = len(left.rows) + (len(right.rows) if right else 0)
    report(f"{name}.f1", result["f1"], "", goal=goal, precision=result["precision"], recall=result["recall"],
           rows=size, seconds=round(wall, 2), cpu_seconds=round(cpu, 2), load=load_average())  # fmt: skip


def read(row: Row) -> Features:
    record = Record(
        kind="company" if row[2] else "person",
        name=row[1],
        company=row[2],
        phones=(row[3],),
        emails=(row[4],),
        wechats=(row[5],),
        plates=(row[10],),
        address="".join(row[6:10]),
    )
    return features(record)


def _lookup(rows: list[Row]) -> None:
    """One registration at a time over the keys, with learned weights; peers give candidates to the same weights."""
    asked, truth = queries(rows, ASKED, 9)
    known = [read(row) for row in rows]
    begun = time.process_time()
    model = train(
        known + [read(retyped(row, f"t{n}", 4)) for n, row in enumerate(rows[:: max(1, len(rows) // 1000)])]
    )
    report("match.train", round(time.process_time() - begun, 2), "s cpu", rows=len(rows))
    index: dict[tuple[str, str], list[int]] = {}
    for place, one in enumerate(known):
        for key in keys(one):
            index.setdefault(key[:2], []).append(place)

    def own(row: Row, one: Features) -> Sequence[int]:
        postings = sorted((index[key[:2]][-BUCKET:] for key in keys(one) if key[:2] in index), key=len)
        return list(dict.fromkeys(place for posting in postings for place in posting))[:MOST]

    def judge(name: str, candidates: Callable[[Row, Features], Sequence[int]], sample: list[Row]) -> None:
        taken, right, wrong, known_asked, same = [], 0, 0, 0, 0
        for row in sample:
            at = time.perf_counter()
            one = read(row)
            best = max(((compare(one, known[place], model), place) for place in candidates(row, one)),
                       key=lambda found: (found[0].sure, -found[1]), default=None)  # fmt: skip
            taken.append(time.perf_counter() - at)
            answer = best[0].answer if best else "none"
            if row[0] in truth:
                known_asked += 1
                hit = best is not None and rows[best[1]][0] == truth[row[0]]
                right += hit
                same += hit and answer == "same"
            else:
                wrong += answer == "same"
        taken.sort()
        report(f"match.lookup.{name}", round(right / known_asked, 4), "recall@1", same=round(same / known_asked, 4),
               false_alarms=round(wrong / (len(sample) - known_asked), 4), rows=len(rows),
               p50_ms=round(taken[len(taken) // 2] * 1000, 2), p99_ms=round(taken[len(taken) * 99 // 100] * 1000, 2),
               load=load_average())  # fmt: skip

    judge("own", own, asked)
    judge("rapidfuzz", _rapidfuzz(rows), asked[:200])
    if peers.missing("tantivy"):
        print(peers.MISSING.format("tantivy"))
    else:
        look = peers.tantivy_index(known)
        judge("tantivy", lambda row, one: look(one), asked)
    _lookup_splink(rows, known, asked, truth)


def _lookup_splink(rows: list[Row], known: list[Features], asked: list[Row], truth: dict[str, str]) -> None:
    """Splink judges by its own weights; it has to see copies to learn anything."""
    if peers.missing("splink", "duckdb"):
        print(peers.MISSING.format("Splink"))
        return
    copies = [read(retyped(row, f"s{n}", 4)) for n, row in enumerate(rows[::10])]
    splink = peers.Splink([*known, *copies])
    taken, right, sample = [], 0, [row for row in asked if row[0] in truth][:ASKED_SPLINK]
    for number, row in enumerate(sample):
        at = time.perf_counter()
        best = splink.best(read(row), len(known) + len(copies) + number)
        taken.append(time.perf_counter() - at)
        found = rows[best if best < len(rows) else (best - len(rows)) * 10] if best is not None else None
        right += found is not None and found[0] == truth[row[0]]
    taken.sort()
    report("match.lookup.splink", round(right / len(sample), 4), "recall@1", rows=len(rows),
           asked=len(sample), p50_ms=round(taken[len(taken) // 2] * 1000),
           most_ms=round(taken[-1] * 1000), load=load_average())  # fmt: skip


def _text(row: Row) -> str:
    return f"{row[1]} {row[2]}"


def _rapidfuzz(rows: list[Row]) -> Callable[[Row, Features], Sequence[int]]:
    from rapidfuzz import process

    texts = [_text(row) for row in rows]
    return lambda row, one: [place for _, _, place in process.extract(_text(row), texts, limit=50)]


def _real(folder: Path) -> None:
    for name in ("febrl1", "febrl2", "febrl3"):
        header, rows = _csv(folder / f"{name}.csv")
        truth = set(_together((row[0], row[0].split("-")[1]) for row in rows))
        _evaluate(f"match.{name}", files.Rows(header, rows, "rec_id"), None, truth, goal=0.999)
    header, rows = _csv(folder / "cn_customers_base.csv")
    place = header.index("eid")
    truth = set(_together((row[0], row[place]) for row in rows))
    _evaluate("match.customers", files.Rows(header, rows, "rid"), None, truth, goal=0.98)
    _, asked = _csv(folder / "cn_customers_queries.csv")
    _asked(files.Rows(header, rows, "rid"), files.Rows(header, asked, "rid"), place)
    _names(folder)


def _asked(known: files.Rows, asked: files.Rows, place: int) -> None:
    entity = {row[0]: row[place] for row in (*known.rows, *asked.rows)}
    there = {row[place] for row in known.rows}
    best = files.best_of(files.compare(known, asked))
    old = [one for one in best if entity[one.query] in there]
    right = sum(bool(one.base) and entity[one.base] == entity[one.query] for one in old)
    wrong = sum(one.answer == "same" for one in best if entity[one.query] not in there)
    report("match.customers.lookup", round(right / len(old), 4), "recall@1", goal=0.993,
           false_alarms=round(wrong / (len(best) - len(old)), 4))  # fmt: skip


def _names(folder: Path) -> None:
    lines = [
        line.split(" ") for line in (folder / "cn_company_core_truth.txt").read_text("utf-8").splitlines()
    ]
    begun = time.process_time()
    right = sum(company_name(line[0]).core == (line[1] if len(line) > 1 else "") for line in lines)
    spent = (time.process_time() - begun) / len(lines)
    report("match.core", round(right / len(lines), 4), "exact", goal=0.97, us=round(spent * 1e6, 1))
    _, rows = _csv(folder / "cn_company_pairs.tsv", "\t")
    found = {n for n, (a, b, _) in enumerate(rows) if _alike(a, b)}
    truth = {n for n, row in enumerate(rows) if row[2] == "1"}
    report(
        "match.company_pairs", round(2 * len(found & truth) / (len(found) + len(truth)), 4), "F1", goal=0.95
    )


def _alike(a: str, b: str) -> bool:
    from dingfen.matching.comparing import company_level

    return company_level(company_name(a), company_name(b)) in ("same", "short", "sounds", "near")


def _csv(path: Path, delimiter: str = ",") -> tuple[list[str], list[list[str]]]:
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file, delimiter=delimiter, skipinitialspace=True)
    return header, rows


def _together(rows: Iterator[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    groups: dict[str, list[str]] = {}
    for name, group in rows:
        groups.setdefault(group, []).append(name)
    for names in groups.values():
        yield from combinations(names, 2)
