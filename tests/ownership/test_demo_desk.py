"""What the demo shows of a hold that is renewed: one granted, one refused, one that waits, a deposit."""

import datetime as dt

from dingfen.accounts.actor import actor_for
from dingfen.demo import desk
from dingfen.demo.organisation import build
from dingfen.ownership.models import Registration
from dingfen.ownership.renewal_rows import RenewalRequest
from tests.cast import NOW


def test_one_of_each(db: None) -> None:
    organisation = build()
    desk.publish(organisation, NOW - dt.timedelta(days=30))
    for left in range(desk.DAYS, 0, -1):
        evening = NOW + dt.timedelta(days=desk.DAYS - left)
        desk.day(organisation, lambda who, at: actor_for(organisation.staff[who], at), evening, left)
    states = list(RenewalRequest.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["granted", "refused", "open"]
    holds = list(Registration.objects.order_by("pk"))
    assert len(holds) == len(desk.GUESTS) and holds[-1].stage == "deposit"
    assert holds[0].protected_until > holds[1].protected_until  # type: ignore[operator]
