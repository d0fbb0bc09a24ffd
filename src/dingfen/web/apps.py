from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "dingfen.web"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from dingfen import catalogues

        catalogues.merge()
