"""Templates folded beforehand say what Django's own would have said."""

from __future__ import annotations

from typing import Any

import pytest
from django.template import Context, Engine, Template, VariableDoesNotExist, engines
from django.template.base import TextNode, Variable
from django.utils.safestring import mark_safe
from django.utils.translation import override

from dingfen.accounts.models import Staff
from dingfen.web import folding

PAGES = {
    "page.html": '{% load i18n dingfen %}<h1>{% trans "Customers" %}</h1>{% icon "users" %}{% include "part.html" %}'
    '{% for name in names %}{% include "row.html" with who=name %}{% endfor %}{{ who }}{% include gone %}',
    "part.html": '{% load i18n %}{% if loud %}<b>{% trans "Holder" %}</b>{% endif %}{% trans "Unit" as unit %}',
    "row.html": '{% load i18n %}<td>{{ who }}{% blocktrans %}Yes{% endblocktrans %}{% url "customer_new" %}</td>',
    "within.html": '{% for one in all %}{{ one.name }}{% include "within.html" with all=one.below %}{% endfor %}',
}
NAMES = {"names": ["甲", "<script>", mark_safe("<i>乙</i>")], "loud": True, "gone": "part.html"}


def engine(loader: Any) -> Engine:
    plain = ["django.template.loaders.locmem.Loader", PAGES]
    libraries = engines["django"].engine.libraries  # type: ignore[attr-defined]
    return Engine(loaders=[(loader, [tuple(plain)])], libraries=libraries)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_same_is_said(language: str) -> None:
    ours, theirs = engine("dingfen.web.folding.Loader"), engine("django.template.loaders.cached.Loader")
    with override(language):
        for _ in range(2):
            said = ours.get_template("page.html").render(Context(NAMES))
            assert said == theirs.get_template("page.html").render(Context(NAMES))
    assert "&lt;script&gt;" in said and "<i>乙</i>" in said
    assert ("客户" in said) == (language == "zh-hans")


def test_what_is_the_same_for_all_is_one_text() -> None:
    with override("en"):
        nodes = list(engine("dingfen.web.folding.Loader").get_template("page.html").nodelist)
    words = [str(node.s) for node in nodes if isinstance(node, TextNode)]
    assert len(words) == 1
    assert words[0].startswith("<h1>Customers</h1><svg")


def test_a_part_may_include_itself() -> None:
    tree = [{"name": "a", "below": [{"name": "b", "below": []}]}]
    found = engine("dingfen.web.folding.Loader").get_template("within.html").render(Context({"all": tree}))
    assert found == "ab"


class Thing:
    name = "thing"
    missing = None

    def told(self) -> str:
        return "told"

    def needs(self, more: str) -> str:
        return more

    def removes(self) -> str:
        return "removed"

    removes.alters_data = True  # type: ignore[attr-defined]

    @property
    def broken(self) -> str:
        raise ValueError("broken")

    @property
    def gone(self) -> str:
        raise Staff.DoesNotExist


@pytest.mark.parametrize(
    "path",
    ["thing.name", "thing.told", "thing.needs", "thing.removes", "thing.missing", "thing.nothing", "thing.broken",
     "thing.gone", "dict.items", "dict.name", "dict.thing.name", "list.1", "list.9", "text.upper", "text.0", "call",
     "none.x", "nothing", "dict.0"],
)  # fmt: skip
def test_values_are_found_as_django_finds_them(path: str) -> None:
    values = {"thing": Thing(), "dict": {"name": 1, "items": "mine", "thing": Thing()}, "list": [1, 2], "text": "ab",
              "call": lambda: "called", "none": None}  # fmt: skip
    context = Context(values)

    def found(look: Any) -> Any:
        with context.bind_template(Template("")):
            try:
                return look(Variable(path), context)
            except (VariableDoesNotExist, ValueError) as problem:
                return type(problem)

    assert found(folding._look_up) == found(folding._slow)
