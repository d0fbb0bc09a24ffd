"""Health, figures, the document and its page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from dingfen.api import health
from dingfen.clocks.models import Heartbeat


@pytest.mark.django_db
def test_health_is_ok_with_a_living_worker_and_degraded_without() -> None:
    assert Client().get("/healthz").json()["status"] == "degraded"
    Heartbeat.objects.create(name="worker", at=timezone.now())
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok"), answer.json()
    Heartbeat.objects.update(at=timezone.now() - timedelta(minutes=5))
    assert answer.json()["checks"]["worker"]["ok"]
    assert not Client().get("/healthz").json()["checks"]["worker"]["ok"]


@pytest.mark.django_db
def test_health_is_down_without_a_database(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(at: object) -> dict[str, object]:
        raise OSError("secret path")

    monkeypatch.setitem(health.CHECKS, "database", fails)
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.json()["status"]) == (503, "down")
    assert b"secret" not in answer.content


@pytest.mark.django_db
def test_figures_are_for_this_machine_only() -> None:
    text = Client().get("/metrics").content.decode()
    assert "dingfen_register_entries 0" in text
    assert all(line.startswith("#") or len(line.split()) == 2 for line in text.splitlines())
    assert Client(REMOTE_ADDR="192.0.2.7").get("/metrics").status_code == 404
    assert Client().get("/metrics", headers={"X-Forwarded-For": "192.0.2.7"}).status_code == 404


@pytest.mark.django_db
def test_the_page_of_operations_needs_no_other_host() -> None:
    page = Client().get("/api/docs").content.decode()
    assert "openapi.json" in page
    assert "http://" not in page and "https://" not in page and "<script" not in page
