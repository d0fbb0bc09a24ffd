from django.apps import AppConfig


class ComplaintsConfig(AppConfig):
    name = "dingfen.complaints"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from dingfen.cases import attachments
        from dingfen.complaints import erasing, finding, visibility
        from dingfen.complaints.notices import declare_events
        from dingfen.parties import erasing as customers
        from dingfen.parties import search

        attachments.rights["complaint"] = visibility.files_of_complaints
        declare_events()
        customers.also.append(erasing.erase)
        search.register_source(finding.KIND, finding.shown)
