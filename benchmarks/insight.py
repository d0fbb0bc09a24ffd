"""The figures at 100,000 customers with 5,000 disputes that were ruled on: as a head and the general manager see them.

`python -m benchmarks.insight HOME` (the house of benchmarks/seed.py) adds the quarrels once.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from benchmarks import machine
from benchmarks.load import drive, request
from benchmarks.report import report
from benchmarks.seed import ROOT, house
from benchmarks.server import serving

if TYPE_CHECKING:
    from dingfen.accounts.models import Staff

PORT, P95_MS, WARM, SECONDS = 8396, 300, 3.0, 5.0
DISPUTES, BATCH = 5000, 500
PROPOSAL = 4000  # bytes; what the demo's proposals weigh
PAGES = (
    ("manager.overview", "manager", "/insight/"),
    ("manager.year", "manager", "/insight/?period=365d"),
    ("manager.cases", "manager", "/insight/time/?period=365d"),
    ("head.overview", "head", "/insight/"),
)


def run(folder: Path) -> None:
    home, people = house(folder)
    environment = os.environ | {"DINGFEN_HOME": str(home), "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    environment.pop("DATABASE_URL", None)
    subprocess.run([sys.executable, "-m", "benchmarks.insight"], env=environment, cwd=ROOT, check=True)
    with serving(home, PORT):
        for name, person, path in PAGES:
            raw = request("GET", path, {"Cookie": f"sessionid={people['sessions'][person]}"})
            for seconds in (WARM, SECONDS):
                result = drive(PORT, lambda client, n, raw=raw: raw, clients=1, seconds=seconds)
            figures = result.figures()
            report(
                f"insight.{name}", figures["p95_ms"], "ms p95", P95_MS, p50_ms=figures["p50_ms"],
                statuses=figures["statuses"], load=machine.load_average(),
            )  # fmt: skip


def fill() -> None:
    """Disputes of two years, each ruled on after a few days; every tenth otherwise than proposed."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "dingfen.settings"
    django.setup()
    from django.db import transaction

    from dingfen.accounts.models import Staff
    from dingfen.ownership.models import Ruling

    sellers = list(
        Staff.objects.filter(username__startswith="seller").select_related("unit", "company").order_by("pk")
    )
    random = Random(11)
    for start in range(Ruling.objects.count(), DISPUTES, BATCH):
        with transaction.atomic():
            _batch(range(start, min(start + BATCH, DISPUTES)), sellers, random)


def _batch(numbers: range, sellers: list[Staff], random: Random) -> None:
    """Rows as the actions leave them, without their entries: figures of disputes are counted from rows."""
    from django.utils import timezone

    from dingfen.accounts.models import Staff
    from dingfen.cases.models import Case
    from dingfen.clocks.models import Clock
    from dingfen.ownership.models import Claim, Confirmation, Deal, Dispute, Registration, Ruling

    now, heads = (
        timezone.now(),
        {one.unit_id: one for one in Staff.objects.filter(username__startswith="head")},
    )
    holds = list(Registration.objects.order_by("pk")[numbers.start * 4 : numbers.stop * 4 : 4])
    pairs = [
        (hold, random.choice(sellers), now - dt.timedelta(hours=random.randrange(1, 700 * 24)))
        for hold in holds
    ]
    deals = Deal.objects.bulk_create(
        Deal(
            company_id=hold.company_id, customer_id=hold.customer_id, signer=signer, unit=signer.unit,
            signed_at=at, recorded_at=at,
        )
        for hold, signer, at in pairs
    )  # fmt: skip
    cases = Case.objects.bulk_create(
        Case(
            company_id=hold.company_id, unit_id=hold.unit_id, kind="dispute", number=f"D-BENCH-{number:05d}",
            customer_id=hold.customer_id, opened_at=at, closed_at=at + dt.timedelta(days=9),
        )
        for number, (hold, _signer, at) in zip(numbers, pairs, strict=True)
    )  # fmt: skip
    disputes = Dispute.objects.bulk_create(
        Dispute(case=case, state="final", deal=deal, registration=hold, policy_id=hold.policy_id,
                origin="deal_by_other", decider_mode="joint", proposed_at=case.opened_at + dt.timedelta(days=2))
        for case, deal, (hold, _signer, _at) in zip(cases, deals, pairs, strict=True)
    )  # fmt: skip
    Claim.objects.bulk_create(
        Claim(dispute=dispute, claimant_id=who, unit_id=unit, made_at=dispute.case.opened_at)
        for dispute, (hold, signer, _at) in zip(disputes, pairs, strict=True)
        for who, unit in {hold.holder_id: hold.unit_id, signer.pk: signer.unit_id}.items()
    )
    spans = [dt.timedelta(hours=random.randrange(40, 160)) for _ in disputes]
    rulings = Ruling.objects.bulk_create(
        Ruling(dispute=dispute, stage="first", number=dispute.case.number, as_proposed=bool(random.randrange(10)),
               outcome="award", holder_id=hold.holder_id, facts=b"{}", proposed=_proposal(random),
               given_at=dispute.case.opened_at + span)
        for dispute, (hold, _signer, _at), span in zip(disputes, pairs, spans, strict=True)
    )  # fmt: skip
    Confirmation.objects.bulk_create(
        Confirmation(dispute=ruling.dispute, ruling=ruling, decider=heads[hold.unit_id], for_unit_id=hold.unit_id,
                     as_proposed=ruling.as_proposed, at=ruling.given_at)
        for ruling, (hold, _signer, _at) in zip(rulings, pairs, strict=True)
    )  # fmt: skip
    Clock.objects.bulk_create(
        Clock(company_id=ruling.dispute.case.company_id, kind="dispute.ruling", subject_type="dispute",
              subject_uid=ruling.dispute.case.uid, state=random.choice(("met", "met", "met_late")),
              started_at=ruling.dispute.case.opened_at, deadline=ruling.given_at, ended_at=ruling.given_at)
        for ruling in rulings
    )  # fmt: skip


def _proposal(random: Random) -> bytes:
    article = random.choice(("OWN-3", "OWN-5", "OWN-9", "SCR-1"))
    said = {
        "declined": None,
        "basis": "principle",
        "decisive_rule": "first",
        "article": article,
        "rows": "x" * PROPOSAL,
    }
    return json.dumps(said).encode()


if __name__ == "__main__":
    fill()
