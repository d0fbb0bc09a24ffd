"""The replay on the real files: every bank complaint in, its clocks counted by the us-cfpb pack.

`DATA=../shared/data python -m benchmarks.complaint_job`. Says loudly when the data is not there. What was found
late is compared with what the file says, on both databases; beside it the working time of a bank's incidents.
"""

from __future__ import annotations

import csv
import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks.real_files import cases, on_both, unmeasured
from benchmarks.report import report

ROOT = Path(__file__).resolve().parents[1]
FILES = (
    ("complaints_bank_cfpb.csv.gz", "complaints-cfpb", "us-cfpb", "America/New_York"),
    ("complaints_cfpb_narratives.csv.gz", "complaints-cfpb-narratives", "us-cfpb", "America/New_York"),
    ("petitions_zh_replies.csv.gz", "petitions-zh", "company-complaints", "Asia/Shanghai"),
    ("complaints_car_zh_gbk.csv.gz", "complaints-car-zh", "company-complaints", "Asia/Shanghai"),
)
INCIDENTS = "events_rabobank_bpic14_incidents.csv.gz"
BANK_HOURS = """calendar:
  zone: Europe/Amsterdam
  periods:
    mon-fri: ["07:30-18:00"]
  holidays: ["12-25", "12-26", "01-01"]
"""
CLOSE = 0.02


def main() -> int:
    folder = cases(FILES[0][0], "complaints were")
    if folder is None:
        return unmeasured()
    good = _worktime(folder)
    wanted = _wanted(folder)
    found = on_both(lambda url: _run(folder, url))
    for name, results in found.items():
        for (file, *_), one in zip(FILES, results, strict=True):
            report(f"complaints.{name}.{file.split('.')[0]}", round(one["rows"] / one["cpu"], 1), "rows/CPU s",
                   rows=one["rows"], done=one["done"], failed=one["failed"],
                   seconds=round(one["seconds"], 1), found=one["found"])  # fmt: skip
        bank = results[0]["found"]
        got = {"late": bank.get("first_answered.late", 0), "overdue": bank.get("first_answered.overdue", 0)}
        agrees = got == wanted and results[0]["done"] == results[0]["rows"]
        good &= agrees
        report(f"complaints.{name}.late_as_the_data_says", agrees, "bool", True, found=got, data=wanted)
    if len(found) > 1:
        same = (
            len({json.dumps([one["found"] for one in each], sort_keys=True) for each in found.values()}) == 1
        )
        good &= same
        report("complaints.same_on_both", same, "bool", True)
    return 0 if good else 1


def _wanted(folder: Path) -> dict[str, int]:
    """What the file says: answers that were late, and matters still in progress (all of 2023, so overdue)."""
    with gzip.open(folder / FILES[0][0], "rt", encoding="utf-8", newline="") as file:
        said = Counter(row["Timely response?"] for row in csv.DictReader(file))
    return {"late": said["No"], "overdue": said[""]}


def _worktime(folder: Path) -> bool:
    """How often plain working time gives the bank's own handling time, of incidents never reopened."""
    with tempfile.TemporaryDirectory() as where:
        calendar = Path(where) / "calendar.yaml"
        calendar.write_text(BANK_HOURS)
        begun = time.process_time()
        done = subprocess.run(
            [sys.executable, "-m", "dingfen.cli.main", "clocks", "worktime", "--calendar", str(calendar),
             "--in", str(folder / INCIDENTS), "--start", "open_time", "--end", "close_time", "--json"],
            check=True, capture_output=True, text=True, cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
        )  # fmt: skip
        begun = time.process_time() - begun
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    with gzip.open(folder / INCIDENTS, "rt", encoding="utf-8", newline="") as file:
        source = list(csv.DictReader(file))
    counts: Counter[str] = Counter()
    for row, theirs in zip(rows, source, strict=True):
        said = theirs["handle_time_hours"].replace(",", ".")
        if theirs["reopen_time"].strip() not in ("", "NA") or not said or "hours" not in row:
            continue
        gap = row["hours"] - float(said)
        counts["same" if abs(gap) <= CLOSE else "paused" if gap > 0 else "smaller"] += 1
    total = sum(counts.values())
    share = counts["same"] / total
    report("clocks.worktime.as_the_bank_counts", round(share, 4), "share", 0.77, of=total, **counts)
    return share >= 0.77


def _run(folder: Path, url: str | None) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory(prefix="dingfen-complaints-") as home:
        environment = os.environ | {"DINGFEN_HOME": home, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
        environment["DATABASE_URL"] = url or f"sqlite:///{home}/bench.sqlite3"
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.complaint_job", "child", str(folder)],
            env=environment, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
    result: list[dict[str, Any]] = json.loads(done.stdout.strip().splitlines()[-1])
    return result


def child(folder: Path) -> list[dict[str, Any]]:
    """Bring the files in, each into a company of its own, in this process and database."""
    import datetime as dt

    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "dingfen.settings"
    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from dingfen.accounts.actions.units import create_company
    from dingfen.accounts.actor import system_actor
    from dingfen.imports import actions, running, shipped
    from dingfen.imports.mapping import parse
    from dingfen.policies.actions import publish_shipped

    call_command("migrate", verbosity=0)
    found = []
    for place, (file, mapping, pack, zone) in enumerate(FILES):
        at = timezone.now()
        company = create_company(
            actor=system_actor(None), at=at, name=file[:30], code=f"B{place}", time_zone=zone
        )
        actor = system_actor(company, "bench")
        publish_shipped(
            actor=actor, at=at, unit=company, pack=pack,
            applies_to_history_from=dt.datetime(2000, 1, 1, tzinfo=dt.UTC),
        )  # fmt: skip
        content = (folder / file).read_bytes()
        job = actions.upload(actor=actor, at=at, kind="complaints", file_name=file, content=content)
        actions.map_columns(actor=actor, at=at, job_uid=job.uid, mapping=parse(shipped.text_of(mapping)))
        job = actions.start(actor=actor, at=at, job_uid=job.uid)
        wall, cpu = time.perf_counter(), time.process_time()
        job = running.run_to_end(job, timezone.now)
        found.append({
            "rows": job.total, "done": job.done, "failed": job.failed, "seconds": time.perf_counter() - wall,
            "cpu": time.process_time() - cpu, "found": job.report.get("found", {}),
        })  # fmt: skip
    return found


if __name__ == "__main__":
    if sys.argv[1:2] == ["child"]:
        print(json.dumps(child(Path(sys.argv[2]))))
        raise SystemExit(0)
    raise SystemExit(main())
