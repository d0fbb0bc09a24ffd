from __future__ import annotations

from collections.abc import Sequence

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils import timezone


class ClocksConfig(AppConfig):
    name = "dingfen.clocks"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        post_migrate.connect(statistics_after_migration, sender=self)


def statistics_after_migration(plan: Sequence[object] = (), **_: object) -> None:
    """A migration that rebuilds a table on SQLite drops its statistics, and a part of them is worse than none."""
    from dingfen.clocks.upkeep import gather_all_statistics

    if plan:
        gather_all_statistics(timezone.now())
