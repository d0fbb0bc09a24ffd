"""The list page: what was asked for in the address, the rows, the file, the bulk action."""

from __future__ import annotations

import uuid
from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar, Generic, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dingfen import formats
from dingfen.accounts import access
from dingfen.database import kept
from dingfen.database.once import reading
from dingfen.problems import Problem
from dingfen.web.lists import paging, saved
from dingfen.web.lists.bulk import run_each
from dingfen.web.lists.cells import lines
from dingfen.web.lists.download import download
from dingfen.web.lists.filters import Active, Filter, Offer
from dingfen.web.lists.pieces import BulkAction, Empty, Result, View, Words
from dingfen.web.models import SavedView
from dingfen.web.request import Request
from dingfen.web.toasts import toast

M = TypeVar("M", bound=Model)
CAP = 1000
OWN = frozenset({"sort", "cols", "after", "before", "view", "export"})


class ListPage(ABC, Generic[M]):
    key: ClassVar[str]
    title: ClassVar[Words]
    columns: ClassVar[tuple[paging.Column, ...]]
    row_template: ClassVar[str] = ""  # without one the list writes its own `cells`
    default_sort: ClassVar[str]
    filters: tuple[Filter, ...] = ()
    views: ClassVar[tuple[View, ...]] = ()
    bulk: ClassVar[tuple[BulkAction, ...]] = ()
    empty: ClassVar[Empty] = Empty(_("Nothing here yet"))
    permission: ClassVar[str] = ""
    export_permission: ClassVar[str] = ""
    template: ClassVar[str] = "web/lists/page.html"
    per_page: ClassVar[int] = 25
    whole: ClassVar[Any] = None
    """The rows of one page by their ids, with no more than it needs; compiled once. None: `queryset` is asked again."""

    def __init__(self, request: Request, **arguments: Any) -> None:
        self.request = request
        self.arguments = arguments
        self.actor = request.actor
        self.at = request.at
        self.faults: list[str] = []

    # ---------- to be filled in by each list ----------

    @abstractmethod
    def queryset(self) -> QuerySet[M]:
        """The rows this reader may see, with what the row template needs (unless `whole` says that)."""

    def uid(self, row: M) -> uuid.UUID:
        """The name of a row in a bulk action."""
        found: uuid.UUID = row.uid  # type: ignore[attr-defined]
        return found

    def rows_by_uid(self, uids: list[str]) -> QuerySet[M]:
        return self.queryset().filter(uid__in=uids)

    def row_name(self, row: M) -> str:
        """What a row is called in the results of a bulk action."""
        return str(row)

    def prepare(self, rows: list[M]) -> None:
        """Hang onto the rows of one page what needs a query for all of them."""

    def cells(self, row: M) -> SafeString:
        """The cells after the tick box, where no row template writes them: a template costs four times as much."""
        return SafeString("")

    def context(self) -> dict[str, Any]:
        """More for the template: heads, sums, buttons."""
        return {}

    # ---------- what was asked for ----------

    @cached_property
    def saved(self) -> list[SavedView]:
        return saved.views_of(self.actor, self.key)

    @cached_property
    def opened_with(self) -> SavedView | None:
        """The saved view in use: asked for, or the person's default when nothing is asked for."""
        if wanted := self.request.GET.get("view", ""):
            return next((view for view in self.saved if str(view.uid) == wanted), None)
        return None if self.request.GET else self.default

    @cached_property
    def asked(self) -> QueryDict:
        """The parameters in force: the address's over those of the view it names."""
        asked = QueryDict(mutable=True)
        built_in = next((view for view in self.views if view.key == self.request.GET.get("view")), None)
        if self.opened_with:
            asked.update(QueryDict(self.opened_with.query).dict())
        elif built_in:
            asked.update(built_in.params)
        elif not self.request.GET and self.opening and not self.opening.url:
            asked.update(self.opening.params)
        for name in self.request.GET:
            asked[name] = self.request.GET.get(name, "")
        return asked

    @cached_property
    def current(self) -> str:
        """The key or uid of the view in use; empty for a selection of one's own."""
        if self.opened_with:
            return str(self.opened_with.uid)
        if "view" in self.request.GET or not self.request.GET:
            return self.request.GET.get("view") or (self.opening.key if self.opening else "")
        return ""

    @property
    def opening(self) -> View | None:
        """The view a list opens with: the first, unless the list knows what this reader comes for."""
        return self.views[0] if self.views else None

    @property
    def as_opened(self) -> bool:
        """Whether this is the view it opens with, unchanged: when it is empty, that is no matter of filters."""
        return self.opening is not None and self.current == self.opening.key

    @cached_property
    def column(self) -> paging.Column:
        """The column sorted by."""
        wanted = self.sort.removeprefix("-")
        return next(column for column in self.columns if column.key == wanted)

    @cached_property
    def sort(self) -> str:
        wanted = self.asked.get("sort", self.default_sort)
        sortable = {column.key for column in self.columns if column.sort}
        return wanted if wanted.removeprefix("-") in sortable else self.default_sort

    @cached_property
    def shown(self) -> dict[str, bool]:
        """Keys of the columns to show."""
        wanted = set(filter(None, self.asked.get("cols", "").split(",")))
        return {
            column.key: True
            for column in self.columns
            if (column.key in wanted if wanted else not column.hidden)
        }

    def address(self, changes: dict[str, str | None]) -> str:
        """This list with some parameters changed (None drops one); paging starts anew."""
        params = self.asked.copy()
        for name in ("after", "before", "view", "export"):
            params.pop(name, None)
        for name, value in changes.items():
            params.pop(name, None)
            if value is not None:
                params[name] = value
        return f"{self.request.path}?{params.urlencode() or 'all'}"

    # ---------- rows ----------

    def _narrow(self, leave_out: str = "") -> QuerySet[M]:
        rows = self.queryset()
        for one in self.filters:
            value = self.asked.get(one.key, "")
            if value and one.key != leave_out:
                try:
                    rows = one.narrow(rows, value, self.actor, self.at)
                except ValueError:
                    self.faults.append(
                        gettext("%(filter)s: “%(value)s” isn't known here and was left out.")
                        % {"filter": one.label, "value": value}
                    )
        return rows

    @cached_property
    def rows(self) -> QuerySet[M]:
        return self._narrow()

    @cached_property
    def page(self) -> paging.Slice[M]:
        after, before = self.asked.get("after", ""), self.asked.get("before", "")
        down = self.sort.startswith("-")
        read = partial(kept.rows, whole) if (whole := type(self).whole) else None
        try:
            found = paging.take(self.rows, self.column, down, self.per_page, after, before, CAP + 1, read)
        except ValueError:
            found = paging.take(self.rows, self.column, down, self.per_page, "", "", CAP + 1, read)
        self.make_ready(found.rows)
        return found

    @property
    def body(self) -> SafeString:
        """The rows written, of a list without a row template."""
        return lines(self.page.rows, gettext("Choose") if self.bulk_actions else "", self.cells)

    def make_ready(self, rows: list[M]) -> list[M]:
        self.prepare(rows)
        for row in rows:
            row.list_uid, row.list_name = self.uid(row), self.row_name(row)  # type: ignore[attr-defined]
        return rows

    def _page_url(self, **where: str) -> str:
        key = next(iter(where.values()))
        params = self.asked.copy()
        for name in ("after", "before", "view", "export"):
            params.pop(name, None)
        params.update(where)
        return f"{self.request.path}?{params.urlencode()}" if key else ""

    @property
    def next_url(self) -> str:
        return self._page_url(after=self.page.after)

    @property
    def previous_url(self) -> str:
        return self._page_url(before=self.page.before)

    @property
    def csv_url(self) -> str:
        return self._page_url(export="csv")

    @property
    def excel_url(self) -> str:
        return self._page_url(export="xlsx")

    @cached_property
    def default(self) -> SavedView | None:
        """The view this person opens the list with."""
        return saved.default_of(self.actor, self.key)

    @cached_property
    def count(self) -> str:
        total = self.page.total
        return formats.capped(self.rows.order_by()[: CAP + 1].count() if total is None else total, CAP)

    @cached_property
    def active(self) -> list[Active]:
        """The filters in use."""
        return [
            Active(one, value, one.describe(value, self.actor), self.address({one.key: None}))
            for one in self.filters
            if (value := self.asked.get(one.key, ""))
        ]

    @cached_property
    def offers(self) -> list[Offer]:
        """The filters that are not in use, with a link for each option."""
        free = [one for one in self.filters if not self.asked.get(one.key, "")]
        return [one.offered(self.address({one.key: None}), self.actor) for one in free]

    @cached_property
    def best_to_drop(self) -> tuple[Active, str] | None:
        """When nothing is found: the filter without which most is, and how much that is."""
        counts = [
            (self._narrow(leave_out=one.filter.key).order_by()[: CAP + 1].count(), one) for one in self.active
        ]
        best = max(counts, key=lambda pair: pair[0], default=(0, None))
        return (best[1], formats.capped(best[0], CAP)) if best[0] and best[1] else None

    @cached_property
    def heads(self) -> list[dict[str, Any]]:
        """The column heads: label, direction, address that sorts."""
        found = []
        for column in self.columns:
            if not self.shown.get(column.key):
                continue
            sorted_here = column is self.column
            down = self.sort.startswith("-")
            other = not down if sorted_here else column.down
            found.append(
                {
                    "label": column.label,
                    "css": column.css,
                    "direction": ("descending" if down else "ascending") if sorted_here else "",
                    "url": self.address({"sort": f"{'-' if other else ''}{column.key}"})
                    if column.sort
                    else "",
                }
            )
        return found

    @cached_property
    def view_links(self) -> list[dict[str, Any]]:
        return [
            {
                "key": view.key,
                "label": view.label,
                "url": view.url or f"{self.request.path}?view={view.key}",
                "count": self.view_count(view),
                "hot": view.hot,
                "current": view.key == self.current,
            }
            for view in self.views
        ]

    def view_count(self, view: View) -> int | None:
        """The number beside a view; None for none."""
        return view.count(self.actor, self.at) if view.count else None

    @cached_property
    def bulk_actions(self) -> list[BulkAction]:
        return [one for one in self.bulk if not one.permission or self.may(one.permission)]

    def may(self, permission: str) -> bool:
        return access.decide(self.actor, permission).allowed

    @property
    def may_export(self) -> bool:
        return bool(self.export_permission) and self.may(self.export_permission)

    @cached_property
    def kept_query(self) -> str:
        """The parameters worth saving in a view."""
        known = {one.key for one in self.filters} | {"sort", "cols"}
        kept = QueryDict(mutable=True)
        for name in sorted(known & self.asked.keys()):
            if value := self.asked.get(name, ""):
                kept[name] = value
        return kept.urlencode()

    # ---------- answers ----------

    @classmethod
    def as_view(cls) -> Callable[..., HttpResponseBase]:
        def view(request: Request, **arguments: Any) -> HttpResponseBase:
            page = cls(request, **arguments)
            if cls.permission:
                access.require(page.actor, cls.permission)
            return page.post() if request.method == "POST" else page.get()

        return view

    def get(self) -> HttpResponseBase:
        if wanted := self.request.GET.get("export", ""):
            return download(self, wanted)  # the whole list; the look is logged
        with reading():
            return self.show()

    def show(self, results: list[Result] | None = None, action: BulkAction | None = None) -> HttpResponse:
        part = bool(self.request.htmx) and self.request.htmx.target == "list"
        self.rows  # noqa: B018 what a filter can't read is known before anything is written
        context = {"list": self, "results": results, "done": action, **self.context()}
        context["failed"] = failed = [result for result in results or () if result.error]
        context["good"] = len(results or ()) - len(failed)
        return render(self.request, "web/lists/list.html" if part else self.template, context)

    def post(self) -> HttpResponseBase:
        data = self.request.POST
        if action := next((one for one in self.bulk_actions if one.name == data.get("bulk")), None):
            return self.show(*self.run(action, data))
        uid = data.get("view", "")
        if data.get("list") == "columns":
            wanted = [column.key for column in self.columns if column.key in data.getlist("col")]
            query = QueryDict(data.get("query", "")[:1000], mutable=True)
            query["cols"] = ",".join(wanted)
            return redirect(f"{self.request.path}?{query.urlencode()}")
        if data.get("list") == "save":
            view = saved.save(
                actor=self.actor,
                at=self.at,
                list_key=self.key,
                name=data.get("name", ""),
                query=QueryDict(data.get("query", "")[:1000]).urlencode(),
                shared="shared" in data,
                default="default" in data,
            )
            toast(self.request, gettext("View “%(name)s” saved") % {"name": view.name})
            return redirect(f"{self.request.path}?view={view.uid}")
        if data.get("list") == "default":
            view_wanted = saved.one(self.actor, self.key, uid) if uid else None
            saved.open_with(actor=self.actor, list_key=self.key, view=view_wanted)
            return redirect(f"{self.request.path}?view={uid}" if uid else self.request.path)
        if data.get("list") == "remove":
            saved.remove(actor=self.actor, list_key=self.key, uid=uid)
            toast(self.request, gettext("View removed"))
            return redirect(f"{self.request.path}?all")
        raise Problem("request.bad")

    def run(self, action: BulkAction, data: QueryDict) -> tuple[list[Result], BulkAction]:
        """The action on each chosen row by itself; a row that is gone or refused says why."""
        return run_each(self, action, data), action
