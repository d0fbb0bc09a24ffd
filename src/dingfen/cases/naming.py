"""A case by what people call it."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q


def named(case: UUID | str) -> Q:
    """Of rows with a `case`: the one with this uid or number."""
    try:
        return Q(case__uid=UUID(str(case)))
    except ValueError:
        return Q(case__number=str(case).strip().upper())
