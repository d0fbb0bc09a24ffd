"""Words for what actions on holds and disputes refuse, and for values that cannot be taken."""

from django.utils.translation import gettext_lazy as _

from dingfen.ownership import co_working, holding_texts, standing_texts
from dingfen.ownership.matches import texts as matches
from dingfen.ownership.rotation import texts as rotation

PROBLEMS = {
    "dispute.started": (_("%(number)s runs already."), _("Only a dispute that an import found is started.")),
    "dispute.no_rules": (
        _("No policy was in force for %(number)s."),
        _("Without one there are no time limits; rule on it from the list."),
    ),
    "registration.held": (
        _("Held, protected until %(until)s."),
        _("Talk first to %(unit)s (ext. %(extension)s)."),
    ),
    "registration.mine": (
        _("This customer is yours already."),
        _("Open the card to follow up."),
    ),
    "registration.incomplete": (
        _("The registration is incomplete."),
        _("Fill in what is marked below."),
    ),
    "registration.state": (
        _("This hold has changed meanwhile."),
        _("Load it again to see where it stands."),
    ),
    "registration.disputed": (
        _("This hold is in dispute."),
        _("It can be changed when the dispute is settled."),
    ),
    "match.settled": (
        _("Somebody has settled this meanwhile."),
        _("Load the list again."),
    ),
    "merge.disputed": (
        _("One of the two customers is in dispute %(number)s."),
        _("They can be merged when the dispute is settled."),
    ),
    "merge.settled": (
        _("Dispute %(number)s, which came from this merge, has been settled."),
        _("The merge can't be undone any more."),
    ),
    "follow_up.not_yours": (
        _("This customer is held by somebody else."),
        _("The holder logs the follow-up; record a touch on the customer's card instead."),
    ),
    "registration.none": (_("Nobody else holds this customer."), _("Run the conflict check again.")),
    "policy.none": (
        _("No policy is in force for %(unit)s."),
        _("The policy owner publishes one first."),
    ),
    "pool.taken": (
        _("Someone took this customer."),
        _("See others in the pool."),
    ),
    "pool.cool_down": (
        _("A customer you gave up can be taken again from %(date)s."),
        _("So says %(article)s."),
    ),
    "pool.daily": (
        _("At most %(limit)s customers can be taken a day."),
        _("Go on from %(again)s (%(article)s)."),
    ),
    "pool.looks": (
        _("At most %(limit)s records of the pool can be opened a day."),
        _("Go on from %(again)s (%(article)s)."),
    ),
    "pool.limit": (
        _("The holding limit is %(limit)s customers."),
        _("Release one first (%(article)s)."),
    ),
    "check.empty": (_("Nothing to check."), _("Type a phone number or a name.")),
    "check.limit": (
        _("%(limit)s checks this hour."),
        _("More from %(retry_at)s. Each check is logged."),
    ),
    "staff.no_unit": (_("%(staff)s belongs to no unit."), _("The administrator assigns a unit first.")),
    "person.needed": (_("A person must do this."), _("Sign in as a member of staff.")),
    "deal.delivered": (_("Delivery is recorded already."), _("It was on %(at)s.")),
    "deal.twice": (
        _("This deal was recorded at %(at)s already."),
        _("If it is another one, give its contract number."),
    ),
    "deal.lost": (_("A lost deal is not voided."), _("Register the customer anew.")),
    "deal.disputed": (
        _("Dispute %(number)s is about this deal."),
        _("It can be voided once the dispute is withdrawn."),
    ),
    "dispute.window": (
        _("The time to claim ended on %(until)s."),
        _("Later claims fail (%(article)s)."),
    ),
    "dispute.open": (
        _("There is a dispute about this already."),
        _("Join it with a claim of your own. %(number)s"),
    ),
    "dispute.ruled": (
        _("Dispute %(number)s about this has been ruled on."),
        _("The ruling stands unless it is changed on appeal."),
    ),
    "dispute.nothing": (
        _("Nobody else holds or signed this."),
        _("Run the conflict check again; there is nothing to dispute."),
    ),
    "dispute.state": (
        _("The dispute has moved on."),
        _("Load the page again to see where it stands."),
    ),
    "dispute.not_claimant": (
        _("Only a claimant can do this."),
        _("Join with a claim first, while evidence is taken."),
    ),
    "dispute.own_matter": (
        _("You are a party here and must step aside."),
        _("It is for %(who)s to rule."),
    ),
    "dispute.not_decider": (_("This is not yours to rule."), _("It is for %(who)s to rule.")),
    "dispute.no_proposal": (
        _("The rules make no proposal here."),
        _("Rule otherwise, with holder and reason."),
    ),
    "dispute.said_already": (_("You have signed already."), _("The other head follows.")),
    "claim.answered": (
        _("You have stated your case already."),
        _("Until the ruling you can add evidence, not change the statement."),
    ),
    "claim.not_taken": (
        _("Nobody has taken this claim over."),
        _("Load the page again to see whose it is."),
    ),
    "claim.not_theirs": (
        _("This claim is no longer %(staff)s's."),
        _("It was withdrawn, or handed over already."),
    ),
    "evidence.withdrawn": (_("This was withdrawn already."), _("It stays visible; nothing is left to do.")),
    "evidence.objected": (_("You have objected to this already."), _("Your objection stands in the file.")),
    "evidence.not_theirs": (
        _("You object to what another claimant has put forward."),
        _("Withdraw what is your own instead."),
    ),
    "signals.not_yours": (
        _("Signals are for who decides and for compliance."),
        _("They decide nothing, and change no points."),
    ),
    "appeal.late": (_("The time to appeal ended on %(until)s."), _("The ruling is final.")),
    "sanction.state": (
        _("This sanction has moved on."),
        _("Load the page again to see where it stands."),
    ),
    "sanction.not_heard": (
        _("The person concerned is heard first."),
        _("It can be decided once they have answered, or after %(until)s."),
    ),
    "sanction.not_decider": (
        _("This is not yours to decide."),
        _("Who accuses doesn't decide; it is for %(who)s."),
    ),
    "sanction.not_concerned": (
        _("This is for the person concerned."),
        _("You can read it, not answer in their place."),
    ),
    "sanction.no_breach": (
        _("Nothing was missed here."),
        _("A sanction can be proposed once the holder was not told in time."),
    ),
    "sanction.there": (
        _("%(number)s has been proposed for this already."),
        _("Open it to see where it stands."),
    ),
    "sanction.not_yours": (
        _("This person is not in your unit."),
        _("Propose it from the page of a dispute in which they claim, or tell their head."),
    ),
    "effect.state": (_("This isn't due."), _("Only what is due can be noted as done.")),
    "policy.version_exists": (
        _("This unit has version %(version)s of this pack already."),
        _("Give the new text a new version number."),
    ),
    "policy.state": (_("The version has moved on."), _("Load the page again to see where it stands.")),
    "policy.own_proposal": (
        _("Whoever proposed a version can't approve it."),
        _("A second person approves."),
    ),
    "policy.past_date": (
        _("The date of effect lies in the past."),
        _("Facts are judged by the version of their time; choose a later date."),
    ),
    "policy.period_over": (
        _("The period of this overlay ends before its date of effect."),
        _("Its last day is %(day)s: write a new version with a later one."),
    ),
    "policy.no_overlay": (
        _("Only an overlay can be ended before its time."),
        _("Publish a newer version instead."),
    ),
    "policy.not_in_force": (_("This overlay is not in force."), _("Load the page again.")),
    "policy.in_force": (_("This version is in force."), _("Publish a newer one instead.")),
    "policy.system_only": (
        _("Shipped packs are taken over while setting up."),
        _("Propose the pack; a second person approves."),
    ),
}

FAULTS = {
    "required.by_article": _("This is missing; %(article)s wants it of every registration."),
    "scope.required": _("Name the product or project; customers are held for each apart."),
    "scope.not_used": _("Customers are held whole here; leave this empty."),
    "check.empty": _("Type a phone number or a name."),
    "holder.not_salesperson": _("%(staff)s is no salesperson."),
    "staff.unknown": _("No such member of staff."),
    "transfer.same": _("%(staff)s holds it already."),
    "reason.short": _("Give a reason of at least %(least)s characters."),
    "next_step.ahead": _("Plan a time after now and within a year."),
    "date.future": _("This can't be later than now."),
    "date.before_deal": _("This can't be before the deal."),
    "deal.signers": _("At most %(limit)s signers %(article)s, %(chosen)s chosen. Remove one."),
    "number.least": _("This must be at least %(least)s."),
    "number.form": _("This is no number."),
    "claimant.not_yours": _("%(staff)s is not in your unit."),
    "customer.not_found": _("No such customer; check the number or the name."),
    "claim.already": _("There is a claim of this person here already."),
    "claim.has_decided": _("%(staff)s has said how to rule here and can't become a party."),
    "statement.length": _("Write a statement of at most %(limit)s characters."),
    "entry.unknown": _("You may read no entry %(entry)s; borrow its page first."),
    "evidence.none": _("Name an entry, describe a paper or choose a file."),
    "extend.not_later": _("Choose a time after %(until)s."),
    "extend.nobody": _("Nobody has an answer still to give."),
    "holder.not_claimant": _("Choose one of the claimants or signers."),
    "split.not_100": _("Shares add up to %(total)s%%; they must make 100%%."),
    "split.too_many": _("At most %(limit)s people share %(article)s, %(chosen)s chosen. Remove one."),
    "split.share": _("A share is a number from 0 to 100."),
    "split.twice": _("Each person has one share."),
    "finding.fact": _("This can't be found by people."),
    "finding.value": _("The value must lie within the bounds of the fact."),
    "outcome.unknown": _("Choose one of the three outcomes."),
    "sanction.unknown": _("The policy has no such sanction."),
    "sanction.measure": _("Choose the measure."),
    "sanction.amount": _("Give an amount above 0."),
    "sanction.days": _("Give a number of days from 1 to 366."),
    "sanction.past": _("It can't begin in the past."),
    "sanction.not_milder": _("This isn't milder than proposed; impose as proposed or choose less."),
    "month.form": _("Give a month such as 2026-11."),
    "note.length": _("Write a note of at most %(limit)s characters."),
}

PROBLEMS.update(holding_texts.PROBLEMS)
PROBLEMS.update(standing_texts.PROBLEMS)
PROBLEMS.update(co_working.PROBLEMS)
PROBLEMS.update(rotation.PROBLEMS)
PROBLEMS.update(matches.PROBLEMS)
FAULTS.update(rotation.FAULTS)
FAULTS.update(co_working.FAULTS)
FAULTS.update(matches.FAULTS)

CLOCKS = {
    **holding_texts.CLOCKS,
    **standing_texts.CLOCKS,
    "sanction.hearing": _("Answer to a proposed sanction, %(number)s"),
    "sanction.decision": _("Decide a sanction, %(number)s"),
    "sanction.appeal": _("Appeal against a sanction, %(number)s"),
}
