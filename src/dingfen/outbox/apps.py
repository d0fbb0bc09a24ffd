from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "dingfen.outbox"
    default_auto_field = "django.db.models.BigAutoField"
