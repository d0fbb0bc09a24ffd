from django.apps import AppConfig


class OwnershipConfig(AppConfig):
    name = "dingfen.ownership"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from dingfen.ownership.notices import declare_events

        declare_events()
