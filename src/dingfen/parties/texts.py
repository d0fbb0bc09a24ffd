"""Words for what the actions on customers refuse, for values that cannot be read, and for why records match."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dingfen.parties import relations

PROBLEMS = {
    **relations.PROBLEMS,
    "customer.erased": (
        _("The personal data of %(number)s is shredded."),
        _("Nothing can be added to this record."),
    ),
    "customer.merged": (
        _("%(number)s counts as another customer."),
        _("Open that customer, or undo the merge first."),
    ),
    "customer.exists": (
        _("This customer is there already."),
        _("Use the conflict check to see who to talk to."),
    ),
    "customer.possible": (
        _("This may be an existing customer (%(sure)s%% sure)."),
        _("Check first; save again if it is another person."),
    ),
    "identifier.there": (_("The customer has this identifier already."), _("Nothing was changed.")),
    "identifier.taken": (
        _("This identifier belongs to another customer."),
        _("Check the number. If both are one customer, ask your head of department to merge them."),
    ),
    "merge.itself": (_("A customer can't be merged with itself."), _("Choose another customer.")),
    "training.few": (
        _("%(found)s customers are too few to learn from."),
        _("The shipped weights stay in force; learn again from %(least)s customers on."),
    ),
    "reason.needed": (_("A reason is missing."), _("Choose or write one.")),
    "merge.already": (
        _("%(number)s counts as another customer already."),
        _("Open that customer, or undo the merge first."),
    ),
    "merge.undone": (_("This merge is undone already."), _("Nothing was changed.")),
    "merge.too_late": (
        _("A merge can be undone for %(days)s days."),
        _("Enter the second customer anew if they are two."),
    ),
    "touch.not_yours": (
        _("A touch is corrected by whoever was there."),
        _("Ask that colleague to enter the correction."),
    ),
    "touch.corrected": (
        _("This touch has been corrected already."),
        _("Correct the later entry instead."),
    ),
}

FAULTS = {
    **relations.FAULTS,
    "phone.mobile_length": _("A mobile number has %(expected)s digits; this has %(found)s."),
    "phone.area_code": _("A landline number needs its area code, such as 0571-87654321."),
    "phone.characters": _("A phone number has digits only; an extension follows ext."),
    "phone.invalid": _("There is no such phone number."),
    "email.form": _("An e-mail address looks like name@example.com."),
    "wechat.form": _("A WeChat ID has 6 to 20 letters, digits, - or _ and begins with a letter."),
    "plate.form": _("A number plate looks like 浙A·12345, or 浙AD12345 for new-energy cars."),
    "vin.length": _("A VIN has %(expected)s characters; this has %(found)s."),
    "vin.form": _("A VIN has digits and letters without I, O and Q."),
    "credit_code.length": _("A credit code has %(expected)s characters; this has %(found)s."),
    "credit_code.form": _("A credit code has digits and capital letters without I, O, S, V and Z."),
    "credit_code.check": _("The check character doesn't fit; compare with the licence."),
    "identifier.one": _("Enter one identifier at a time."),
    "merge.unknown": _("There is no such customer number among those you see."),
    "touch.future": _("The touch can't be later than now (%(now)s)."),
    "erase.number": _("Type the customer number %(number)s to go on."),
}

# code of a reason (dingfen.matching) -> words; to a salesperson without the other's data
REASONS = {
    "credit_code.same": _("same credit code"),
    "credit_code.differs": _("different credit code, all but rules it out"),
    "mobile.same": _("same mobile"),
    "mobile.near": _("mobile differs in one digit"),
    "mobile.tail": _("last four digits of the mobile"),
    "mobile.differs": _("different mobile"),
    "place.same": _("same district"),
    "place.near": _("district written differently"),
    "place.city": _("same city"),
    "place.region": _("same province"),
    "place.differs": _("another place"),
    "address.same": _("same address"),
    "address.number": _("same house, another room"),
    "address.near": _("nearly the same address"),
    "address.street": _("same street"),
    "address.differs": _("different address"),
    "wechat.same": _("same WeChat"),
    "email.same": _("same e-mail"),
    "email.shared": _("shared mailbox, not counted"),
    "vin.same": _("same VIN"),
    "plate.same": _("same plate"),
    "landline.same": _("same landline"),
    "name.same": _("same name"),
    "name.same_common": _("same name, a common one, counts little"),
    "name.sounds": _("name sounds alike"),
    "name.near": _("name differs in one character"),
    "name.given": _("same given name, other surname"),
    "name.family": _("same surname, other given name"),
    "name.surname": _("same surname"),
    "name.differs": _("different name"),
    "contact.same": _("same contact"),
    "contact.sounds": _("contact's name sounds alike"),
    "contact.same_common": _("same contact"),
    "contact.near": _("contact's name differs in one character"),
    "contact.given": _("contact has the same given name, other surname"),
    "contact.family": _("contact has the same surname, other given name"),
    "contact.surname": _("contact has the same surname"),
    "contact.differs": _("different contact"),
    "company.same": _("same company name"),
    "company.short": _("same short company name"),
    "company.other_place": _("same brand, other city: perhaps another branch"),
    "company.other_trade": _("same brand, other line of business"),
    "company.sounds": _("company name sounds alike"),
    "company.near": _("company name differs in one character"),
    "company.differs": _("different company"),
    "employer.same": _("same employer"),
    "employer.short": _("same short name of the employer"),
    "employer.other_place": _("same brand, other city: perhaps another branch"),
    "employer.other_trade": _("same brand, other line of business"),
    "employer.sounds": _("employer's name sounds alike"),
    "employer.near": _("employer's name differs in one character"),
    "employer.differs": _("different employer"),
}

IDENTIFIER_KINDS = {
    "mobile": _("Mobile"),
    "landline": _("Landline"),
    "email": pgettext_lazy("identifier", "E-mail"),
    "wechat": _("WeChat"),
    "plate": _("Number plate"),
    "vin": _("VIN"),
    "credit_code": _("Credit code"),
}
PROFILE = {
    "need": pgettext_lazy("customer", "Need"),
    "budget": _("Budget"),
    "organisation": _("Organisation"),
    "decision_process": _("Decision chain"),
    "schedule": _("Schedule"),
    "address": pgettext_lazy("customer", "Address"),
    "note": pgettext_lazy("customer", "Note"),
}
SOURCES = {
    "walk_in": _("Walk-in"),
    "call": _("Incoming call"),
    "web": _("Web form"),
    "referral": _("Referral"),
    "event": pgettext_lazy("source", "Event"),
    "import": pgettext_lazy("source", "Import"),
    "other": pgettext_lazy("source", "Other"),
}
REVEAL_REASONS = {
    "contact": _("To contact the customer"),
    "dispute": _("To settle a dispute"),
    "complaint": _("To handle a complaint"),
    "correction": _("To check a correction"),
    "authority": _("An authority asks for it"),
}
ERASE_REASONS = {
    "asked": _("The customer asked for it"),
    "retention": _("Retention has ended"),
    "wrong": _("Collected without a basis"),
}
