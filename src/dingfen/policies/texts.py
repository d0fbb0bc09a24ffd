"""Words for what is wrong with a draft."""

from django.utils.translation import gettext_lazy as _

PROBLEMS: dict[str, tuple[object, object]] = {}
FAULTS = {
    "source.name": _("Write a name like scenarios/boundary.yaml."),
    "source.most": _("At most %(limit)s files."),
    "source.errors": _("Mend what is marked first (%(count)s)."),
    "draft.suffix": _("Only .txt, .md, .docx and .pdf files are read."),
    "draft.too_large": _("The text is too long; split it by rule book."),
    "draft.encrypted": _("The file has a password; save it without one."),
    "draft.damaged": _("The file can't be read; save a fresh copy."),
    "draft.no_text": _("There is no text. A scan needs text recognition first."),
    "draft.value_long": _("At most 4,000 characters."),
    "draft.yaml": _("Line %(line)s can't be read: write key: value, one a line."),
}
