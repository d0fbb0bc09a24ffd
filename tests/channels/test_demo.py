"""What the demo shows of channels."""

from pathlib import Path

from dingfen.cases.models import Attachment
from dingfen.channels.models import Account, Received, Tracking
from dingfen.complaints.models import Complaint
from dingfen.demo import letters
from tests.cast import NOW, Cast


def test_one_from_the_page_and_one_by_mail(cast: Cast, home: Path) -> None:
    letters.arrive(cast.site, "yuanlan", NOW)
    assert sorted(Complaint.objects.values_list("channel", flat=True)) == ["mail", "web"]
    assert Attachment.objects.get().name == "交接单.txt"
    assert Received.objects.get().state == "taken"
    assert Tracking.objects.count() == 1 and not Account.objects.get(channel="mail").on
