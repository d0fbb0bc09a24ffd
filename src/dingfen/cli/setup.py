"""Start Django for a command that needs the database."""

from __future__ import annotations

import django


def start() -> None:
    """Load settings and apps once."""
    django.setup()
