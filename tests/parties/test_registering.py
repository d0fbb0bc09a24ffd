"""Writing a customer: what is stored, that it is sealed, and that it is found again."""

from __future__ import annotations

import struct

import pytest
from django.db import connection, transaction
from pytest_django import DjangoAssertNumQueries

from dingfen.matching import Record, features
from dingfen.parties import index, queries, sealing, weights
from dingfen.parties.details import Details, check
from dingfen.parties.models import Customer, Identifier, MatchKey, SubjectKey
from dingfen.parties.registering import NewParty, register_parties, register_party
from dingfen.problems import Problem
from tests.cast import NOW, Cast
from tests.parties.conftest import Make


def test_a_customer_is_numbered_masked_and_sealed(make: Make) -> None:
    first, second = make("温思远", "136 1234 5678", profile={"need": "七座车"}), make("欧阳静怡")
    assert (first.number, second.number) == ("K-000001", "K-000002")
    assert (first.masked_name, first.masked_phone) == ("温**", "136****5678")
    assert second.masked_name == "欧阳**"
    assert queries.known(first) == {"name": "温思远", "need": "七座车"}
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed FROM parties_customer UNION ALL SELECT sealed FROM parties_identifier")
        stored = b"".join(bytes(row[0]) for row in cursor.fetchall())
    assert "温思远".encode() not in stored
    assert b"13612345678" not in stored


def test_numbers_begin_anew_in_each_company(cast: Cast, make: Make) -> None:
    make("温思远")
    assert make("温思远", unit=cast.other_company, by="stranger").number == "K-000001"


def test_without_its_key_nothing_opens_and_a_foreign_key_opens_nothing(make: Make) -> None:
    one, two = make("温思远"), make("邵庭")
    sealer = sealing.sealer(two.uid)
    assert sealer is not None
    with pytest.raises(sealing.Unreadable):
        sealer.open(one.sealed)
    SubjectKey.objects.filter(subject_uid=one.uid).delete()
    assert queries.known(one) == {}
    assert queries.names([one, two]) == {one.pk: one.masked_name, two.pk: "邵庭"}


def test_registering_takes_few_statements(
    cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    details = Details(name="温思远", phones=("13612345678", "0571-87654321"), plates=("浙A12345",))
    read = check(details)  # six inserts, and the savepoint of the test
    with django_assert_max_num_queries(8), transaction.atomic():
        register_party(unit=cast.east, details=details, at=NOW, read=read)


def test_it_is_written_only_inside_the_transaction_of_what_registers_it(
    cast: Cast, transactional_db: None
) -> None:
    with pytest.raises(RuntimeError):
        register_party(unit=cast.east, details=Details(name="温思远"), at=NOW)


def test_many_at_once_are_the_same_as_one_by_one(cast: Cast) -> None:
    new = [
        NewParty(unit=cast.east, details=Details(name=f"客户{n}", phones=(f"1361234{n:04d}",)))
        for n in range(300)
    ]
    with transaction.atomic():
        made = register_parties(new, at=NOW)
    assert [row.number for row in made] == [f"K-{n:06d}" for n in range(1, 301)]
    assert queries.names(made)[made[299].pk] == "客户299"
    row = Identifier.objects.select_related("customer").get(customer=made[7])
    assert row.customer.number == "K-000008"
    (found,) = queries.candidates(cast.company.pk, Record(phones=("13612340007",)))
    assert found.customer_id == made[7].pk


@pytest.mark.parametrize(
    ("details", "field", "code"),
    [
        (Details(name=""), "name", "required"),
        (Details(name="温" * 81), "name", "too_long"),
        (Details(name="温思远", phones=("1361234567",)), "phones", "phone.mobile_length"),
        (Details(name="温思远", plates=("浙12",)), "plates", "plate.form"),
        (Details(name="温思远", grade="Z"), "grade", "invalid"),
        (Details(name="温思远", profile={"shoe": "42"}), "profile.shoe", "invalid"),
    ],
)
def test_faults_of_input_are_told_by_field(details: Details, field: str, code: str) -> None:
    with pytest.raises(Problem) as caught:
        check(details)
    assert caught.value.errors[field][0][0] == code


def test_candidates_are_found_in_any_dress_and_never_in_another_company(cast: Cast, make: Make) -> None:
    known = make("温思远", "13612345678", plates=("浙A·12345",))
    make("温思远", "13612345678", unit=cast.other_company, by="stranger")
    for record in (
        Record(phones=("+86 136-1234-5678",)),
        Record(name="温总", phones=("１３６１２３４５６７８",)),
        Record(name="文斯远", plates=("浙a 12345",)),
        Record(name="温思远", phones=("13612345679",)),
    ):
        (found,) = queries.candidates(cast.company.pk, record)
        assert found.customer_id == known.pk
    assert queries.candidates(cast.company.pk, Record(name="邵庭", phones=("13900001111",))) == []
    assert queries.candidates(cast.company.pk, Record()) == []


def test_the_surest_candidate_comes_first(cast: Cast, make: Make) -> None:
    alike, same = make("温思远", "13900001111"), make("温思远", "13612345678")
    found = queries.candidates(cast.company.pk, Record(name="温思远", phones=("13612345678",)))
    assert [one.customer_id for one in found][:1] == [same.pk]
    assert all(one.customer_id != alike.pk or one.match.answer == "possible" for one in found)


def test_voided_and_erased_rows_are_no_candidates(cast: Cast, make: Make) -> None:
    known = make("温思远", "13612345678")
    Customer.objects.filter(pk=known.pk).update(voided_at=NOW)
    assert queries.candidates(cast.company.pk, Record(phones=("13612345678",))) == []
    Customer.objects.filter(pk=known.pk).update(features="", voided_at=None)
    assert queries.candidates(cast.company.pk, Record(phones=("13612345678",))) == []


def _found_under(pk: int) -> set[int]:
    return set(MatchKey.objects.filter(customer_id=pk).values_list("key", flat=True))


def _kept_beside(pk: int) -> list[int]:
    keyed, tailed = Customer.objects.values_list("keyed", "tailed").get(pk=pk)
    return list(struct.unpack(f"<{(len(keyed) + len(tailed)) // 8}q", bytes(keyed) + bytes(tailed)))


def test_what_a_customer_is_stored_under_stands_beside_it(make: Make) -> None:
    one, other = make("温思远", "13612345678", "0571-87654321"), make("邵庭", "13612345678")
    before, stays = _found_under(one.pk), _found_under(other.pk)
    assert sorted(_kept_beside(one.pk)) == sorted(before)
    changed = features(Record(name="温思源", phones=("13700001111",)))
    index.replace(one.company_id, one.pk, changed)
    after = _found_under(one.pk)
    assert sorted(_kept_beside(one.pk)) == sorted(after)
    assert len(after - before) >= 4  # its number, both halves, its last four digits
    assert not after & stays
    asked = features(Record(tails=("1111",)))
    assert [found.id for found in index.fetch(one.company_id, asked)] == [one.pk]
    index.remove(one.pk)
    assert not index.fetch(one.company_id, asked)
    assert not _found_under(one.pk)
    assert _found_under(other.pk) == stays


def test_a_base_is_as_large_as_its_own_company(cast: Cast, make: Make) -> None:
    make("温思远")
    make("邵庭", unit=cast.other_company, by="stranger")
    make("欧阳静怡")
    assert weights._customers(cast.company.pk) == 2
    assert weights._customers(cast.other_company.pk) == 1
    assert weights._customers(0) == 0
