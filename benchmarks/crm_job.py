"""The main job on the real file: a CRM export in, disputes and proposed rulings out, on both databases.

`DATA=../shared/data python -m benchmarks.crm_job`. Says loudly when the data is not there. The counts are
checked against benchmarks/crm_slow.py, and what the two databases propose against each other, byte for byte
where no id or time of the run enters.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.crm_slow import count
from benchmarks.real_files import cases, on_both, unmeasured
from benchmarks.report import report

ROOT = Path(__file__).resolve().parents[1]
FILES = {
    "staff": ("crm_sales_teams.csv.gz", "crm-staff"),
    "customers": ("crm_accounts.csv.gz", "crm-customers"),
    "deals": ("crm_opportunities.csv.gz", "crm-deals"),
}


def main() -> int:
    folder = cases(FILES["deals"][0], "the CRM job was")
    if folder is None:
        return unmeasured()
    wanted = count(folder / FILES["deals"][0], folder / FILES["staff"][0])
    found = on_both(lambda url: _run(folder, url))
    good = True
    for name, one in found.items():
        got = {key: one["counts"][key] for key in wanted}
        good &= got == wanted
        report(f"crm.{name}.agrees_with_slow_script", got == wanted, "bool", True, counts=got)
        report(f"crm.{name}.deals_imported", round(one["rows"] / one["row_seconds"], 1), "rows/s",
               seconds=round(one["row_seconds"], 2))  # fmt: skip
        report(f"crm.{name}.rulings_proposed", round(one["disputes"] / one["dispute_seconds"], 1), "rulings/s",
               seconds=round(one["dispute_seconds"], 2), outcomes=one["outcomes"])  # fmt: skip
    prints = {one["print"] for one in found.values()}
    if len(found) > 1:
        good &= len(prints) == 1
        report("crm.same_result_on_both", len(prints) == 1, "bool", True)
    return 0 if good else 1


def _run(folder: Path, url: str | None) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="dingfen-crm-") as home:
        environment = os.environ | {"DINGFEN_HOME": home, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
        environment["DATABASE_URL"] = url or f"sqlite:///{home}/bench.sqlite3"
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.crm_job", "child", str(folder)],
            env=environment, cwd=ROOT, check=True, capture_output=True, text=True,
        )  # fmt: skip
    result: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return result


def child(folder: Path) -> dict[str, Any]:
    """Run the job in this process and database; what it found and how long its two stages took."""
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
    at = timezone.now()
    company = create_company(actor=system_actor(None), at=at, name="CRM", code="CRM")
    actor = system_actor(company, "bench")
    publish_shipped(
        actor=actor, at=at, unit=company, pack="b2b-sales",
        applies_to_history_from=dt.datetime(2000, 1, 1, tzinfo=dt.UTC),
    )  # fmt: skip
    stages: dict[str, float] = {}
    for kind, (file, mapping) in FILES.items():
        content = (folder / file).read_bytes()
        job = actions.upload(actor=actor, at=at, kind=kind, file_name=file, content=content)
        actions.map_columns(actor=actor, at=at, job_uid=job.uid, mapping=parse(shipped.text_of(mapping)))
        job = actions.start(actor=actor, at=at, job_uid=job.uid)
        begun = time.perf_counter()
        turned: list[float] = []

        def note(moving: Any, turned: list[float] = turned) -> None:
            if moving.stage == "disputes" and not turned:
                turned.append(time.perf_counter())

        job = running.run_to_end(job, timezone.now, note)
        if job.failed:
            raise SystemExit(f"{kind}: {job.failed} rows left out")
        ended = time.perf_counter()
        if turned:
            stages = {"row_seconds": turned[0] - begun, "dispute_seconds": ended - turned[0]}
    return {**stages, **_found(job)}


def _found(job: Any) -> dict[str, Any]:
    from dingfen.ownership.models import Claim, Deal, Dispute
    from dingfen.parties.models import Customer

    rulings = []
    for dispute in Dispute.objects.select_related("deal").order_by("deal__import_row"):
        assert dispute.deal is not None
        names = {
            str(one.claimant.uid): one.claimant.name for one in dispute.claims.select_related("claimant")
        }
        proposed = json.loads(bytes(dispute.proposed or b"{}"))
        share = sorted((names[one["staff"]], one["share"]) for one in proposed["split"])
        row = int(dispute.deal.import_row.rpartition(":")[2])
        holder = names.get(proposed["holder"] or "")
        rulings.append((row, proposed["outcome"], holder, share, proposed.get("decisive_rule")))
    outcomes = {key: value for key, value in job.report["disputes"].items() if key != "opened"}
    return {
        "rows": job.total,
        "disputes": len(rulings),
        "outcomes": outcomes,
        "print": hashlib.sha256(json.dumps(sorted(rulings, key=str)).encode()).hexdigest(),
        "counts": {
            "rows": job.done,
            "won": Deal.objects.count(),
            "accounts": Customer.objects.exclude(deals=None, registrations=None).distinct().count(),
            "disputes": Dispute.objects.count(),
            "claims": Claim.objects.count(),
            "same_unit": Dispute.objects.filter(decider_mode="head").count(),
        },
    }


if __name__ == "__main__":
    if sys.argv[1:2] == ["child"]:
        print(json.dumps(child(Path(sys.argv[2]))))
        sys.exit(0)
    sys.exit(main())
