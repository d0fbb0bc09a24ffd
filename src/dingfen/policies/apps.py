from django.apps import AppConfig


class PoliciesConfig(AppConfig):
    name = "dingfen.policies"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from dingfen.clocks.awaiting import awaits
        from dingfen.policies import reading, reviewing, texts

        texts.declare_events()
        awaits(reviewing.AWAITED, reading.AWAITED)
