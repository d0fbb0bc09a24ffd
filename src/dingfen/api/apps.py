from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "dingfen.api"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from dingfen import wiring
        from dingfen.api import idempotency

        wiring.PERIODIC.setdefault("idempotency", (3600, idempotency.sweep))
