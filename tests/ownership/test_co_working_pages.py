"""Co-workers on the page of a hold, on the customer card, in the list and over the API (A15)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from django.urls import reverse

from dingfen.ownership.co_worker_rows import CoWorker
from dingfen.parties.details import Details
from tests.api.conftest import Caller, call  # noqa: F401
from tests.ownership.conftest import House
from tests.web.conftest import SignedIn, catalogues, signed_in  # noqa: F401

REASON = "项目已交付"


def told(answer: Any) -> Any:
    return json.loads(answer.content)


def test_the_page_names_shows_and_ends(dealer: House, signed_in: SignedIn) -> None:  # noqa: F811
    held = dealer.register("lin")
    hidden = dealer.register("lin", "白若溪", "13955550002")
    lin, xu = signed_in("lin", "en"), signed_in("xu", "en")
    page, card = reverse("holding", args=[held.uid]), reverse("customer", args=[held.customer.uid])
    assert xu.get(card).status_code == xu.get(page).status_code == 404
    add = reverse("holding_co_worker", args=[held.uid])
    given = {"staff": str(dealer.cast.xu.uid), "role": "finance", "share": "101"}
    wrong = lin.post(add, given)
    assert wrong.status_code == 422
    assert "A whole number from 0 to 100." in wrong.content.decode()
    assert lin.post(add, given | {"share": "35"}).status_code == 302
    shown = lin.get(page).content.decode()
    assert "徐嘉言" in shown
    assert "35%" in shown
    assert "65%" in shown
    assert "徐嘉言" in lin.get(card).content.decode()
    seen = xu.get(page)
    assert seen.status_code == 200
    assert "Release…" not in seen.content.decode()
    mine = xu.get(card)
    assert mine.status_code == 200
    assert reverse("customer_edit", args=[held.customer.uid]) not in mine.content.decode()
    assert xu.get(reverse("customer", args=[hidden.customer.uid])).status_code == 404
    assert xu.get(reverse("holding", args=[hidden.uid])).status_code == 404
    assert held.customer.number in xu.get(reverse("holdings") + "?who=beside").content.decode()
    one = CoWorker.objects.get()
    end = reverse("holding_co_worker_end", args=[held.uid, one.uid])
    assert xu.post(end, {"reason": REASON}).status_code == 403
    assert lin.post(end, {"reason": "x"}).status_code == 422
    assert lin.post(end, {"reason": REASON}).status_code == 302
    assert xu.get(card).status_code == 404


def test_the_card_tells_every_product_line_and_those_not_there_yet(b2b: House, signed_in: SignedIn) -> None:  # noqa: F811
    firm = Details(
        name="衡川建筑工程有限公司", kind="company", contact_name="陈立群", phones=("13812342046",)
    )
    other = Details(name="云梦建材有限公司", kind="company", contact_name="白若溪", phones=("13955550002",))
    held = b2b.act("lin", "register_customer", details=firm, scope="Nova Pro")
    b2b.act("xu", "register_customer", details=firm, scope="Nova Care")
    b2b.act("xu", "register_customer", details=other, scope="Nova Lite")
    card = signed_in("lin", "en").get(reverse("customer", args=[held.customer.uid])).content.decode()
    assert "Nova Pro" in card
    assert "Product lines this customer does not have yet" in card
    _had, lacking = card.split("Product lines this customer does not have yet")
    assert "Nova Lite" in lacking
    assert "Nova Care" not in lacking
    assert "Key accounts 2" in card  # lin is told the unit of the other line, not its holder
    named = re.sub(
        r"<option.*?</option>", "", card, flags=re.DOTALL
    )  # colleagues somebody may have asked for
    assert "徐嘉言" not in named


def test_the_api_lists_names_and_ends(dealer: House, call: Callable[..., Caller]) -> None:  # noqa: F811
    held = dealer.register("lin")
    asked = call("lin")
    address = f"/registrations/{held.uid}/co-workers"
    made = asked("POST", address, {"staff": str(dealer.cast.xu.uid), "role": "technical", "share": 10})
    assert made.status_code == 201, made.content
    assert told(made)["share"] == 10
    over = asked("POST", address, {"staff": str(dealer.cast.gu.uid), "role": "other", "share": 91})
    assert over.status_code == 422
    ended = asked("POST", f"{address}/{told(made)['uid']}/end", {"reason": REASON})
    assert (ended.status_code, told(ended)["ended_reason"]) == (200, REASON)
    again = asked("POST", f"{address}/{told(made)['uid']}/end", {"reason": REASON})
    assert told(again)["code"] == "co_worker.ended"
    assert [one["staff"] for one in told(asked("GET", address))] == [str(dealer.cast.xu.uid)]
    assert call("xu")("GET", address).status_code == 404
