"""May this actor do that? Pure decisions with a reason.

Strangers (another company, no right to know) get 404; who may see but not do gets 403.
Lent roles (delegation) count like own ones, but never in a matter of who lent them: `not_own_matter`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Role
from dingfen.problems import missing, refused

EVERYONE = frozenset(Role.values)
FRONT = frozenset({Role.RECEPTIONIST, Role.SALESPERSON, Role.AGENT, Role.HEAD, Role.GENERAL_MANAGER})
RULERS = frozenset({Role.HEAD, Role.GENERAL_MANAGER})
OVERSIGHT = frozenset({Role.COMPLIANCE, Role.GENERAL_MANAGER})

# permission -> roles that carry it, each over the unit of its grant
PERMISSIONS: dict[str, frozenset[str]] = {
    "conflict.check": FRONT,
    "customer.view": FRONT | OVERSIGHT,
    "customer.register": frozenset({Role.RECEPTIONIST, Role.SALESPERSON, Role.HEAD}),
    "customer.edit": FRONT,
    "customer.reveal": FRONT | OVERSIGHT,
    "customer.merge": frozenset({Role.HEAD, Role.ADMINISTRATOR}),
    "customer.erase": frozenset({Role.COMPLIANCE}),
    "customer.export": frozenset({Role.HEAD, Role.GENERAL_MANAGER, Role.COMPLIANCE}),
    "touch.record": FRONT,
    "rotation.take_part": frozenset({Role.RECEPTIONIST, Role.SALESPERSON, Role.HEAD}),
    "rotation.manage": frozenset({Role.RECEPTIONIST, Role.HEAD}),
    "registration.release": frozenset({Role.SALESPERSON, Role.HEAD}),
    "registration.transfer": RULERS,
    "registration.void": RULERS,
    "registration.progress": frozenset({Role.SALESPERSON, Role.HEAD}),
    "registration.agree": RULERS | {Role.COMPLIANCE},
    "registration.co_workers": frozenset({Role.SALESPERSON, Role.HEAD}),
    "registration.hand_over": RULERS | {Role.ADMINISTRATOR},
    "pool.take": frozenset({Role.SALESPERSON}),
    "deal.record": frozenset({Role.SALESPERSON, Role.HEAD}),
    "deal.void": RULERS,
    "dispute.view": EVERYONE - {Role.RECEPTIONIST},
    "dispute.raise": frozenset({Role.SALESPERSON, Role.HEAD, Role.GENERAL_MANAGER}),
    "dispute.claim": frozenset({Role.SALESPERSON}),
    "dispute.rule": RULERS,
    "dispute.rule_final": frozenset({Role.GENERAL_MANAGER}),
    "dispute.appeal": frozenset({Role.SALESPERSON}),
    "effect.export": frozenset({Role.HEAD, Role.GENERAL_MANAGER, Role.COMPLIANCE}),
    "sanction.view": EVERYONE,
    "sanction.propose": RULERS,
    "sanction.decide": RULERS | {Role.COMPLIANCE},
    "complaint.receive": FRONT,
    "complaint.view": FRONT | OVERSIGHT,
    "complaint.take": frozenset({Role.AGENT, Role.HEAD}),
    "complaint.handle": frozenset({Role.AGENT, Role.HEAD, Role.GENERAL_MANAGER}),
    "complaint.assign": RULERS,
    "complaint.approve": RULERS,
    "complaint.hold": OVERSIGHT,
    "complaint.file": frozenset({Role.HEAD, Role.GENERAL_MANAGER, Role.COMPLIANCE}),
    "complaint.learn": frozenset({Role.HEAD, Role.GENERAL_MANAGER, Role.COMPLIANCE}),
    "register.view": FRONT | OVERSIGHT,
    "register.close_page": frozenset({Role.RECEPTIONIST, Role.HEAD, Role.GENERAL_MANAGER}),
    "register.borrow": FRONT,
    "register.lend": RULERS,
    "register.verify": EVERYONE,
    "register.export": frozenset({Role.COMPLIANCE, Role.GENERAL_MANAGER}),
    "policy.view": EVERYONE,
    "policy.publish": frozenset({Role.POLICY_OWNER}),
    "policy.backtest": frozenset({Role.POLICY_OWNER, Role.GENERAL_MANAGER, Role.COMPLIANCE}),
    "policy.review": frozenset({Role.POLICY_OWNER, Role.GENERAL_MANAGER, Role.COMPLIANCE}),
    "policy.approve": frozenset({Role.GENERAL_MANAGER, Role.COMPLIANCE}),
    "insight.view": frozenset({Role.HEAD, Role.GENERAL_MANAGER, Role.COMPLIANCE}),
    "import.run": frozenset({Role.ADMINISTRATOR, Role.HEAD}),
    "outbox.view": frozenset({Role.ADMINISTRATOR, Role.COMPLIANCE}),
    "outbox.manage": frozenset({Role.ADMINISTRATOR}),
    "channel.manage": frozenset({Role.ADMINISTRATOR}),
    "staff.view": EVERYONE,
    "staff.manage": frozenset({Role.ADMINISTRATOR}),
    "token.manage": EVERYONE,
    "delegation.manage": EVERYONE,
}


@dataclass(frozen=True, slots=True)
class Decision:
    """`allowed`, or why not: a code with parameters, and whether the thing may even be known of."""

    allowed: bool
    code: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    visible: bool = True


def decide(
    actor: Actor, permission: str, *, company_id: int | None = None, path: str | None = None
) -> Decision:
    """Decide on one permission.

    `company_id`: whose thing it is; another company's does not exist for the actor. `path`: the unit that
    must be covered by the role; None when any unit will do. A refusal names the roles that could
    (`roles`) and, when the role is held but over another unit, says so (`role.elsewhere`).
    Raises KeyError for an unknown permission.
    """
    roles = PERMISSIONS[permission]
    if company_id is not None and company_id != actor.company_id:
        return Decision(False, "not_visible", visible=False)
    if actor.scopes is not None and permission not in actor.scopes and "*" not in actor.scopes:
        return Decision(False, "token.scope", {"permission": permission})
    if actor.is_system:
        return Decision(True)
    held = [over for role, over in actor.grants if role in roles]
    if any(path is None or path.startswith(over) for over in held):
        return Decision(True)
    code = "role.elsewhere" if held else "role.needed"
    return Decision(False, code, {"permission": permission, "roles": sorted(roles)})


def require(actor: Actor, permission: str, *, company_id: int | None = None, path: str | None = None) -> None:
    """Raise the Problem that says why not; return None when allowed."""
    decision = decide(actor, permission, company_id=company_id, path=path)
    if decision.allowed:
        return
    raise refused(decision.code, **decision.params) if decision.visible else missing()


def may(actor: Actor, permission: str, path: str | None = None) -> bool:
    """For showing or hiding what leads to an action; the action itself asks `require`."""
    return decide(actor, permission, path=path).allowed


def person_of(actor: Actor) -> int:
    """The member of staff who acts. Raises `person.needed` (403) for the system: a person decides."""
    if actor.staff_id is None:
        raise refused("person.needed")
    return actor.staff_id


def not_own_matter(actor: Actor, staff_ids: Collection[int]) -> Actor:
    """Nobody decides in their own matter, nor on behalf of someone in theirs.

    `staff_ids`: the people whose matter it is. Raises `own_matter` (403) when the actor is one of them;
    otherwise returns the actor without the roles they lent, to ask `require` with.
    """
    if actor.staff_id is not None and actor.staff_id in staff_ids:
        raise refused("own_matter")
    return actor.without(staff_ids)


def visible_units(actor: Actor) -> tuple[str, ...]:
    """Paths of the subtrees over which any role is held, none inside another; () for nobody."""
    if actor.is_system:
        return (actor.unit_path,) if actor.unit_path else ()
    found: list[str] = []
    for path in sorted({over for _, over in actor.grants}):
        if not found or not path.startswith(found[-1]):
            found.append(path)
    return tuple(found)
