"""What is done on the page with change requests, and in a dispute between customers."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dingfen.complaints.actions import between, changing, complainants, handling, representing
from dingfen.parties.models import Customer
from dingfen.problems import invalid, whole_number
from dingfen.web.complaints.form import Form, Verb


def _change(form: Form) -> dict[str, Any]:
    return {**form.who, "change_uid": form.text("change")}


def _numbers(texts: list[str]) -> list[int]:
    return [number for text in texts if (number := whole_number(text)) is not None]


def _days(form: Form) -> int | None:
    """Days with a sign, as typed; None for nothing. Raises at `days`."""
    text = form.text("days").replace("−", "-").strip()
    try:
        return int(text) if text else None
    except ValueError:
        raise invalid({"days": [("invalid", {})]}) from None


def _assess(form: Form) -> object:
    return changing.assess_change(
        **_change(form), effect=form.text("effect"), days=_days(form), price=form.text("price")
    )


def _review(form: Form) -> object:
    return changing.note_review(
        **_change(form),
        held_at=form.moment("held_at"),
        present=form.text("present"),
        minutes=form.text("minutes"),
    )


def _sign(form: Form) -> object:
    return changing.sign_change(
        **_change(form), terms=form.text("terms"), signed_at=form.moment("signed_at"),
        deliver_by=form.moment("deliver_by"), staff=form.text("staff"), file=form.file(),
    )  # fmt: skip


def _hearing(form: Form) -> object:
    minutes = {name: form.text(name) for name in between.MINUTES}
    return between.note_hearing(
        **form.case,
        held_at=form.moment("held_at"),
        present=_numbers(form.all("present")),
        signed=_numbers(form.all("signed")),
        no_interest=form.on("no_interest"),
        minutes={**minutes, "present": form.text("others")},
    )


def _card(form: Form) -> object:
    """The customer whose number was typed, among those the reader sees; None for nothing. Raises at `customer`."""
    number = form.text("customer").strip()[:40]
    if not number:
        return None
    found = Customer.objects.visible_to(form.request.actor).filter(number__iexact=number).first()
    if found is None:
        raise invalid({"customer": [("customer.not_here", {})]})
    return found.uid


def _other(form: Form) -> object:
    return between.name_other_side(
        **form.case,
        name=form.text("name"),
        phone=form.text("phone"),
        customer_uid=_card(form),
    )


def _hear(form: Form) -> object:
    return between.hear_side(
        **form.who, side_uid=form.text("side"), account=form.text("account"), wish=form.text("wish"),
        declined=form.on("declined"),
    )  # fmt: skip


def _represents(form: Form) -> object:
    return representing.name_representative(
        **form.case, name=form.text("name"), basis=form.text("basis"), phone=form.text("phone"),
        email=form.text("email"), proof=form.text("proof"), file=form.file(),
    )  # fmt: skip


def _died(form: Form) -> object:
    try:
        day = dt.date.fromisoformat(form.text("died_on"))
    except ValueError:
        raise invalid({"died_on": [("required" if not form.text("died_on") else "invalid", {})]}) from None
    return representing.note_death(**form.case, died_on=day, proof=form.text("proof"))


def _linked(form: Form) -> object:
    """The card that was proposed, or the one whose number was typed. Raises at `customer`."""
    uid = form.text("possible") or _card(form)
    if not uid:
        raise invalid({"customer": [("required", {})]})
    return handling.link_customer(**form.case, customer_uid=uid)


def _who(form: Form) -> object:
    """What was typed over; a field left empty stays, one ticked to be taken out is emptied."""
    typed = {name: form.text(name) for name in complainants.FIELDS if form.text(name).strip()}
    out = dict.fromkeys(form.all("out"), "")
    return complainants.correct_complainant(
        **form.case, changes={**typed, **out}, reason=form.text("reason"), version=form.number("version")
    )


def _met(form: Form) -> object:
    return representing.note_meeting(
        **form.case, held_at=form.moment("held_at"), present=form.number("present") or 0, place=form.text("place"),
        minutes=form.text("minutes"), speakers=_numbers(form.all("speaker")), file=form.file(),
    )  # fmt: skip


MORE: dict[str, Verb] = {
    "customer": Verb(_linked, _("Customer linked"), "complainant"),
    "who": Verb(_who, _("Corrected; what stood before is in the register"), "complainant"),
    "met": Verb(_met, _("Minutes entered"), "represent"),
    "represent": Verb(_represents, _("They speak for the complainant from now on"), "represent"),
    "authority": Verb(lambda f: representing.show_authority(**f.case, number=f.number("number") or 0, file=f.file(),
                      proof=f.text("proof")), _("Letters go to them from now on"), "represent"),
    "unrepresent": Verb(lambda f: representing.end_representation(**f.case, number=f.number("number") or 0,
                        reason=f.text("reason")), _("Ended"), "represent"),
    "died": Verb(_died, _("Entered; heirs may be named"), "represent"),
    "change_ask": Verb(lambda f: changing.ask_change(**f.case, what=f.text("what"), why=f.text("why"),
                       via=f.text("via") or "phone"), _("Change request entered"), "changes"),
    "change_assess": Verb(_assess, _("Effect entered"), "changes"),
    "change_review": Verb(_review, _("Minutes entered"), "changes"),
    "change_decide": Verb(lambda f: changing.decide_change(**_change(f), approve=f.on("yes"), reason=f.text("reason")),
                          _("Decided"), "changes"),
    "change_sign": Verb(_sign, _("Agreement entered; its promise runs"), "changes"),
    "change_withdraw": Verb(lambda f: changing.withdraw_change(**_change(f), said=f.text("said")),
                            pgettext_lazy("change request", "Withdrawn"), "changes"),
    "other_side": Verb(_other, _("Both are parties from now on"), "between"),
    "hear": Verb(_hear, _("Entered"), "between"),
    "side_card": Verb(lambda f: between.link_side(**f.who, side_uid=f.text("side"), customer_uid=_card(f)),
                      _("Linked to the card"), "between"),
    "hearing": Verb(_hearing, _("Minutes entered"), "between"),
    "cause": Verb(lambda f: between.find_cause(**f.case, cause=f.text("cause"), grounds=f.text("grounds")),
                  _("Cause entered"), "between"),
    "between_end": Verb(lambda f: between.end_between(**f.case, outcome=f.text("outcome"), terms=f.text("terms")),
                        _("Outcome entered"), "between"),
}  # fmt: skip
