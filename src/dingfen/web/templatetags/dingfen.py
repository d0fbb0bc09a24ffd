"""What templates are made of: icons, chips, tags, links to entries and articles, forms of time and money.

`{% load dingfen %}` in every template. Larger parts are templates in web/parts/, filled by the inclusion
tags below.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.forms.boundfield import BoundField
from django.http import HttpRequest
from django.template.context import Context
from django.template.defaultfilters import linebreaksbr
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, ngettext

from dingfen import formats
from dingfen.accounts.models import Staff, Unit
from dingfen.accounts.units import name_of
from dingfen.web import chips, navigation, toasts
from dingfen.web.folding import same_for_all
from dingfen.web.markup import markup

register = template.Library()

register.filter("when", lambda value: formats.when(value) if value else "")
register.filter("day", lambda value: formats.day(value) if value else "")
register.filter("deadline", lambda value: formats.deadline(value) if value else "")
register.filter("left", lambda value: formats.left(value) if value else "")
register.filter("ago", lambda value: formats.ago(value) if value else "")
register.filter("stamp", lambda value: formats.stamp(value) if value else "")
register.filter("clock_time", lambda value: formats.clock_time(value) if value else "")
register.filter("paper_day", lambda value: formats.paper_day(value) if value else "")
register.filter("span", lambda value: formats.span(value) if value is not None else "")
register.filter("points", formats.points)
register.filter("percent", formats.percent)
register.filter("capped", formats.capped)


@register.filter
def money(amount: Any, currency: str = "CNY") -> str:
    """3,000 元 / CNY 3,000, for sentences; `|money_cell` for tables."""
    return "" if amount is None else formats.money(amount, currency)


@register.filter
def money_cell(amount: Any, currency: str = "CNY") -> str:
    return "" if amount is None else formats.money(amount, currency, table=True)


# ---------- small parts, made here because lists use them hundreds of times ----------


@register.simple_tag
@same_for_all
@lru_cache(maxsize=1024)
def icon(name: str, size: str = "") -> SafeString:
    """An outline icon; size "l" or "xl". scripts/assets.py finds the name in the templates."""
    size_class = f" i-{size}" if size else ""
    return markup(
        '<svg class="i{}" aria-hidden="true"><use href="{}#{}"/></svg>',
        size_class,
        static("vendor/icons.svg"),
        name,
    )


PIE = (
    '<svg class="pie" viewBox="0 0 16 16" aria-hidden="true"><circle class="bg" cx="8" cy="8" r="5.5"/>'
    '<circle class="fg" cx="8" cy="8" r="5.5" pathLength="100" stroke-dasharray="{} 100" '
    'transform="rotate(-90 8 8)"/></svg>'
)


def _chip(chip: chips.Chip, due: dt.datetime | None) -> SafeString:
    sign = markup(PIE, chip.share) if chip.sign == "pie" else icon(chip.sign)
    hidden = markup('<span class="vh">{}{}</span>', chip.state, gettext(": ")) if chip.state else ""
    more = markup(" <em>{}</em>", chip.more) if chip.more else ""
    title = markup(' title="{}" data-due="{}"', formats.deadline(due), due.isoformat()) if due else ""
    return markup(
        '<span class="df-clock {}"{}>{}{}{}{}</span>', chip.colour, title, sign, hidden, chip.words, more
    )


@register.simple_tag
def clock(value: chips.Timed | None, now: dt.datetime | None = None) -> SafeString:
    """The deadline chip of a clock; nothing when there is none."""
    if value is None:
        return mark_safe("")
    live = value.state in {"running", "breached"}
    return _chip(chips.chip(value, now), value.deadline if live else None)


@register.simple_tag
def time_limit(start: dt.datetime, end: dt.datetime, now: dt.datetime | None = None) -> SafeString:
    """A deadline chip for two moments, where there is no clock row."""
    return _chip(chips.running(start, end, now or dt.datetime.now(dt.UTC)), end)


@register.simple_tag
def tag(label: object, colour: str = "line", icon_name: str = "") -> SafeString:
    """A state or class, always with words. Colours: line, accent, green, yellow, orange, red, grey."""
    return markup('<span class="df-tag {}">{}{}</span>', colour, icon(icon_name) if icon_name else "", label)


@register.simple_tag
def days_left(days: int | None) -> SafeString:
    """Whole days left as a tag: red below three, yellow below a week; a dash when nothing runs."""
    if days is None:
        return mark_safe('<span class="t3">—</span>')
    words = ngettext("%(n)s day", "%(n)s days", days) % {"n": days}
    return tag(words, "red" if days < 3 else "yellow" if days < 7 else "green")


@register.simple_tag
def entry(name: str, url: str = "", sealed: bool = True, pop: str = "") -> SafeString:
    """A link to an entry of the register: 1103-012, with a closed lock once its page is sealed.

    `pop`: the id of a box on the page that says more; then it opens that instead.
    """
    sign = icon("lock") if sealed else icon("lock-open")
    hidden = gettext("sealed") if sealed else gettext("page open")
    text = markup('{}<span class="vh">{} </span>{}', sign, hidden, name)
    if pop:
        return markup('<button type="button" class="df-entry" popovertarget="{}">{}</button>', pop, text)
    if not url:
        return markup('<span class="df-entry">{}</span>', text)
    return markup('<a class="df-entry" href="{}">{}</a>', url, text)


@register.simple_tag
def article(name: str, url: str = "", text: str = "") -> SafeString:
    """The article an automatic result rests on; its text on hover."""
    if not url:
        return markup('<span class="df-art" title="{}">{}</span>', text, name)
    return markup('<a class="df-art" href="{}" title="{}">{}</a>', url, text, name)


@register.filter
def at_article(version: Any, name: str) -> str:
    """Where an article stands in the version that judged; nothing without one."""
    uid = getattr(version, "uid", None)
    return f"{reverse('policy', args=[uid])}#{name}" if uid and name else ""


@register.simple_tag
def avatar(name: str, colour: str = "") -> SafeString:
    return markup('<span class="df-av {}" aria-hidden="true">{}</span>', colour, name[:1])


@register.filter
def bilingual(text: Any) -> str:
    """A text of a pack in the reader's language."""
    return "" if text is None else str(text.zh if formats.chinese() else text.en)


LONG, HEAD = 320, 200  # characters: what is folded, and how much of it is shown at most
_STOP = re.compile(r"[。；！？\n]|[.;!?]\s")


@register.filter
def folded(text: Any, quotes: str = "") -> SafeString:
    """What a person wrote, as they wrote it; what is long is folded after its first sentences. `quotes`: “”.

    A block of its own, so never inside a <p>.
    """
    if not isinstance(text, str) or isinstance(text, SafeString):
        return conditional_escape("" if text is None else text)
    whole = f"{quotes[:1]}{text.strip()}{quotes[1:]}"
    if len(whole) <= LONG:
        return linebreaksbr(whole, autoescape=True)
    ends = [stop.end() for stop in _STOP.finditer(whole, HEAD // 2, HEAD)]
    head = ends[-1] if ends else HEAD
    return markup(
        '<details class="df-long"><summary>{} <b>{}</b></summary>{}</details>',
        linebreaksbr(whole[:head].rstrip(), autoescape=True),
        gettext("… show all"),
        linebreaksbr(whole[head:].lstrip(), autoescape=True),
    )


@register.filter
def unit_name(unit: Unit | None) -> str:
    """A unit's name in the reader's language."""
    return name_of(unit, get_language() or "") if unit else ""


@register.filter
def staff_name(staff: Staff | None) -> str:
    """A person's name as recorded; in English the Latin form first where there is one: Li Min (李敏)."""
    if staff is None:
        return ""
    if staff.latin_name and not formats.chinese():
        return f"{staff.latin_name} ({staff.name})"
    return staff.name


@register.simple_tag
def person(staff: Staff | None, unit: Unit | None = None, nobody: str = "—") -> SafeString:
    """Name and unit: 姜若琳（大客户二组）. Give the unit when it was another then."""
    if staff is None:
        return markup('<span class="t3">{}</span>', nobody)
    unit = unit or staff.unit
    form = "（{}）" if formats.chinese() else " ({})"
    where = markup('<span class="t3">' + form + "</span>", unit_name(unit)) if unit else ""
    return markup('<span class="df-who"><span class="nw">{}</span>{}</span>', staff_name(staff), where)


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: Any) -> str:
    """The address's query with these parameters changed; None drops one. Paging starts anew."""
    params = context["request"].GET.copy()
    params.pop("after", None)
    params.pop("before", None)
    for name, value in changes.items():
        params.pop(name, None)
        if value is not None:
            params[name] = str(value)
    return f"?{params.urlencode()}"


@register.simple_tag
def field(bound: BoundField, label: str = "", **attrs: Any) -> SafeString:
    """A form field with label, help and errors beneath: {% field form.phone placeholder="138…" %}.

    Underscores in attribute names become hyphens: hx_get="…" is hx-get.
    """
    return render_field(bound, label, attrs)


def render_field(bound: BoundField, label: str, attrs: Mapping[str, Any]) -> SafeString:
    errors = bound.errors
    kind = getattr(bound.field.widget, "input_type", "")
    css = {"select": "form-select", "checkbox": "form-check-input", "radio": ""}.get(kind, "form-control")
    given = {name.replace("_", "-"): value for name, value in attrs.items()}
    given["class"] = f"{css} is-bad" if errors else css
    about = [
        f"{bound.id_for_label}_{part}"
        for part, there in (("help", bound.help_text), ("err", errors))
        if there
    ]
    if about:
        given["aria-describedby"] = " ".join(about)
    if errors:
        given["aria-invalid"] = "true"
    context = {
        "bound": bound,
        "widget": bound.as_widget(attrs=given),
        "label": label or bound.label,
        "kind": kind,
    }
    return mark_safe(template.loader.get_template("web/parts/field.html").render(context))  # noqa: S308


# ---------- larger parts ----------


@register.inclusion_tag("web/parts/rail.html")
def rail(stages: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The stage rail. A stage: {label, state: done | now | ahead, note}."""
    return {"stages": list(stages)}


@register.inclusion_tag("web/parts/timeline.html")
def timeline(
    events: Iterable[Mapping[str, Any]], filters: Iterable[Mapping[str, Any]] = (), more: str = ""
) -> dict[str, Any]:
    """A time line, newest first. An event: {at, text, who, key, entry, entry_url, sealed, note, article}.

    `filters`: {label, url, count, current}; `more`: address of the older part.
    """
    return {"events": list(events), "filters": list(filters), "more": more}


@register.inclusion_tag("web/parts/facts.html")
def facts(rows: Iterable[tuple[object, object]]) -> dict[str, Any]:
    """A list of facts: (label, value). Rows without a value are left out."""
    return {"rows": [(label, value) for label, value in rows if value not in (None, "")]}


@register.inclusion_tag("web/parts/empty.html")
def empty(
    icon: str,
    title: str,
    text: str = "",
    url: str = "",
    label: str = "",
    colour: str = "grey",
    small: bool = False,
) -> dict[str, Any]:
    """What is so, and one way on."""
    return {
        "icon": icon,
        "title": title,
        "text": text,
        "url": url,
        "label": label,
        "colour": colour,
        "small": small,
    }


@register.inclusion_tag("web/parts/note.html")
def note(text: object, colour: str = "", icon: str = "info-circle", title: str = "") -> dict[str, Any]:
    """A notice within a page. Colours: green, yellow, red, accent; none is grey."""
    return {"text": text, "colour": colour, "icon": icon, "title": title}


@register.inclusion_tag("web/parts/masked.html", takes_context=True)
def masked(context: Context, text: str, reveal_url: str = "", field: str = "") -> dict[str, Any]:
    """A masked value; with `reveal_url` a form that asks for the reason and shows the whole value."""
    return {"text": text, "reveal_url": reveal_url, "field": field, "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("web/parts/confirm.html", takes_context=True)
def confirm(
    context: Context,
    id: str,
    title: str,
    url: str,
    verb: str,
    text: str = "",
    keep: str = "",
    danger: bool = False,
    template: str = "",
    version: int | None = None,
    icon: str = "",
) -> dict[str, Any]:
    """A dialogue before what can't be undone; open it with <button data-dialog="id">. Focus is on 返回.

    `verb` repeats the question's verb on the button; `keep` is the other button's text. `template` adds
    fields and sees the page's context.
    """
    own = {
        "id": id,
        "title": title,
        "url": url,
        "verb": verb,
        "text": text,
        "keep": keep,
        "danger": danger,
        "template": template,
        "version": version,
        "icon": icon,
    }
    return {str(name): value for name, value in context.flatten().items()} | own


@register.inclusion_tag("web/parts/version.html")
def version_field(version: int) -> dict[str, Any]:
    """The version of the record that the form was made from; a change in between is noticed."""
    return {"version": version}


# ---------- what stands around the page ----------


@register.simple_tag(takes_context=True)
def frame(context: Context) -> navigation.Frame:
    request: HttpRequest | None = context.get("request")
    return navigation.frame(request) if request else navigation.Frame()


@register.simple_tag(takes_context=True)
def page_toasts(context: Context) -> list[toasts.Toast]:
    request: HttpRequest | None = context.get("request")
    return toasts.waiting(request) if request else []


@register.simple_tag
def demo_accounts() -> list[dict[str, str]]:
    """Who can be signed in as, where this installation is a demo; else nobody."""
    if not settings.DEMO:
        return []
    from dingfen.demo.load import accounts

    return accounts()


@register.simple_tag(takes_context=True)
def theme(context: Context) -> str:
    """`light`, `dark`, or `auto` when the reader's device decides."""
    request: HttpRequest | None = context.get("request")
    chosen: str = getattr(request, "theme", "") or (request.COOKIES.get("theme", "") if request else "")
    return chosen if chosen in {"light", "dark"} else "auto"
