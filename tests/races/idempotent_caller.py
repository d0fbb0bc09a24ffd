"""One of the competing processes of test_idempotency.py: `python -m tests.races.idempotent_caller JOB TOKEN`.

JOB `prepare` makes tables, cast and token and prints the token; `call` waits for a line on standard input
and sends the same write under 30 keys; `count` prints how many units the keys made.
"""

from __future__ import annotations

import json
import os
import sys

KEYS = 30


def start_django() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "dingfen.settings"
    import django
    from django.conf import settings

    django.setup()
    settings.ROOT_URLCONF = "tests.api.sample"
    settings.ALLOWED_HOSTS = ["testserver"]


def prepare() -> None:

    from tests import ready
    from tests.api.conftest import token_for
    from tests.cast import make_cast

    ready.tables()
    print(json.dumps(token_for(make_cast().admin)[0]))


def call(token: str) -> None:
    from tests.api.conftest import Caller

    caller = Caller(token)
    caller("GET", "/units")
    print("ready", flush=True)
    sys.stdin.readline()
    answers = []
    for number in range(KEYS):
        answer = caller("POST", "/units", {"name": f"R{number}"}, Idempotency_Key=f"key-{number}")
        answers.append((answer.status_code, answer.content.decode()))
    print(json.dumps(answers))


def count() -> None:
    from dingfen.accounts.models import Unit

    print(json.dumps(Unit.objects.filter(name__startswith="R").count()))


if __name__ == "__main__":
    start_django()
    {"prepare": prepare, "call": call, "count": count}[sys.argv[1]](*sys.argv[2:])
