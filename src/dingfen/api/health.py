"""`/healthz` for who watches the machine, `/metrics` for Prometheus. No secrets, no personal data."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from dingfen import keys
from dingfen.clocks.models import Clock, Heartbeat
from dingfen.outbox.models import Delivery
from dingfen.ownership.models import Dispute, Registration
from dingfen.parties.models import Customer
from dingfen.register.models import Head

WORKER_SILENT = timedelta(seconds=90)
CLOCK_LATE = timedelta(minutes=5)
DISK_FREE = 500 * 1024 * 1024
Check = dict[str, Any]


def _database(at: datetime) -> Check:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return {"ok": True, "engine": connection.vendor}


def _worker(at: datetime) -> Check:
    latest = Heartbeat.objects.order_by("-at").values_list("at", flat=True).first()
    silent = None if latest is None else max(0, int((at - latest).total_seconds()))
    return {"ok": silent is not None and silent <= WORKER_SILENT.total_seconds(), "silent_seconds": silent}


def _clocks(at: datetime) -> Check:
    return {"ok": (lag := clock_lag(at)) <= CLOCK_LATE.total_seconds(), "lag_seconds": lag}


def _disk(at: datetime) -> Check:
    free = shutil.disk_usage(settings.HOME).free
    return {"ok": free >= DISK_FREE, "free_bytes": free}


def _keys(at: datetime) -> Check:
    return {"ok": len(keys.key("master")) == 32}


CHECKS: dict[str, Callable[[datetime], Check]] = {
    "database": _database,
    "worker": _worker,
    "clocks": _clocks,
    "disk": _disk,
    "keys": _keys,
}


def clock_lag(at: datetime) -> int:
    """Seconds by which the earliest clock that should have been looked at is late."""
    earliest = Clock.objects.filter(next_at__lte=at).aggregate(earliest=Min("next_at"))["earliest"]
    return 0 if earliest is None else int((at - earliest).total_seconds())


def healthz(request: HttpRequest) -> JsonResponse:
    """200 `ok` or `degraded` (it serves, but someone should look), 503 `down` without a database."""
    at = timezone.now()
    found: dict[str, Check] = {}
    for name, check in CHECKS.items():
        try:
            found[name] = check(at)
        except Exception:  # what fails is the finding; why stays in the log
            found[name] = {"ok": False}
    status = "down" if not found["database"]["ok"] else "ok"
    if status == "ok" and not all(check["ok"] for check in found.values()):
        status = "degraded"
    return JsonResponse(
        {"status": status, "checks": found},
        status=503 if status == "down" else 200,
        headers={"Cache-Control": "no-store"},
    )


def _by_state(name: str, model: Any) -> list[str]:
    counts = model.objects.values("state").annotate(number=Count("pk")).order_by("state")
    return [f'dingfen_{name}{{state="{row["state"]}"}} {row["number"]}' for row in counts]


def metrics(request: HttpRequest) -> HttpResponse:
    """Figures in Prometheus text, to callers on this machine only (none that came through a proxy)."""
    near = request.META.get("REMOTE_ADDR") in {"127.0.0.1", "::1", ""}
    if not near or "HTTP_X_FORWARDED_FOR" in request.META:
        return HttpResponse(status=404)
    at = timezone.now()
    size = Head.objects.values_list("size", flat=True).first() or 0
    lines = [
        "# TYPE dingfen_register_entries counter",
        f"dingfen_register_entries {size}",
        "# TYPE dingfen_customers gauge",
        f"dingfen_customers {Customer.objects.count()}",
        "# TYPE dingfen_clock_lag_seconds gauge",
        f"dingfen_clock_lag_seconds {clock_lag(at)}",
        "# TYPE dingfen_worker_silent_seconds gauge",
        f"dingfen_worker_silent_seconds {_worker(at)['silent_seconds'] or 0}",
        "# TYPE dingfen_registrations gauge",
        *_by_state("registrations", Registration),
        "# TYPE dingfen_disputes gauge",
        *_by_state("disputes", Dispute),
        "# TYPE dingfen_deliveries gauge",
        *_by_state("deliveries", Delivery),
        "# TYPE dingfen_clocks gauge",
        *_by_state("clocks", Clock),
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4; charset=utf-8")
