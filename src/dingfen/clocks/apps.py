from django.apps import AppConfig


class ClocksConfig(AppConfig):
    name = "dingfen.clocks"
    default_auto_field = "django.db.models.BigAutoField"
