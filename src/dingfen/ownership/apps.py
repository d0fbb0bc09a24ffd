from django.apps import AppConfig


class OwnershipConfig(AppConfig):
    name = "dingfen.ownership"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from dingfen.ownership import finding, holding_texts
        from dingfen.ownership.notices import declare_events
        from dingfen.parties import search

        declare_events()
        holding_texts.declare_events()
        search.register_source(finding.KIND, finding.shown)
