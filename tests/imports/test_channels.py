"""Every touch of a file keeps its own kind; how the customer came is as the file says, or the day's first touch."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from dingfen.accounts.actor import system_actor
from dingfen.ownership.models import Registration
from dingfen.parties.models import Touch
from dingfen.policies.actions import publish_shipped
from tests.cast import Cast
from tests.imports.conftest import Run, actor_of

pytestmark = pytest.mark.django_db
CUSTOMERS = """客户,电话,归属人,登记时间,获客渠道,需求
祝知远,13912340001,林可欣,{day} 09:00,中介,家用 SUV
汤予宁,13912340002,林可欣,{day} 09:00,,通勤轿车
孟清和,13912340003,,,,
康若谷,13912340004,,,,
"""
TOUCHES = """电话,员工,类型,时间
13912340002,林可欣,拜访,{day} 16:00
13912340002,林可欣,来电,{day} 10:00
13912340002,林可欣,去电,{day} 11:00
13912340001,林可欣,来店,{day} 09:30
"""
DEALS = """客户,电话,员工,结果,开始日期,关闭日期,首次接触方式,成交接触方式,成交渠道
孟清和,13912340003,林可欣,成交,{day} 09:00,{next} 15:00,来电,到店,
康若谷,13912340004,林可欣,成交,{day} 09:00,{next} 15:00,来电,,展会
"""


def test_kinds_and_channels_of_three_files(cast: Cast, import_file: Run) -> None:
    publish_shipped(
        actor=system_actor(cast.company), at=timezone.now(), unit=cast.company, pack="auto-dealer"
    )
    begun = timezone.localdate() - dt.timedelta(days=3)
    days = {"day": f"{begun:%Y-%m-%d}", "next": f"{begun + dt.timedelta(days=1):%Y-%m-%d}"}
    for kind, text in (("customers", CUSTOMERS), ("touches", TOUCHES), ("deals", DEALS)):
        job = import_file(actor_of(cast.admin), kind, text.format(**days).encode())
        assert (job.state, job.failed) == ("done", 0), list(job.rows.values_list("errors", flat=True))

    def came(name: str) -> str:
        return Registration.objects.get(customer__masked_name__startswith=name).channel

    def kinds(name: str) -> list[str]:
        rows = Touch.objects.filter(customer__masked_name__startswith=name).order_by("occurred_at")
        return list(rows.values_list("kind", flat=True))

    assert (came("祝"), kinds("祝")) == ("broker", ["walk_in"])  # said: no touch changes it
    assert (came("汤"), kinds("汤")) == ("incoming_call", ["call", "outgoing", "visit"])
    assert (came("孟"), kinds("孟")) == ("incoming_call", ["call", "walk_in"])
    assert (came("康"), kinds("康")) == ("event", ["call", "call"])
