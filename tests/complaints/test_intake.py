"""A complaint comes in: word for word, once, linked to who the matcher is sure of, kept from who is named in it."""

from __future__ import annotations

import datetime as dt

import pytest

from dingfen.cases import thread
from dingfen.cases.models import Attachment, CasePerson, Message
from dingfen.complaints.actions.intake import Complainant, File, Representative, receive
from dingfen.complaints.actions.thread import correct, receive_message, reply
from dingfen.complaints.facts import facts_at_receipt, facts_of
from dingfen.complaints.models import Complaint
from dingfen.outbox.models import Delivery
from dingfen.parties import search
from dingfen.parties.actions.privacy import erase
from dingfen.parties.models import Customer
from dingfen.problems import Problem
from dingfen.register import personal
from dingfen.register.models import Entry
from tests.cast import NOW
from tests.complaints.conftest import SAID, Desk

pytestmark = pytest.mark.django_db


def test_whoever_receives_it_registers_it_word_for_word(desk: Desk) -> None:
    got = desk.call("shen", remedy="赔偿误工费", amount="1,200.50", place="城东展厅交车区", product="远山  X5 四驱",
                    order_number="DD-2026-0871", done_at_once="当场致歉并安排代步车")  # fmt: skip
    row = got.complaint
    assert got.created
    given = facts_at_receipt(row, desk.now, staff_named=False, passed_on=False)
    assert given == facts_of(row, desk.now)  # what is known at once is what is asked for later
    assert row.case.number == "C-2026-00001"
    assert (row.state, row.channel, row.receiver_id, row.handler_id) == (
        "received", "phone", desk.cast.shen.pk, None,
    )  # fmt: skip
    assert str(row.amount) == "1200.50"
    assert thread.text_of(got.message) == SAID
    assert SAID.encode() not in bytes(got.message.sealed)
    entry = Entry.objects.get(subject_uid=row.case.uid, kind="complaint.received")
    said = personal.read(entry)
    assert said is not None
    assert said["text"] == SAID
    assert said["remedy"] == "赔偿误工费"
    assert (row.product, said["order_number"], said["done_at_once"]) == (
        "远山 X5 四驱", "DD-2026-0871", "当场致歉并安排代步车",
    )  # fmt: skip
    assert search.search(desk.actor("chen"), "0871", kinds=["complaint"])


def test_an_agent_who_receives_it_handles_it_and_otherwise_the_desk_is_told(desk: Desk) -> None:
    assert desk.call("chen").complaint.handler_id == desk.cast.chen.pk
    assert not Delivery.objects.filter(event="complaint.received").exists()
    desk.call("lin")
    assert Delivery.objects.get(event="complaint.received", recipient=desk.cast.chen)


def test_what_a_channel_brings_twice_is_one_complaint(desk: Desk) -> None:
    first = desk.call(actor_is := "chen", key="msg-1")
    again = desk.call(actor_is, key="msg-1", text="another text")
    assert again.complaint == first.complaint
    assert not again.created
    assert Message.objects.count() == Complaint.objects.count() == 1


def test_from_outside_nobody_acts_and_the_unit_is_named(desk: Desk) -> None:
    with pytest.raises(ValueError, match="unit"):
        receive(actor=None, at=desk.now, channel="web", text=SAID)
    got = receive(
        actor=None, at=desk.now, channel="web", text=SAID, unit=desk.cast.site, key="form-1",
        files=[File("票据.txt", "发票号 0421".encode())],
    )  # fmt: skip
    assert got.complaint.receiver is None
    kept = Attachment.objects.get()
    assert kept.added_by is None
    assert kept.message == got.message


def test_the_matcher_links_whom_it_is_sure_of_and_makes_a_card_for_the_unknown(desk: Desk) -> None:
    one = desk.call().complaint.case.customer
    assert one is not None
    assert one.masked_name == "高**" or one.masked_name.startswith("高")
    assert Entry.objects.filter(subject_uid=one.uid, kind="customer.added").exists()
    assert desk.call().complaint.case.customer == one
    assert Customer.objects.count() == 1
    nameless = desk.call(complainant=Complainant(phone="13700001111")).complaint
    assert nameless.case.customer is None


def test_without_words_or_with_a_wrong_channel_it_is_refused_at_the_field(desk: Desk) -> None:
    with pytest.raises(Problem) as refused:
        desk.call(text="  ")
    assert "text" in refused.value.errors
    with pytest.raises(Problem) as refused:
        desk.call(channel="pigeon", occurred_at=NOW + dt.timedelta(days=1))
    assert {"channel", "occurred_at"} <= set(refused.value.errors)
    with pytest.raises(Problem) as refused:
        desk.call(amount="a lot")
    assert "amount" in refused.value.errors
    assert not Complaint.objects.exists()


def test_who_is_complained_of_sees_nothing_of_it(desk: Desk) -> None:
    row = desk.call("chen", complained_of=[desk.cast.jiang.uid, desk.cast.fang.uid]).complaint

    def seen_by(name: str) -> bool:
        return Complaint.objects.visible_to(desk.actor(name)).filter(pk=row.pk).exists()

    assert CasePerson.objects.count() == 2
    assert seen_by("chen")
    assert seen_by("zhou")
    assert not seen_by("jiang")
    assert not seen_by("fang")  # not even the general manager
    assert not seen_by("lin")
    assert not seen_by("stranger")
    for name, sees in (("jiang", False), ("zhou", True)):
        assert bool(search.search(desk.actor(name), "C-2026-00001")) == sees


def test_an_agent_complained_of_does_not_become_the_handler(desk: Desk) -> None:
    assert desk.call("chen", complained_of=[desk.cast.chen.uid]).complaint.handler is None


def test_it_is_found_by_number_name_and_words(desk: Desk) -> None:
    desk.call(external=[("12315", "HZ-88")])
    for words in ("C-2026-00001", "高雅琴", "约定", "HZ"):
        assert search.search(desk.actor("chen"), words, kinds=["complaint"]), words
    assert not search.search(desk.actor("chen"), "发动机", kinds=["complaint"])


def test_further_messages_answers_and_corrections_join_the_thread(desk: Desk) -> None:
    got = desk.call()
    uid = got.complaint.case.uid
    desk.later(minutes=10)
    out = desk.act("chen", reply, case_uid=uid, text="我们已经登记，10 点前给您回电话。", channel="phone")
    now = desk.complaint(got.complaint)
    assert now.state == "acknowledged"
    assert now.first_answer_at == desk.now
    more, new = receive_message(
        actor=None, at=desk.now, case_uid=uid, channel="mail", text="补充：还有拖车费发票", key="<1@x>"
    )
    assert new
    assert receive_message(
        actor=None, at=desk.now, case_uid=uid, channel="mail", text="补充", key="<1@x>"
    ) == (more, False)
    fixed = desk.act("chen", correct, case_uid=uid, message_uid=got.message.uid, text="应为 10 月 9 日提车")
    assert fixed.corrects == got.message
    assert thread.text_of(got.message) == SAID
    assert [one.direction for one in got.complaint.case.messages.order_by("pk")] == [
        "in", "out", "in", "correction",
    ]  # fmt: skip
    assert out.author == desk.cast.chen
    assert search.search(desk.actor("chen"), "拖车费", kinds=["complaint"])
    assert search.search(desk.actor("chen"), "约定", kinds=["complaint"])


def test_a_message_brought_by_a_channel_is_handed_to_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Message] = []
    monkeypatch.setitem(thread.senders, "mail", lambda message, at: sent.append(message))
    uid = desk.call().complaint.case.uid
    out = desk.act("chen", reply, case_uid=uid, text="已收到，谢谢。", channel="mail")
    assert sent == [out]


def test_who_only_received_it_cannot_answer(desk: Desk) -> None:
    uid = desk.call("lin").complaint.case.uid
    with pytest.raises(Problem) as refused:
        desk.act("lin", reply, case_uid=uid, text="马上处理", channel="phone")
    assert refused.value.status == 403
    with pytest.raises(Problem) as refused:
        desk.act("xu", reply, case_uid=uid, text="马上处理", channel="phone")
    assert refused.value.status == 404


def test_who_speaks_for_others_is_kept_with_the_complaint(desk: Desk) -> None:
    speakers = [Representative(name="吴海涛", basis="speaker"), Representative(name="郑秋", basis="speaker")]
    row = desk.call(representatives=speakers, people=12).complaint
    assert row.people == 12
    told = thread.sealer_of(row.case).open(row.sealed)
    assert [one["name"] for one in told["representatives"]] == ["吴海涛", "郑秋"]
    with pytest.raises(Problem) as refused:
        desk.call(representatives=[Representative(name="x", basis="friend")])
    assert "representatives" in refused.value.errors


def test_erasing_the_customer_takes_the_words_and_leaves_the_proof(desk: Desk) -> None:
    got = desk.call()
    customer = got.complaint.case.customer
    assert customer is not None
    desk.act("zhou", erase, uid=customer.uid, confirm_number=customer.number, reason="asked")
    row = desk.complaint(got.complaint)
    assert row.masked_name == ""
    assert bytes(row.sealed) == b""
    assert thread.text_of(got.message) == ""
    entry = Entry.objects.get(subject_uid=row.case.uid, kind="complaint.received")
    assert personal.read(entry) is None
    assert not search.search(desk.actor("zhou"), "约定", kinds=["complaint"])
    with pytest.raises(Problem) as gone:
        desk.act("zhou", receive_message, case_uid=row.case.uid, channel="mail", text="again")
    assert gone.value.status in (403, 409)
