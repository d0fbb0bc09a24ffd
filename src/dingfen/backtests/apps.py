from django.apps import AppConfig


class BacktestsConfig(AppConfig):
    name = "dingfen.backtests"
    default_auto_field = "django.db.models.BigAutoField"
