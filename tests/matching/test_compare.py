"""Comparing two records: symmetric, never less sure for one more field that agrees, right on plain cases."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dingfen.matching import MODEL, Record, alike, compare, features, from_json, keys, normalise, to_json
from dingfen.matching.comparing import one_edit_apart
from dingfen.matching.identifiers import credit_check_character
from dingfen.matching.model import for_base

people = st.sampled_from(["", "张伟", "张总", "章维", "李芳", "Zhang Wei", "欧阳静怡", "王先生"])
firms = st.sampled_from(
    ["", "杭州青禾科技有限公司", "青禾", "北京青禾科技有限公司", "清河科技", "Green Crop Ltd", "青禾贸易"]
)
phones = st.sampled_from(["", "13612345678", "13612345679", "13900001111", "0571-87654321"])
plates = st.sampled_from(["", "浙A12345", "浙AD12345"])
mails = st.sampled_from(["", "lin@example.com", "info@example.com"])
records = st.builds(
    lambda kind, name, company, phone, plate, mail: Record(
        kind=kind, name=name, company=company, phones=(phone,), plates=(plate,), emails=(mail,)
    ),
    st.sampled_from(["person", "company"]),
    people,
    firms,
    phones,
    plates,
    mails,
)
AGREEING = {
    "phones": ("13777778888",),
    "emails": ("wei@example.org",),
    "wechats": ("wei_2020",),
    "plates": ("沪B98765",),
    "vins": ("LSVAA49J132047371",),
}


@given(records, records)
def test_the_order_of_the_two_does_not_matter(a: Record, b: Record) -> None:
    assert compare(a, b) == compare(b, a)


@given(records, records, st.sampled_from(sorted(AGREEING)))
def test_one_more_field_that_agrees_never_makes_it_less_sure(a: Record, b: Record, name: str) -> None:
    more_a, more_b = (replace(record, **{name: getattr(record, name) + AGREEING[name]}) for record in (a, b))
    for model in (MODEL, for_base(MODEL, 10**8)):
        assert compare(more_a, more_b, model).sure >= compare(a, b, model).sure


@given(records, st.lists(records, max_size=6), st.booleans())
def test_one_against_many_is_one_by_one(asked: Record, stored: list[Record], namesakes: bool) -> None:
    found = dict(alike(features(asked), [features(one) for one in stored], namesakes=namesakes))
    each = [compare(asked, one, namesakes=namesakes) for one in stored]
    assert found == {place: match for place, match in enumerate(each) if match.answer != "none"}


@given(records)
def test_a_record_never_speaks_against_itself(record: Record) -> None:
    assert all(reason.weight >= 0 for reason in compare(record, record).reasons)


@given(records, records)
def test_at_most_four_reasons_strongest_first(a: Record, b: Record) -> None:
    weights = [abs(reason.weight) for reason in compare(a, b).reasons]
    assert weights == sorted(weights, reverse=True)
    assert len(weights) <= 4
    assert all(MODEL.weights[reason.code] == reason.weight for reason in compare(a, b).reasons)


@given(records, records)
def test_who_shares_no_key_would_not_be_called_the_same(a: Record, b: Record) -> None:
    shared = {key[:2] for key in keys(a)} & {key[:2] for key in keys(b)}
    assert shared or compare(a, b).answer != "same"


@given(records)
def test_features_survive_storage(record: Record) -> None:
    stored = features(record)
    assert from_json(to_json(stored)) == stored
    assert features(stored) is stored


def test_features_stored_in_the_earlier_form_are_still_read() -> None:
    text = (
        '{"kind": "company", "mobiles": ["+8613612345678"], "version": 2, "company": {"whole": "杭州青禾科技", '
        '"core": "青禾", "places": ["杭州"], "trade": "科技", "sound": "qinhe"}, "place": {"city": "杭州"}}'
    )
    read = from_json(text)
    assert (read.company.places, read.mobiles, read.place.city) == (("杭州",), ("+8613612345678",), "杭州")
    assert from_json(to_json(read)) == read


@pytest.mark.parametrize(
    ("a", "b", "answer", "reasons"),
    [
        # one mobile: alone, with a title only, with a name that contradicts
        ({"phones": ("13612345678",)}, {"phones": ("+86 136-1234-5678",)}, "same", ["mobile.same"]),
        (
            {"name": "张总", "phones": ("13612345678",)},
            {"name": "张伟", "phones": ("13612345678",)},
            "same",
            ["mobile.same", "name.surname"],
        ),
        (
            {"name": "李芳", "phones": ("13612345678",)},
            {"name": "张伟", "phones": ("13612345678",)},
            "possible",
            ["mobile.same", "name.differs"],
        ),
        (
            {"name": "张伟", "plates": ("浙A12345",)},
            {"name": "章维", "plates": ("浙A·12345",)},
            "possible",
            ["plate.same", "name.sounds"],
        ),
        # one wrong digit and the same name
        (
            {"name": "欧阳静怡", "phones": ("13612345678",)},
            {"name": "欧阳静怡", "phones": ("13612345679",)},
            "possible",
            ["name.same", "mobile.near"],
        ),
        # a name alone never decides, a common one does not even ask
        ({"name": "欧阳静怡"}, {"name": "欧阳静怡"}, "possible", ["name.same"]),
        ({"name": "张伟"}, {"name": "张伟"}, "none", ["name.same_common"]),
        # a switchboard is shared, a firm's mailbox says nothing
        (
            {"name": "张伟", "phones": ("0571-87654321",)},
            {"name": "李芳", "phones": ("0571-87654321",)},
            "none",
            ["landline.same", "name.differs"],
        ),
        ({"emails": ("info@example.com",)}, {"emails": ("info@example.com",)}, "none", ["email.shared"]),
    ],
)
def test_persons(
    a: dict[str, tuple[str, ...]], b: dict[str, tuple[str, ...]], answer: str, reasons: list[str]
) -> None:
    match = compare(Record(**a), Record(**b))  # type: ignore[arg-type]
    assert (match.answer, [reason.code for reason in match.reasons]) == (answer, reasons)


@pytest.mark.parametrize(
    ("a", "b", "answer", "reason"),
    [
        ("杭州青禾科技有限公司", "青禾科技（杭州）有限公司", "same", "company.same"),
        ("Green Crop Inc.", "green crop", "same", "company.same"),
        ("杭州青禾科技有限公司", "青禾", "possible", "company.short"),
        ("杭州青禾科技有限公司", "北京青禾科技有限公司", "none", "company.other_place"),
        ("浙江青禾科技有限公司", "杭州青禾科技有限公司", "possible", "company.short"),
        ("杭州青禾科技有限公司", "杭州青禾贸易有限公司", "none", "company.other_trade"),
        ("杭州青禾科技有限公司", "杭州清河科技有限公司", "none", "company.sounds"),
        ("杭州青禾科技有限公司", "杭州远山科技有限公司", "none", "company.differs"),
    ],
)
def test_companies(a: str, b: str, answer: str, reason: str) -> None:
    match = compare(Record(kind="company", company=a), Record(kind="company", company=b))
    assert (match.answer, match.reasons[0].code) == (answer, reason)


def test_a_different_credit_code_all_but_rules_it_out() -> None:
    codes = [body + credit_check_character(body) for body in ("91330106MA2B3C4D5", "91330106MA2B3C4D6")]
    a, b = (Record(kind="company", company="青禾", credit_codes=(code,)) for code in codes)
    match = compare(a, b)
    assert (match.answer, match.reasons[0].code) == ("none", "credit_code.differs")


def test_what_cannot_be_read_is_told_by_field_and_left_out() -> None:
    read = normalise(Record(phones=("1361234567", "13612345678"), plates=("12345",)))
    assert read.features.mobiles == ("+8613612345678",)
    assert {name: [slip.code for slip in slips] for name, slips in read.slips.items()} == {
        "phones": ["phone.mobile_length"],
        "plates": ["plate.form"],
    }


def test_a_wechat_name_that_is_a_mobile_counts_as_the_mobile() -> None:
    assert compare(Record(wechats=("13612345678",)), Record(phones=("13612345678",))).answer == "same"


def test_strong_keys_are_those_of_one_customer() -> None:
    found = keys(Record(name="张伟", phones=("13612345678", "0571-87654321"), company="青禾"))
    assert {key.kind for key in found if key.strong} == {"mobile", "landline"}
    assert {key.kind for key in keys(Record(kind="company", company="青禾")) if key.strong} == {"company"}


def edits(word: str) -> set[str]:
    """Everything one edit away, the slow way, over a small alphabet."""
    cuts = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    return (
        {a + b[1:] for a, b in cuts if b}
        | {a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1}
        | {a + c + b[1:] for a, b in cuts if b for c in "abc"}
        | {a + c + b for a, b in cuts for c in "abc"}
    ) - {word}


@given(st.text("abc", max_size=6), st.text("abc", max_size=6))
def test_one_edit_is_what_the_slow_way_says(a: str, b: str) -> None:
    assert one_edit_apart(a, b) == (b in edits(a))


def test_a_short_name_that_many_bear_is_never_free() -> None:
    """Two characters and a common surname: held by somebody, the desk must not read that nobody holds it."""
    held = Record(name="何卿", phones=("13700112233",))
    assert compare(Record(name="何卿"), held, namesakes=True).answer == "possible"
    assert compare(Record(name="何卿", phones=("13655667788",)), held, namesakes=True).answer == "none"


def test_in_a_large_base_agreement_without_an_identifier_says_less() -> None:
    large = for_base(MODEL, 16_000_000)
    assert (large.crowd, for_base(MODEL, 10**6)) == (4.0, MODEL)
    home = "杭州市滨江区江南大道1号"
    name, phone = (Record(name="欧阳静怡", address=home, phones=phones) for phones in ((), ("13800138000",)))
    assert compare(name, name, large).sure < compare(name, name).sure
    assert compare(phone, phone, large) == compare(phone, phone)
