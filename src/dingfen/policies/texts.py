"""Words of the rules' own life: what is refused, what is wrong with a field, what clocks and messages say."""

from django.utils.translation import gettext_lazy as _

from dingfen.outbox.events import Event, declare

PROBLEMS: dict[str, tuple[object, object]] = {
    "dispute.no_facts": (
        _("This case has no facts yet."),
        _("Its facts are known once the evidence is closed and a rule book judges it."),
    ),
    "complaint.no_rules": (
        _("No rule book judges this complaint."),
        _("None was in force when it was received."),
    ),
    "policy.no_approver": (
        _("Nobody but you could approve this version."),
        _("Somebody else needs the role of general manager or compliance over this unit first."),
    ),
    "draft.model_off": (
        _("No language model is set up here."),
        _("Its address is set as DINGFEN_MODEL_URL by who runs this installation."),
    ),
    "draft.model_silent": (
        _("The language model did not answer."),
        _("The draft is as it was; go on without it, or ask again later."),
    ),
    "consultation.has_minutes": (
        _("The minutes are there already."),
        _("Record another consultation if there was one."),
    ),
    "review.settled": (_("This question has been answered."), _("Load the page again to see how.")),
}
CLOCKS = {
    "policy.read": _("Read and confirm: %(title)s %(version)s"),
    "policy.review": _("Answer what cases say about article %(article)s"),
}
FAULTS = {
    "policy.not_consulted": _(
        "These rules bear on staff: record the consultation first, or say why there was none (%(least)s characters)."
    ),
    "consultation.future": _("This day is still to come."),
    "consultation.unanswered": _("Say what was answered."),
    "lesson.article": _("There is no such article in the rule book that judges this case."),
    "review.version": _("Choose a version of the same rule book."),
    "source.name": _("Write a name like scenarios/boundary.yaml."),
    "source.most": _("At most %(limit)s files."),
    "source.errors": _("Mend what is marked first (%(count)s)."),
    "value.unknown": _("There is no such value to change."),
    "value.unread": _("The source can't be read yet; mend it there first."),
    "value.by_hand": _("Change this one in the source."),
    "value.wrong": "%(text)s",
    "value.number": _("Write a number."),
    "value.counting": _("Say how these days are counted."),
    "value.day": _("Write a day like 2026-10-01."),
    "trial.value": _("Write it like this: %(form)s."),
    "trial.topic": _("This rule book has no rules on %(topic)s."),
    "draft.suffix": _("Only .txt, .md, .docx and .pdf files are read."),
    "draft.too_large": _("The text is too long; split it by rule book."),
    "draft.encrypted": _("The file has a password; save it without one."),
    "draft.damaged": _("The file can't be read; save a fresh copy."),
    "draft.no_text": _("There is no text. A scan needs text recognition first."),
    "draft.value_long": _("At most 4,000 characters."),
    "draft.yaml": _("Line %(line)s can't be read: write key: value, one a line."),
}


def declare_events() -> None:
    """Messages about the rules; that a version is published is declared with the outbox."""
    declare(
        Event(
            "policy.unread",
            _("A rule book to read"),
            _("Still to read: %(title)s %(version)s"),
            _("Open it and confirm reading by %(deadline)s"),
        ),
        Event(
            "policy.review",
            _("A case speaks about an article"),
            _("To review: article %(article)s"),
            _("A ruling, a lesson or a gap puts it in question; the cases are on its page"),
        ),
    )
