"""Values of a rule book changed by form: the source keeps its comments and order, errors stand at their field."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.http import QueryDict
from django.template.loader import render_to_string
from django.test import Client
from django.utils.http import urlencode
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.cast import NOW, Cast

from dingfen.engine.choice_texts import CHOICE_TEXTS, words_of
from dingfen.engine.keys import models
from dingfen.engine.load import load_pack, read_files
from dingfen.engine.names import BASIC_ROLES
from dingfen.engine.rewriting import NotRewritable, rewritten
from dingfen.engine.sources import Source, read_yaml
from dingfen.engine.values import _fields, _kind, groups, sections
from dingfen.packs import SHIPPED, pack_files
from dingfen.policies import editing
from dingfen.policies.models import PolicySource
from dingfen.policies.valuing import Faults, change_values, same
from dingfen.problems import Problem
from dingfen.web.policies.value_fields import shown, typed

TEXT = """# head
ownership:   # the topic
  pool:
    take_per_day: 10   # a day
    # who lost it waits
    cool_down: {length: 7 days, counting: inclusive, start_day: out}
    article: OWN-21
  kinds:
    - call
    - visit   # face to face
  steps: [{kind: fine, amount: 100 CNY}, {kind: dismissal}]
"""


def _data(text: str) -> Any:
    return read_yaml("x", text, Source())[0]


def test_only_what_changes_is_touched() -> None:
    path = ("ownership", "pool", "take_per_day")
    assert rewritten(TEXT, {path: 10}) == TEXT
    changed = rewritten(TEXT, {path: 12, ("ownership", "pool", "cool_down", "length"): "3 working days"})
    assert changed == TEXT.replace("10  ", "12  ").replace("length: 7 days", "length: 3 working days")
    added = rewritten(TEXT, {("ownership", "pool", "holding_limit"): 5})
    assert added == TEXT.replace("    article", "    holding_limit: 5\n    article")
    without = rewritten(TEXT, {path: None})
    assert without == TEXT.replace("    take_per_day: 10   # a day\n", "").replace("pool:\n", "pool:\n")
    listed = rewritten(TEXT, {("ownership", "kinds"): ["visit", "call", "meeting"]})
    assert "    - visit\n    - call\n    - meeting   # face to face\n" in listed
    inline = rewritten(
        TEXT, {("ownership", "steps", 0, "amount"): None, ("ownership", "steps", 1, "lasts"): "1 day"}
    )
    assert "steps: [{kind: fine}, {kind: dismissal, lasts: 1 day}]" in inline
    for path in (("ownership", "nothing", "x"), ("ownership", "kinds", 0, "x")):
        with pytest.raises((NotRewritable, KeyError, TypeError)):
            rewritten(TEXT, {path: 1})


@settings(max_examples=15, deadline=None)
@given(st.data())
def test_a_rewritten_file_says_exactly_what_was_asked(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(["auto-dealer", "media-sales", "special-period"]))
    file = data.draw(st.sampled_from(sorted(each for each in pack_files(name) if each != "articles.yaml")))
    text = pack_files(name)[file]
    paths = [
        value.path
        for value in _values(read_files(pack_files(name))[0].data)
        if (value.path[0] + ".yaml") == file
    ]
    if not paths:
        return
    path = data.draw(st.sampled_from(paths))
    value = data.draw(
        st.one_of(st.integers(0, 99), st.sampled_from(["a: b", "3 days", "#1", "- x", "null", "x'y\"z"]))
    )
    made = _data(rewritten(text, {path: value}))
    here = made
    for step in path:
        here = here[step]
    assert here == value
    comments = [line for line in text.splitlines() if line.lstrip().startswith("#")]
    assert [
        line for line in rewritten(text, {path: value}).splitlines() if line.lstrip().startswith("#")
    ] == comments


def _values(data: Any) -> list[Any]:
    return [
        value
        for topic, keys in sections(data).items()
        for key in keys
        for group in groups(data, topic, key)
        for value in group.values
    ]


def test_every_value_has_a_form_its_words_and_says_what_the_file_says() -> None:
    for name in SHIPPED:
        data = read_files(pack_files(name))[0].data
        for value in _values(data):
            here = data
            for step in value.path[:-1]:
                here = here[step]
            assert here.get(value.key) == value.written, value.path
            assert all(value.title)
    for model in models():
        for key, _, annotation in _fields(model):
            found = _kind(annotation, {})
            for choice in found[1].get("choices", ()) if found else ():
                assert all(words_of(key, choice)), (model.__name__, key, choice)
    assert set(BASIC_ROLES) <= set(CHOICE_TEXTS)


def test_a_policy_owner_changes_values_without_knowing_the_language(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.tang)
    client.post("/policies/sources/begin/", {"shipped": "auto-dealer"})
    source = PolicySource.objects.get()
    source.files = {name: text for name, text in source.files.items() if not name.startswith("scenarios/")}
    source.save()  # what they lead to is tried elsewhere; here every page would run them
    path = f"/policies/sources/{source.uid}/values/?topic=ownership&section=protection"
    page = client.get(path).content.decode()
    assert "跟进频率" in page and "grade == &quot;H&quot;" in page and "OWN-7" in page
    posted = _posted(page)
    key = "ownership.protection.lapse.0.after"
    assert (posted[f"{key}.amount"], posted[f"{key}.unit"]) == ("5", "days")

    unchanged = client.post(path, posted | {"do": "show"}).content.decode()
    assert 'id="changes"' not in unchanged  # what the page holds says what the file says

    first = client.post(path, posted | {f"{key}.amount": "7", "do": "save"}).content.decode()
    assert (
        'id="changes"' in first and "<del>5 日" in first and "<ins>7 日" in first
    )  # shown before it is kept
    source.refresh_from_db()
    before = source.files["ownership.yaml"]
    assert source.version == 1
    other = client.post(path, _posted(first) | {f"{key}.amount": "9", "do": "save"}).content.decode()
    assert "<ins>9 日" in other  # typed after it was shown: shown first
    saved = client.post(path, _posted(other) | {"do": "save"})
    assert saved.status_code == 302
    source.refresh_from_db()
    assert source.files["ownership.yaml"] == before.replace(
        "after: {length: 5 days", "after: {length: 9 days", 1
    )

    stale = client.post(path, _posted(other) | {f"{key}.amount": "4", "do": "save", "version": "1"})
    shown = _posted(stale.content.decode())
    assert client.post(path, shown | {"do": "save", "version": "1"}).status_code == 409
    wrong = client.post(
        path,
        _posted(page) | {f"{key}.roll": "", "ownership.protection.warn_before.amount": "x", "do": "show"},
    )
    text = wrong.content.decode()
    assert wrong.status_code == 422 and "请说明这些日子怎么算" in text and "请填写数字" in text
    assert f'id="e-{key}"' in text


def _posted(page: str) -> dict[str, Any]:
    """What a browser would send of the form on this page."""
    form = page[page.index('id="values"') :]
    form = form[: form.index("</form>")]
    sent: dict[str, Any] = {}
    for tag in re.finditer(r"<input[^>]*>|<select.*?</select>|<textarea.*?</textarea>", form, re.DOTALL):
        text = tag[0]
        name = re.search(r'name="([^"]+)"', text)
        assert name, text
        if text.startswith("<select"):
            chosen = re.search(r'<option value="([^"]*)" selected', text) or re.search(
                r'<option value="([^"]*)"', text
            )
            sent[name[1]] = chosen[1] if chosen else ""
        elif 'type="checkbox"' in text:
            value = re.search(r'value="([^"]*)"', text)
            if " checked" in text:
                sent.setdefault(name[1], []).append(value[1] if value else "on")
        elif text.startswith("<textarea"):
            sent[name[1]] = re.sub(r"<[^>]+>", "", text)
        else:
            value = re.search(r'value="([^"]*)"', text)
            sent[name[1]] = value[1] if value else ""
    return sent


def test_what_a_page_shows_says_what_the_file_says() -> None:
    for name in ("auto-dealer", "social-media", "special-period"):
        for value in _values(read_files(pack_files(name))[0].data):
            page = render_to_string("policies/value_field.html", {"field": shown(value, value.holds, "zh")})
            sent = QueryDict(urlencode(_posted(f'id="values"{page}</form>'), doseq=True))
            faults: Faults = {}
            plain = typed(value, sent, faults)
            assert not faults, value
            assert same(value, plain) or (plain is None and value.written is None), (name, value, plain)


def test_by_the_action_errors_stand_at_their_key_and_nothing_is_kept(cast: Cast) -> None:
    actor = cast.actor("tang")
    source = editing.begin(actor=actor, at=NOW, shipped="auto-dealer")
    given = {
        "ownership.pool.take_per_day": 5000,
        "ownership.decides.statement": {"length": "2 days"},
        "ownership.nothing": 1,
        "ownership.claim_window.handled_by": None,
        "calendar.zone": "Nowhere/City",
    }
    with pytest.raises(Problem) as refusal:
        change_values(actor=actor, at=NOW, source_uid=source.uid, given=given)
    codes = {key: some[0][0] for key, some in refusal.value.errors.items()}
    assert codes == {
        "ownership.pool.take_per_day": "value.wrong",
        "ownership.decides.statement": "value.wrong",
        "ownership.nothing": "value.unknown",
        "ownership.claim_window.handled_by": "required",
        "calendar.zone": "value.wrong",
    }
    assert PolicySource.objects.get().files == source.files
    with pytest.raises(Problem) as refusal:
        change_values(
            actor=cast.actor("lin"), at=NOW, source_uid=source.uid, given={"ownership.pool.take_per_day": 3}
        )
    assert refusal.value.status == 403
    kept = change_values(
        actor=actor, at=NOW, source_uid=source.uid,
        given={"ownership.pool.take_per_day": 3, "ownership.pool.unverified": None, "calendar.holidays": ["12-25"]},
    )  # fmt: skip
    pack = load_pack({name: text for name, text in kept.files.items() if not name.startswith("scenarios/")})
    assert pack.ownership and pack.ownership.pool and pack.ownership.pool.take_per_day == 3
    assert not pack.ownership.pool.unverified
    assert pack.calendar and pack.calendar.holidays == ("12-25",)


def test_a_file_that_says_anything_and_odd_numbers_are_refused_in_words(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.tang)
    actor = cast.actor("tang")
    source = editing.begin(actor=actor, at=NOW, shipped="special-period")
    page = f"/policies/sources/{source.uid}/"
    key = "ownership.claim_window.within"
    source.files = {
        "pack.yaml": source.files["pack.yaml"],
        "articles.yaml": "articles: 5\n",
        "roles.yaml": "roles: {expected: 5}\n",
        "calendar.yaml": "calendar: {periods: [1], holidays: 5}\n",
        "ownership.yaml": "ownership: {claim_window: {within: 5, from: 5, handled_by: head, article: X-1}}\n",
    }
    source.save()
    for topic, section in (("calendar", "calendar"), ("ownership", "claim_window")):
        at = f"{page}values/?topic={topic}&section={section}"
        assert client.get(at).status_code == 200
        posted = {f"{key}.amount": "9" * 5000, f"{key}.unit": "days", "version": "²", "do": "save"}
        assert client.post(at, posted).status_code in (200, 422)
    typed_there = {"name": "ownership.yaml", "text": "ownership:", "line": "9" * 5000, "column": "²"}
    assert client.post(f"{page}complete/", typed_there).json()["start"] == 0
    with pytest.raises(Problem) as refusal:
        change_values(actor=actor, at=NOW, source_uid=source.uid, given={"calendar.make_up_days": 5})
    assert refusal.value.status == 422
    assert (
        client.post(f"{page}save/", {"name": "pack.yaml", "text": "x", "version": "9" * 5000}).status_code
        == 302
    )
