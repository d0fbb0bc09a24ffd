"""Runs an import to its end, as the worker would."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from dingfen.accounts.actor import Actor, actor_for
from dingfen.accounts.models import Staff
from dingfen.imports import actions, running
from dingfen.imports.mapping import parse
from dingfen.imports.models import ImportJob

Run = Callable[..., ImportJob]


@pytest.fixture(autouse=True)
def blobs_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Uploaded files of a test lie in its own folder; the keys stay where they are."""
    monkeypatch.setattr("dingfen.blobs.folder", lambda: tmp_path)


def actor_of(staff: Staff) -> Actor:
    return actor_for(Staff.objects.select_related("unit", "company").get(pk=staff.pk), timezone.now())


@pytest.fixture
def import_file(db: None) -> Run:
    """`import_file(actor, kind, content, mapping)` uploads, maps and runs; `dry=True` only tries."""

    def run(
        actor: Actor, kind: str, content: bytes, mapping: str = "", *, dry: bool = False, **more: Any
    ) -> ImportJob:
        at = timezone.now()
        job = actions.upload(actor=actor, at=at, kind=kind, file_name=f"{kind}.csv", content=content, **more)
        if mapping:
            job = actions.map_columns(actor=actor, at=at, job_uid=job.uid, mapping=parse(mapping))
        begin = actions.check if dry else actions.start
        job = begin(actor=actor, at=at, job_uid=job.uid)
        return running.run_to_end(job, timezone.now)

    return run
