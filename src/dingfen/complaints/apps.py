from django.apps import AppConfig


class ComplaintsConfig(AppConfig):
    name = "dingfen.complaints"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from dingfen.cases import attachments, presence, thread
        from dingfen.channels import sending
        from dingfen.channels.phone import directory
        from dingfen.clocks.awaiting import awaits
        from dingfen.complaints import awaiting, callers, erasing, finding, going_out, timeline, visibility
        from dingfen.complaints.models import Complaint
        from dingfen.complaints.notices import declare_events
        from dingfen.parties import erasing as customers
        from dingfen.parties import search
        from dingfen.parties import timeline as customers_timeline

        attachments.rights["complaint"] = visibility.files_of_complaints
        presence.sights["complaint"] = presence.Sight(Complaint.objects.visible_to, "case__uid")
        thread.senders.update(
            {way: going_out.sender_by(channel) for way, channel in going_out.SENT_BY.items()}
        )
        thread.senders["web"] = going_out.tell_of_answer
        sending.told.append(going_out.note_state)
        directory.sources.append(callers.open_complaints)
        customers_timeline.sources.append(timeline.lines)
        declare_events()
        customers.also.append(erasing.erase)
        awaits(*awaiting.AWAITED)
        search.register_source(finding.KIND, finding.shown)
