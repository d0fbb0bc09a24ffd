"""Letters to the customer: each as it was sent, with the file and its digest."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy

from dingfen.accounts.models import Staff
from dingfen.cases.models import Attachment
from dingfen.database.models import Row


class Letter(Row):
    """A letter as it was sent; nothing in it is changed afterwards. `sealed`: title, salutation, body, rights.

    `owed` is the id of the pack's letter it is, empty for one nobody prescribed. `attachment` is the PDF.
    """

    class Kind(models.TextChoices):
        RECEIPT = "receipt", pgettext_lazy("letter", "Acknowledgement")
        PROGRESS = "progress", pgettext_lazy("letter", "Progress")
        DELAY = "delay", pgettext_lazy("letter", "Delay")
        DECISION = "decision", pgettext_lazy("letter", "Decision")
        THANKS = "thanks", pgettext_lazy("letter", "Result and thanks")
        AGREEMENT = "agreement", pgettext_lazy("letter", "Settlement agreement")
        INVITATION = "invitation", pgettext_lazy("letter", "Invitation to mediation")
        MINUTES = "minutes", pgettext_lazy("letter", "Mediation minutes")
        MEDIATED = "mediated", pgettext_lazy("letter", "Mediation agreement")
        FAILURE = "failure", pgettext_lazy("letter", "Notice that mediation ended")
        CHANGE = "change", pgettext_lazy("letter", "Supplementary agreement")

    complaint = models.ForeignKey("complaints.Complaint", models.PROTECT, related_name="letters")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    owed = models.CharField(max_length=60, blank=True, help_text="a letter of the pack")
    number = models.CharField(max_length=40)
    language = models.CharField(max_length=8)
    via = models.CharField(max_length=12)
    sealed = models.BinaryField()
    attachment = models.OneToOneField(Attachment, models.PROTECT, related_name="letter")
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    article = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["id"]

    @property
    def via_words(self) -> str:
        """How it went, in words."""
        from dingfen.complaints.models import Channel

        return str(Channel(self.via).label)
