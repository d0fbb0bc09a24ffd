from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "dingfen.cases"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from dingfen.cases import attachments
        from dingfen.cases.nudging import declare_events
        from dingfen.parties import erasing

        declare_events()
        erasing.also.append(attachments.erase)
