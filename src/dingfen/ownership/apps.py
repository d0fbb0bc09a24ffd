from django.apps import AppConfig


class OwnershipConfig(AppConfig):
    name = "dingfen.ownership"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from dingfen.cases.awaiting import awaits
        from dingfen.ownership import awaiting, finding
        from dingfen.ownership.notices import declare_events
        from dingfen.parties import search

        declare_events()
        awaits(*awaiting.AWAITED)
        search.register_source(finding.KIND, finding.shown)
