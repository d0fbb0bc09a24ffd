"""What of the register a person may read.

One's own site's books, by role; another site's page only while it is borrowed (A2). Who holds a role over the
whole company reads every book of it; another company's books do not exist for anybody.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from django.db.models import Q, QuerySet

from dingfen.accounts import access
from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Staff, Unit
from dingfen.problems import missing
from dingfen.register.checking import Verdict
from dingfen.register.models import Book, Borrowing, Entry, Page
from dingfen.register.queries import with_pages


def keeper_of(book: Book) -> Unit:
    """The unit whose book it is: a site, or the company for what belongs to no site."""
    return Unit.objects.get(uid=book.site_uid)


def company_books(actor: Actor) -> QuerySet[Book]:
    """Every book of the actor's company, readable or not: which sites keep one is no secret inside it."""
    books = Book.objects.order_by("pk")
    if actor.is_system and actor.company_id is None:
        return books
    company = Unit.objects.filter(pk=actor.company_id or 0).values("uid")
    return books.filter(company_uid__in=company)


def readable_books(actor: Actor) -> QuerySet[Book]:
    """Books whose pages the actor may read without borrowing."""
    books = company_books(actor)
    if not access.may(actor, "register.view"):
        return books.none()
    if actor.is_system:
        return books
    units = Unit.objects.filter(company_id=actor.company_id, kind__in=[Unit.Kind.SITE, Unit.Kind.COMPANY])
    return books.filter(site_uid__in=[unit.uid for unit in units if reads(actor, unit)])


def reads(actor: Actor, keeper: Unit) -> bool:
    """Whether a role that may read the register covers the keeper of a book, or lies within the site."""
    return reaches(actor, keeper, access.PERMISSIONS["register.view"])


def reaches(actor: Actor, keeper: Unit, roles: frozenset[str]) -> bool:
    """Whether one of `roles` is held over the site or, for a site, within it."""
    within = keeper.kind == Unit.Kind.SITE
    return any(
        role in roles and (keeper.path.startswith(over) or (within and over.startswith(keeper.path)))
        for role, over in actor.grants
    )


def running_borrowings(actor: Actor, at: datetime) -> QuerySet[Borrowing]:
    """What the actor has borrowed and may still read at `at`: a borrowing ends by itself."""
    return Borrowing.objects.filter(borrower_uid=actor.uid, state=Borrowing.State.LENT, until__gt=at)


def visible_pages(actor: Actor, at: datetime) -> QuerySet[Page]:
    borrowed = running_borrowings(actor, at).values("page_id")
    return Page.objects.select_related("book").filter(
        Q(book__in=readable_books(actor)) | Q(pk__in=borrowed, book__in=company_books(actor))
    )


def visible_entries(actor: Actor, at: datetime) -> QuerySet[Entry]:
    """Entries the actor may read, with page and book at hand."""
    borrowed = running_borrowings(actor, at).values("page_id")
    return with_pages().filter(
        Q(page__book__in=readable_books(actor)) | Q(page_id__in=borrowed, page__book__in=company_books(actor))
    )


def company_page(actor: Actor, code: str, day: date) -> Page:
    """A page of the actor's company, readable or not. Raises `Problem` not_visible."""
    books = company_books(actor)
    page = Page.objects.select_related("book").filter(book__in=books, book__code=code, day=day).first()
    if page is None:
        raise missing()
    return page


def may_read(actor: Actor, page: Page, at: datetime) -> bool:
    return visible_pages(actor, at).filter(pk=page.pk).exists()


def visible_borrowings(actor: Actor) -> QuerySet[Borrowing]:
    """One's own, those one may answer, and all of the company for who reads every book. Newest first."""
    rows = Borrowing.objects.select_related("page__book").filter(page__book__in=company_books(actor))
    keepers = Unit.objects.filter(
        company_id=actor.company_id, uid__in=company_books(actor).values("site_uid")
    )
    lends = [unit.uid for unit in keepers if reaches(actor, unit, access.PERMISSIONS["register.lend"])]
    mine = Q(borrower_uid=actor.uid) | Q(page__book__site_uid__in=lends)
    if access.OVERSIGHT & {role for role, _over in actor.grants}:
        mine |= Q(page__book__in=readable_books(actor))
    return rows.filter(mine).order_by("-pk")


def lenders(page: Page) -> QuerySet[Staff]:
    """Who may lend a page: heads of its site, and whoever rules over it."""
    keeper = keeper_of(page.book)
    above = [part for part in keeper.path.strip("/").split("/") if part]
    over = Q(grants__unit_id__in=[int(part) for part in above])
    if keeper.kind == Unit.Kind.SITE:
        over |= Q(grants__unit__path__startswith=keeper.path)
    roles = access.PERMISSIONS["register.lend"]
    return Staff.objects.filter(over, grants__role__in=roles, is_active=True).distinct().order_by("pk")


def own_names(actor: Actor, verdict: Verdict) -> Verdict:
    """The verdict without names of entries in another company's books."""
    codes = set(company_books(actor).values_list("code", flat=True))

    def known(name: str) -> str:
        return name if name.rsplit("-", 2)[0] in codes else ""

    return replace(verdict, name=known(verdict.name), last_name=known(verdict.last_name))
