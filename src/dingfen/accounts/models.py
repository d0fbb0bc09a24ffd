"""Who works here, where, and what they may do."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, ClassVar
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dingfen.database.models import Light, Row, new_uid

if TYPE_CHECKING:
    from dingfen.accounts.actor import Actor

DEFAULT_ZONE = "Asia/Shanghai"


class UnitQuerySet(models.QuerySet["Unit"]):
    def visible_to(self, actor: Actor) -> UnitQuerySet:
        """Units of the actor's own company."""
        return self.filter(company_id=actor.company_id)

    def below(self, unit: Unit) -> UnitQuerySet:
        """The unit and everything under it."""
        return self.filter(path__startswith=unit.path)


class Unit(Row):
    """A node of the tree company > units. `path` is the chain of ids, so a subtree is a prefix."""

    class Kind(models.TextChoices):
        COMPANY = "company", _("Company")
        SITE = "site", _("Site")
        DEPARTMENT = "department", _("Department")
        TEAM = "team", _("Team")

    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    company = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    path = models.CharField(max_length=200, unique=True, editable=False)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120, blank=True)
    code = models.CharField(max_length=12)
    time_zone = models.CharField(max_length=40, blank=True, help_text="IANA name; below a site, the site's")
    extension = models.CharField(max_length=20, blank=True)
    latitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    longitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    active = models.BooleanField(default=True)

    objects = UnitQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "code"], name="unit_code_in_company")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_company(self) -> bool:
        return self.parent_id is None

    def day(self, at: dt.datetime) -> dt.date:
        """The date at `at` by the clock on this unit's wall."""
        return at.astimezone(self.zone).date()

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone or DEFAULT_ZONE)

    def midnight_after(self, day: dt.date) -> dt.datetime:
        """The end of `day` by the clock on this unit's wall, in UTC."""
        return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), self.zone).astimezone(dt.UTC)


class StaffQuerySet(models.QuerySet["Staff"]):
    def visible_to(self, actor: Actor) -> StaffQuerySet:
        """Colleagues of the actor's own company."""
        return self.filter(company_id=actor.company_id)

    def working(self, day: dt.date) -> StaffQuerySet:
        """Who may sign in on that day: active and not gone."""
        return self.filter(models.Q(left_on=None) | models.Q(left_on__gte=day), is_active=True)


class StaffManager(UserManager["Staff"]):
    """Django's manager for accounts (`create_user`), with our querysets."""

    def get_queryset(self) -> StaffQuerySet:
        return StaffQuerySet(self.model, using=self._db)

    def visible_to(self, actor: Actor) -> StaffQuerySet:
        return self.get_queryset().visible_to(actor)

    def working(self, day: dt.date) -> StaffQuerySet:
        return self.get_queryset().working(day)


class Staff(Light, AbstractUser):
    """A person who signs in. `left_on` is the last day of work."""

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    company = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="staff")
    name = models.CharField(max_length=60)
    latin_name = models.CharField(max_length=80, blank=True)
    employee_number = models.CharField(max_length=30, blank=True)
    language = models.CharField(max_length=8, default="zh-hans")
    theme = models.CharField(max_length=5, default="auto")
    single_keys = models.BooleanField(default=True)
    left_on = models.DateField(null=True, blank=True)
    must_change_password = models.BooleanField(default=False)

    objects: ClassVar[StaffManager] = StaffManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="staff_email_once", condition=~models.Q(email="")),
            models.UniqueConstraint(
                fields=["company", "employee_number"],
                name="staff_number_in_company",
                condition=~models.Q(employee_number=""),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    RECEPTIONIST = "receptionist", _("Receptionist")
    SALESPERSON = "salesperson", _("Salesperson")
    AGENT = "agent", _("Service agent")
    HEAD = "head", _("Head of department")
    GENERAL_MANAGER = "general_manager", _("General manager")
    COMPLIANCE = "compliance", pgettext_lazy("role", "Compliance")
    POLICY_OWNER = "policy_owner", _("Policy owner")
    ADMINISTRATOR = "administrator", _("Administrator")


class RoleGrant(Row):
    """A role over a unit and everything below it, between two dates."""

    staff = models.ForeignKey(Staff, models.PROTECT, related_name="grants")
    role = models.CharField(max_length=20, choices=Role.choices)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="grants")
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["staff", "role", "unit"], name="one_grant_each")]


class Delegation(Row):
    """Who acts for whom, from when to when: in one role of the principal, or in all when `role` is empty.

    Only the principal's own roles pass; what they hold as somebody's deputy does not.
    """

    principal = models.ForeignKey(Staff, models.PROTECT, related_name="delegations_given")
    deputy = models.ForeignKey(Staff, models.PROTECT, related_name="delegations_received")
    role = models.CharField(max_length=20, choices=Role.choices, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=200, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)


class ApiToken(Row):
    """A token of the API: only its digest is kept."""

    staff = models.ForeignKey(Staff, models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12)
    digest = models.BinaryField(unique=True, max_length=32)
    scopes = models.JSONField(default=list)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)


class Limit(Light):
    """How often something was done since the count began; counted here, so for all processes together."""

    key = models.CharField(max_length=80, primary_key=True)
    count = models.PositiveIntegerField()
    ends_ms = models.BigIntegerField(db_index=True, help_text="when the count begins anew, ms since 1970")
