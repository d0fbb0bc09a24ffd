"""The words for what accounts refuse. Parameters as %(name)s; `dingfen.wording` fills them in."""

from django.utils.translation import gettext_lazy as _

_OWN_ACCOUNT = _("Another administrator does this for you.")

PROBLEMS = {
    "role.needed": (_("Your role doesn't allow this."), _("Who can: %(roles)s.")),
    "role.elsewhere": (
        _("Your role doesn't reach this unit."),
        _("Who can: %(roles)s of that unit."),
    ),
    "role.own": (_("Nobody changes their own roles."), _OWN_ACCOUNT),
    "own_matter": (
        _("This is your own matter; you must step aside."),
        _("Someone who is not involved decides."),
    ),
    "staff.own_account": (_("Nobody closes their own account."), _OWN_ACCOUNT),
    "staff.own_password": (
        _("Change your own password under Security."),
        _("A temporary password is for someone else."),
    ),
    "staff.own_profile_only": (_("A profile is changed by its owner."), ""),
    "staff.last_administrator": (
        _("%(name)s is the company's last administrator."),
        _("Make someone else administrator first."),
    ),
    "company.system_only": (_("A company is added from the command line."), "dingfen staff add-company"),
    "unit.fixed": (
        _("%(unit)s can't be moved or closed."),
        _("A company and a site keep their place, because their books lie there."),
    ),
    "unit.has_units": (_("Units below %(unit)s are in use."), _("Close or move them first.")),
    "unit.has_staff": (
        _("%(count)s people work in %(unit)s."),
        _("Move them to another unit first."),
    ),
    "delegation.not_yours": (
        _("Only the person who is away arranges a deputy."),
        _("In a sudden absence: %(roles)s."),
    ),
    "delegation.over": (_("This delegation is over."), ""),
    "token.by_person": (
        _("A token is made by a person who is signed in."),
        _("Sign in on the page and make it there."),
    ),
    "token.revoked": (_("This token has been retracted already."), ""),
    "sign_in.locked": (_("Locked for 15 minutes."), _("Try again after %(retry_at)s.")),
    "mfa.needed": (
        _("Your role needs a second factor."),
        _("Set up a one-time code or a passkey first."),
    ),
    "password.change_first": (
        _("Choose a password of your own first."),
        _("The one you were given works once."),
    ),
}

FAULTS = {
    "place.half": _("A place needs latitude and longitude; give both or neither."),
    "choice.unknown": _("%(value)s can't be chosen here."),
    "username.form": _("2 to 30 of a–z, 0–9, dot, hyphen and underscore, beginning with a letter or digit."),
    "username.taken": _("%(value)s is in use. Choose another user name."),
    "email.form": _("An e-mail address looks like name@company.example."),
    "email.taken": _("Another account has this address."),
    "employee_number.taken": _("Another person has this employee number."),
    "dates.order": _("The end must come after the beginning."),
    "role.after_leaving": _("The last day of work is %(day)s; the role can't last longer."),
    "unit.closed": _("%(unit)s is closed. Choose another unit."),
    "unit.code_form": _("1 to 12 of A–Z and 0–9; entries are numbered by it."),
    "unit.code_taken": _("%(code)s is in use. Choose another code."),
    "unit.site_in_site": _("A site can't lie within a site. Choose department or team."),
    "unit.below_itself": _("%(unit)s can't be moved below itself."),
    "delegation.self": _("Choose a colleague, not the same person."),
    "delegation.deputy_gone": _("%(name)s can't sign in. Choose someone who can."),
    "delegation.too_long": _("At most a year. Arrange it anew when it ends."),
    "delegation.not_held": _("%(name)s doesn't hold this role in that time."),
    "token.expiry": _("Choose a date within a year."),
}
