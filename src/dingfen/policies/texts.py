"""Words for what is wrong with a draft."""

from django.utils.translation import gettext_lazy as _

PROBLEMS: dict[str, tuple[object, object]] = {}
FAULTS = {
    "draft.suffix": _("Only .txt, .md, .docx and .pdf files are read."),
    "draft.too_large": _("The text is too long; split it by rule book."),
    "draft.encrypted": _("The file has a password; save it without one."),
    "draft.damaged": _("The file can't be read; save a fresh copy."),
    "draft.no_text": _("There is no text. A scan needs text recognition first."),
    "draft.value_long": _("At most 4,000 characters."),
    "draft.yaml": _("Line %(line)s can't be read: write key: value, one a line."),
}
