"""Groups of possible matches: settled by people, taken back, accepted in bulk; relations proposed beside them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from dingfen.accounts.actor import Actor, system_actor
from dingfen.matching import from_json, to_json
from dingfen.ownership.matches import bulk, jobs, queries, running, settling
from dingfen.ownership.matches.rows import MatchDecision, MatchJob, MatchReview
from dingfen.ownership.matches.sweep import Found, sweep
from dingfen.ownership.models import Dispute, Registration
from dingfen.parties.actions import add_customer
from dingfen.parties.details import Details
from dingfen.parties.models import Customer, Merge, Relation
from dingfen.problems import Problem
from dingfen.register.models import Entry
from tests.ownership.conftest import House

State = MatchReview.State


def search(house: House) -> Found:
    return sweep(actor=system_actor(house.cast.company), at=house.now, unit=house.cast.company)


def add(house: House, name: str, phone: str, **more: Any) -> Customer:
    """A customer nobody holds, entered in spite of what it looks like."""
    details = Details(name=name, phones=(phone,) if phone else (), **more)
    return add_customer(
        actor=system_actor(house.cast.company), at=house.now, unit=house.cast.site, details=details,
        confirm_possible=True,
    )  # fmt: skip


def triple(house: House) -> list[Customer]:
    """Three records of one person, with one digit wrong from one to the next."""
    return [add(house, "欧阳静怡", f"1381234204{n}") for n in (6, 7, 8)]


def admin(house: House) -> Actor:
    return house.cast.actor("admin", house.now)


def settle(house: House, group: object, answer: str, members: list[Customer], **more: Any) -> MatchDecision:
    uids = [one.uid for one in members]
    return settling.settle(
        actor=admin(house),
        at=house.now,
        group=str(group),
        answer=answer,
        members=uids,
        reason="重复建档",
        **more,
    )


def group_of(house: House) -> Any:
    found = queries.next_group(admin(house))
    assert found is not None
    return found


def test_three_records_of_one_person_are_merged_together_and_come_back(dealer: House) -> None:
    first, second, third = triple(dealer)
    found = search(dealer)
    assert (found.pairs, found.groups, found.reviews) == (3, 1, 3)
    uid = group_of(dealer)
    seen = queries.group(admin(dealer), uid)
    assert [one.customer for one in seen.members] == [first, second, third]
    assert len(seen.edges) == 3
    made = settle(dealer, uid, "same", [first, second, third], kept=second.uid)
    assert set(Customer.objects.filter(merged_into=second)) == {first, third}
    assert not MatchReview.objects.exclude(state=State.SAME).exists()
    assert made.reviews.count() == 3
    assert queries.group(admin(dealer), uid).settled
    assert search(dealer).pairs == 0
    settling.undo(actor=admin(dealer), at=dealer.now, decision=made.uid)
    assert not Customer.objects.exclude(merged_into=None).exists()
    assert MatchReview.objects.filter(state=State.OPEN).count() == 3
    with pytest.raises(Problem) as again:
        settling.undo(actor=admin(dealer), at=dealer.now, decision=made.uid)
    assert again.value.code == "match.undone"


def test_what_was_said_not_to_be_one_stays_apart(dealer: House) -> None:
    first, second, third = triple(dealer)
    search(dealer)
    uid = group_of(dealer)
    apart = settle(dealer, uid, "other", [first, third])
    assert Entry.objects.filter(kind="match.not_same").count() == 1
    with pytest.raises(Problem) as refused:
        settle(dealer, uid, "same", [first, second, third])
    assert refused.value.code == "match.apart"
    merged = settle(dealer, uid, "same", [first, second])
    assert merged.merges.get().kept == first
    search(dealer)  # the third is not proposed for the one that stands for both
    assert not MatchReview.objects.filter(state=State.OPEN, other=first, customer=third).exists()
    settling.undo(actor=admin(dealer), at=dealer.now, decision=apart.uid)
    assert Entry.objects.filter(kind="match.asked_again").count() == 1
    assert MatchReview.objects.get(decision=apart).state == State.OPEN


def test_what_was_said_of_a_record_holds_for_the_one_it_counts_as(dealer: House) -> None:
    first, second, third = triple(dealer)
    search(dealer)
    uid = group_of(dealer)
    settle(dealer, uid, "other", [second, third])
    settle(dealer, uid, "same", [first, second])
    with pytest.raises(Problem) as refused:
        settle(dealer, uid, "same", [first, third])
    assert refused.value.code == "match.apart"


def test_two_that_came_to_count_as_one_elsewhere_are_asked_about_no_more(dealer: House) -> None:
    first, second, third = triple(dealer)
    search(dealer)
    for gone in (second, third):  # on their cards
        dealer.now = dealer.later(hours=1)
        merge = dealer.act(
            "admin", "merge_customers", kept_uid=first.uid, gone_uid=gone.uid, reason="重复建档"
        )
    assert not MatchReview.objects.filter(state=State.OPEN).exists()
    dealer.act("admin", "undo_merge", merge_uid=merge.uid)
    assert set(MatchReview.objects.filter(state=State.OPEN).values_list("customer", flat=True)) == {third.pk}


def test_an_answer_needs_two_records_of_the_group_and_the_right(dealer: House) -> None:
    first, second, _ = triple(dealer)
    stranger = add(dealer, "苏未央", "13500001111")
    search(dealer)
    uid = group_of(dealer)
    for members, code in (([first], "match.two"), ([first, stranger], "match.members")):
        with pytest.raises(Problem) as refused:
            settle(dealer, uid, "same", members)
        assert refused.value.errors["members"][0][0] == code
    with pytest.raises(Problem) as unseen:
        settling.settle(
            actor=dealer.cast.actor("lin", dealer.now), at=dealer.now, group=uid, answer="same",
            members=[first.uid, second.uid], reason="重复建档",
        )  # fmt: skip
    assert unseen.value.status == 404
    assert not Merge.objects.exists()


def test_holds_of_two_people_meet_in_a_dispute_and_part_again(dealer: House) -> None:
    dealer.register("lin", name="欧阳静怡", phone="13812342046")
    dealer.later(hours=1)
    held = dealer.register("xu", name="欧阳静怡", phone="13812342047", confirm_possible=True)
    search(dealer)
    uid = group_of(dealer)
    assert queries.group(admin(dealer), uid).holders == 2
    assert bulk.preview(admin(dealer), bulk.LEAST).held_twice + bulk.preview(admin(dealer), 80).below == 1
    made = settle(dealer, uid, "same", [one.customer for one in queries.group(admin(dealer), uid).members])
    assert Dispute.objects.count() == 1
    settling.undo(actor=admin(dealer), at=dealer.now, decision=made.uid)
    assert Registration.objects.get(pk=held.pk).state == "held"


def test_a_household_and_a_group_of_firms_are_proposed_as_relations(dealer: House) -> None:
    home = {"profile": {"address": "杭州市西湖区文三路18号2幢301室"}}
    one, other = (
        add(dealer, "欧阳静怡", "13812342046", **home),
        add(dealer, "欧阳书瑶", "13500001111", **home),
    )
    add(dealer, "苏未央", "13700001111")
    found = search(dealer)
    assert (found.relations, found.reviews) == (1, 1)
    assert search(dealer).reviews == 0
    review = MatchReview.objects.get()
    assert (review.kind, review.reasons[0]) == ("household", "address.same")
    with pytest.raises(Problem) as merging:  # as the list of matches would, for many rows at once
        dealer.act("admin", "same", review_uid=review.uid, reason="重复建档")
    assert merging.value.code == "match.only_related"
    made = settling.settle(
        actor=system_actor(dealer.cast.company),
        at=dealer.now, group=review.group, answer="related", members=[one.uid, other.uid],
    )  # fmt: skip
    assert Relation.objects.get().kind == "household"
    assert search(dealer).reviews == 0
    settling.undo(actor=system_actor(dealer.cast.company), at=dealer.now, decision=made.uid)
    assert Relation.objects.get().void_reason
    review.refresh_from_db()
    assert review.state == State.OPEN


def test_many_are_accepted_above_a_threshold_by_the_worker_and_taken_back(
    dealer: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    pairs = [[add(dealer, name, ""), add(dealer, name, "")] for name in ("欧阳静怡", "魏子墨", "苏未央")]
    for place, pair in enumerate(pairs):
        MatchReview.objects.create(
            customer=pair[1],
            other=pair[0],
            sure=(99, 96, 81)[place],
            reasons=["name.same"],
            opened_at=dealer.now,
        )
    seen = bulk.preview(admin(dealer), 95)
    assert (len(seen.groups), seen.records, seen.below) == (2, 2, 1)
    job = jobs.accept(actor=admin(dealer), at=dealer.now, least=95, reason="重复建档")
    with pytest.raises(Problem) as busy:
        jobs.start(actor=admin(dealer), at=dealer.now, kind="sweep")
    assert busy.value.code == "match.job_running"
    inside: list[bool] = []

    def accept(one: Any, at: Any) -> bool:  # while a step is at work, another worker finds nothing to do
        inside.append(running.run_one(at))
        return accepted(one, at)

    accepted = running._accept
    monkeypatch.setattr(running, "_accept", accept)
    assert running.run_one(dealer.now)  # one step, as the worker does
    assert inside == [False]
    monkeypatch.undo()
    job = running.run_to_end(job, dealer.now)
    assert (job.state, job.done) == ("done", 2)
    assert Merge.objects.filter(undone_at=None).count() == 2
    assert job.decision is not None
    back = running.run_to_end(
        jobs.undo_many(actor=admin(dealer), at=dealer.now, decision=job.decision.uid), dealer.now
    )
    assert (back.state, back.done) == ("done", 2)
    assert not Merge.objects.filter(undone_at=None).exists()
    assert MatchReview.objects.filter(state=State.OPEN).count() == 3
    with pytest.raises(Problem) as nothing:
        jobs.accept(actor=admin(dealer), at=dealer.now, least=100, reason="重复建档")
    assert nothing.value.code == "match.nothing"


def test_work_can_be_stopped_and_goes_on_where_it_was(dealer: House, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        add(dealer, "欧阳静怡", f"1381234{number}046")
    for row in Customer.objects.all():
        row.features = to_json(from_json(row.features)._replace(version=1))
        row.save()
    monkeypatch.setattr("dingfen.parties.reindexing.BATCH", 2)
    job = jobs.start(actor=admin(dealer), at=dealer.now, kind="index")
    running.step(job, dealer.now)
    job.refresh_from_db()
    assert (job.done, job.total, job.state) == (2, 5, "running")
    jobs.stop(actor=admin(dealer), at=dealer.now, job=job.uid)
    running.step(job, dealer.now)
    job.refresh_from_db()
    assert (job.done, job.state) == (2, "stopped")
    again = running.run_to_end(jobs.start(actor=admin(dealer), at=dealer.now, kind="index"), dealer.now)
    assert (again.done, again.report) == (5, {"changed": 3})


def test_a_search_that_was_stopped_leaves_off_and_one_that_died_is_begun_again(dealer: House) -> None:
    triple(dealer)
    job = jobs.start(actor=admin(dealer), at=dealer.now, kind="sweep")
    jobs.stop(actor=admin(dealer), at=dealer.now, job=job.uid)
    running.work(job, lambda: dealer.now)
    assert not MatchReview.objects.exists()
    job = jobs.start(actor=admin(dealer), at=dealer.now, kind="sweep")
    MatchJob.objects.update(report={"tries": running.TRIES})
    assert not running.run_one(dealer.now)
    job.refresh_from_db()
    assert (job.state, job.report) == ("failed", {"code": "match.died"})
    job = running.run_to_end(jobs.start(actor=admin(dealer), at=dealer.now, kind="sweep"), dealer.now)
    assert (job.state, job.report["reviews"]) == ("done", 3)
    assert job.done == job.total > 0


def test_a_step_that_fails_ends_its_work_and_keeps_nobody_waiting(
    dealer: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = jobs.start(actor=admin(dealer), at=dealer.now, kind="index")

    def broken(*args: object, **more: object) -> None:
        raise KeyError("features")

    monkeypatch.setattr(running, "rebuild_some", broken)
    running.run_one(dealer.now)
    job.refresh_from_db()
    assert (job.state, job.report) == ("failed", {"code": "match.failed"})


def test_the_pages_go_from_group_to_group(dealer: House, client: Client) -> None:
    first, second, third = triple(dealer)
    search(dealer)
    client.force_login(dealer.cast.admin)
    uid = group_of(dealer)
    assert client.get("/matches/next/").headers["Location"] == f"/matches/groups/{uid}/"
    page = client.get(f"/matches/groups/{uid}/").content.decode()
    assert all(one.number in page for one in (first, second, third))
    assert "欧阳静怡" not in page
    wrong = client.post(
        f"/matches/groups/{uid}/settle/", {"answer": "same", "member": [first.uid], "reason": "重复"}
    )
    assert wrong.status_code == 422
    assert "至少选择两条" in wrong.content.decode()
    done = client.post(
        f"/matches/groups/{uid}/settle/",
        {"answer": "same", "member": [first.uid, second.uid], "kept": third.uid, "reason": "重复建档"},
        follow=True,
    )
    made = MatchDecision.objects.get()
    assert f"/matches/decisions/{made.uid}/undo/" in done.content.decode()
    assert client.post(f"/matches/decisions/{made.uid}/undo/").status_code == 302
    assert not Merge.objects.filter(undone_at=None).exists()
    assert client.get("/matches/many/?least=80").status_code == 200
    apart = {"answer": "other", "member": [one.uid for one in (first, second, third)]}
    assert client.post(f"/matches/groups/{uid}/settle/", apart).status_code == 302
    assert f"/matches/groups/{uid}/" in client.get("/matches/?state=other").content.decode()
    taken = f"/matches/decisions/{MatchDecision.objects.latest('pk').uid}/undo/"
    assert (
        taken in client.get(f"/matches/groups/{uid}/").content.decode()
    )  # also long after the toast has gone
    assert client.post(taken).status_code == 302
    assert taken not in client.get(f"/matches/groups/{uid}/").content.decode()
    client.force_login(dealer.cast.lin)
    assert client.get(f"/matches/groups/{uid}/").status_code == 403


def test_one_by_one_counts_as_a_judgement_and_bulk_does_not(dealer: House) -> None:
    first, second, _ = triple(dealer)
    search(dealer)
    settle(dealer, group_of(dealer), "same", [first, second])
    assert [one.same for one in queries.people_judged(dealer.cast.company.pk)] == [True]
    MatchDecision.objects.update(answer="bulk")
    assert queries.people_judged(dealer.cast.company.pk) == []
