from django.apps import AppConfig


class OwnershipConfig(AppConfig):
    name = "dingfen.ownership"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from dingfen.cases import attachments, presence
        from dingfen.cases.awaiting import awaits
        from dingfen.channels.phone import directory
        from dingfen.ownership import (
            awaiting,
            callers,
            co_working,
            finding,
            holding_texts,
            standing_texts,
            visibility,
        )
        from dingfen.ownership.models import Registration
        from dingfen.ownership.notices import declare_events
        from dingfen.parties import search

        attachments.rights["dispute"] = visibility.files_of_disputes
        attachments.rights["sanction"] = visibility.files_of_sanctions
        presence.sights["dispute"] = visibility.sight_of_disputes
        presence.sights["registration"] = presence.Sight(Registration.objects.visible_to)
        directory.sources.append(callers.held)
        declare_events()
        holding_texts.declare_events()
        standing_texts.declare_events()
        co_working.declare_events()
        awaits(*awaiting.AWAITED)
        search.register_source(finding.KIND, finding.shown)
