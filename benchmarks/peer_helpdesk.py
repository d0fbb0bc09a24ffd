"""The package a user would otherwise install, in the same run: django-helpdesk creating tickets by its API."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from pathlib import Path

from benchmarks.load import drive, request
from benchmarks.report import report
from benchmarks.server import serving

SETTINGS = """
import os
SECRET_KEY, DEBUG, ALLOWED_HOSTS, ROOT_URLCONF = "x" * 50, False, ["*"], "peer"
USE_TZ, SITE_ID, DEFAULT_AUTO_FIELD = True, 1, "django.db.models.BigAutoField"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.environ["PEER_DB"], "CONN_MAX_AGE": 600}}
INSTALLED_APPS = ["django.contrib." + name for name in
    ("admin", "auth", "contenttypes", "sessions", "messages", "staticfiles", "sites", "humanize")]
INSTALLED_APPS += ["helpdesk", "rest_framework"]
try:
    import bootstrap4form
    INSTALLED_APPS.insert(0, "bootstrap4form")
except ImportError:
    pass
MIDDLEWARE = ["django.contrib.sessions.middleware.SessionMiddleware", "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware", "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware"]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True, "OPTIONS":
    {"context_processors": ["django.template.context_processors.request",
     "django.contrib.auth.context_processors.auth", "django.contrib.messages.context_processors.messages"]}}]
STATIC_URL, LOGIN_URL = "/static/", "/login/"
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
HELPDESK_ACTIVATE_API_ENDPOINT, HELPDESK_TEAMS_MODE_ENABLED, DEFAULT_FROM_EMAIL = True, False, "a@example.com"
"""
URLS = """
from django.contrib import admin
from django.urls import include, path
urlpatterns = [path("admin/", admin.site.urls), path("", include("helpdesk.urls", namespace="helpdesk"))]
"""
SEED = """
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.contrib.auth import get_user_model
from django.contrib.sessions.backends.db import SessionStore
from helpdesk.models import Queue, Ticket
user = get_user_model().objects.create_superuser("admin", "admin@example.com", "admin")
queue = Queue.objects.create(title="Queue", slug="q")
from django.utils import timezone
Ticket.objects.bulk_create([Ticket(title=f"Ticket {n}", queue=queue, submitter_email=f"c{n % 20000}@example.com",
    description="late delivery " * 20, status=1, priority=3, created=timezone.now()) for n in range(TICKETS)], 500)
session = SessionStore()
session["_auth_user_id"], session["_auth_user_hash"] = str(user.pk), user.get_session_auth_hash()
session["_auth_user_backend"] = "django.contrib.auth.backends.ModelBackend"
session.save(); print(session.session_key)
"""


def run(folder: Path, tickets: int = 100_000, port: int = 8391) -> float:
    """Report and return the tickets created a second, at `tickets` already there."""
    home = folder.resolve() / "helpdesk"
    home.mkdir(parents=True, exist_ok=True)
    python = home / "venv/bin/python"
    if not python.exists():
        venv.create(home / "venv", with_pip=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "django~=5.2", "django-helpdesk", "gunicorn"]
        subprocess.run(pip, check=True)
    (home / "peer.py").write_text(URLS)
    (home / "peer_settings.py").write_text(SETTINGS)
    database = home / "peer.sqlite3"
    database.unlink(missing_ok=True)
    environment = {
        "PEER_DB": str(database),
        "DJANGO_SETTINGS_MODULE": "peer_settings",
        "PYTHONPATH": str(home),
    }
    seeded = subprocess.run(
        [str(python), "-c", SEED.replace("TICKETS", str(tickets))],
        env=os.environ | environment,
        check=True,
        capture_output=True,
        text=True,
    )
    cookie = f"sessionid={seeded.stdout.strip()}; csrftoken={'a' * 32}"
    ticket = {
        "title": "Bench",
        "queue": 1,
        "submitter_email": "b@example.com",
        "description": "x",
        "priority": 3,
    }
    raw = request(
        "POST",
        "/api/tickets/",
        {"Cookie": cookie, "X-CSRFToken": "a" * 32},
        json.dumps(ticket | {"status": 1}).encode(),
    )
    command = ["/usr/bin/env", *(f"{key}={value}" for key, value in environment.items())]
    command += [str(python), "-m", "gunicorn", "-w2", "-b", f"127.0.0.1:{port}"]
    command += ["--chdir", str(home), "--log-level", "error", "django.core.wsgi:get_wsgi_application()"]
    with serving(home, port, command, "/login/"):
        result = drive(port, lambda client, n: raw, clients=4, seconds=8)
    figures = result.figures()
    report("peer.django_helpdesk.create", figures.pop("per_second"), "per second", **figures)
    return float(len(result.latencies) / result.seconds)


if __name__ == "__main__":
    run(Path("build/peers"), int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
