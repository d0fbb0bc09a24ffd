"""`found`: the people of the cast. `guess`: one of several processes that try a wrong password, and what is said."""

from __future__ import annotations

import sys


def found() -> None:
    from tests.cast import make_cast

    make_cast()


def guess() -> None:
    from django.test import Client

    given = {"login": "lin", "password": "wrong"}
    page = Client().post("/accounts/login/", given, HTTP_ACCEPT_LANGUAGE="en")
    print("Locked" if "Locked" in page.content.decode() else "counted")


if __name__ == "__main__":
    {"found": found, "guess": guess}[sys.argv[1]]()
