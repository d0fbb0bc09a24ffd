"""What is wrong in a policy pack, in words: for the editor's page, the API and the command line.

The engine speaks in codes with parameters; here each has one sentence. `%(accepted)s` is what would have
been right.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dingfen import formats
from dingfen.engine.check import Finding
from dingfen.engine.durations import Unit, parse_length
from dingfen.engine.errors import PackError
from dingfen.policies import complaint_findings, topic_findings

ERRORS: dict[str, Promise] = {
    **complaint_findings.ERRORS,
    **topic_findings.ERRORS,
    "alias": _("Anchors and aliases are not used in a pack: write the rule where it stands."),
    "clock_time_has_no_days": _("%(unit)s run from the moment itself: leave out %(keys)s."),
    "comma_in_text": _("A comma ends a text in braces: put the whole text in quotes."),
    "condition_too_deep": _("This condition has too many brackets inside each other."),
    "condition_too_long": _("This condition is too long: split it into several rules."),
    "counting_missing": _("A length in %(unit)s must also say %(keys)s."),
    "days_contradict": _("%(unit)s can't be counted in %(days)s days."),
    "duplicate_article": _("Article %(article)s is there twice."),
    "duplicate_id": _("The id %(id)s is used twice."),
    "duplicate_key": _("This key is there twice."),
    "effect_incomplete": _("An effect of the kind %(kind)s also needs %(keys)s."),
    "empty": _("Something must stand here."),
    "expected": _("Something else is expected here."),
    "fact_out_of_scope": _("The fact %(fact)s can't be used in this place."),
    "file_too_large": _("This file is too large for a rule book."),
    "number_too_large": _("The number %(found)s is too large."),
    "missing_file": _("This file is missing."),
    "missing_key": _("This key is missing."),
    "never_lapses": _("A registration would never lapse: %(hold)s."),
    "no_claims_here": _("%(function)s() compares claims, and there are none in this place."),
    "not_a_choice_of_claim": _("This doesn't say which claim is meant."),
    "not_a_condition": _("This isn't something that can be true or false."),
    "not_a_length": _("This isn't a length of time."),
    "not_a_mapping": _("This file must consist of keys and values."),
    "not_a_span": _("This must be a plain length of minutes, hours or days."),
    "not_an_amount": _("This isn't an amount with its currency."),
    "not_one_of": _("This value isn't one of those there are."),
    "not_points": _("These aren't points, or a range of points."),
    "not_yaml": _("This can't be read as YAML: %(problem)s"),
    "no_topic": _("A pack needs rules on at least one topic."),
    "nothing_there": _("The pack it extends has no %(key)s."),
    "overlay_adds": _("An overlay changes values that are there, and %(key)s isn't."),
    "overlay_incomplete": _("An overlay says which pack it changes, and from when until when."),
    "extends_itself": _("%(pack)s would extend itself."),
    "period_ends_first": _("The last day comes before the first."),
    "unknown_pack": _("There is no pack %(pack)s to extend."),
    "one_of": _("Exactly one of these must stand here."),
    "out_of_range": _("This number is too small or too large."),
    "range_needs_value": _("Points in a range are given by people: name the fact that holds them."),
    "shares_not_100": _("The shares make %(found)s per cent, not 100."),
    "split_form": _("A split says either among whom it is equal, or each share."),
    "tag": _("Tags are not used in a pack."),
    "too_long": _("This is too long."),
    "unexpected": _("The condition should end here, or go on with and, or, or a comparison."),
    "unknown_article": _("There is no article %(article)s."),
    "unknown_character": _("The character %(character)s has no meaning in a condition."),
    "unknown_choice": _("%(found)s isn't one of the values of this fact."),
    "unknown_fact": _("There is no fact %(fact)s."),
    "unknown_file": _("This file doesn't belong to a pack."),
    "unknown_function": _("There is no function %(found)s()."),
    "unknown_key": _("There is no such key here."),
    "unknown_unit": _("%(found)s isn't a unit of time in a condition."),
    "value_does_not_fit": _("%(found)s isn't a value the fact %(fact)s can have."),
    "wrong_form": _("This isn't written in the form needed here."),
    "wrong_operator": _("These can't be compared or calculated in this way."),
    "wrong_type": _("This is of the wrong kind."),
    "wrong_value": _("This value isn't possible here: %(reason)s"),
}
# What to do where no form can be named that would have been right.
TO_DO: dict[str, Promise] = {
    "alias": _("Copy the lines to both places."),
    "clock_time_has_no_days": _("Only days, weeks and months have them."),
    "condition_too_deep": _("Split it into several rules."),
    "days_contradict": _("Write working days, or days: calendar."),
    "duplicate_article": _("Give one of them another number."),
    "duplicate_id": _("Give one of them another id, such as %(id)s-2."),
    "duplicate_key": _("Take one of them away."),
    "effect_incomplete": _("Add them."),
    "empty": _("Write it, or take the key away."),
    "extends_itself": _("Name another pack under extends, or none."),
    "file_too_large": _("Divide it into two rule books."),
    "limits_do_not_grow": _("Put the limits in order, the smallest first."),
    "needs_denominator": _("Say what it is divided by: denominator."),
    "needs_second_person": _("Name somebody else under approved_by."),
    "no_claims_here": _("Ask for a fact of the case itself."),
    "not_yaml": _("Look for a missing quote, bracket or colon on this line or before it."),
    "nothing_there": _("Correct the name under without."),
    "number_too_large": _("Write a smaller one."),
    "overlay_adds": _("Take it out, or change something the pack has."),
    "period_ends_first": _("Exchange the two days."),
    "shares_not_100": _("Change the shares so that they make 100."),
    "tag": _("Take away what begins with an exclamation mark."),
    "unknown_character": _("Write a condition such as visits > 2 and not lapsed."),
    "unknown_pack": _("Correct the name; dingfen policy list shows those there are."),
    "wrong_value": _("Correct the value."),
}
OTHER_ERROR = _("This value isn't possible here.")

FINDINGS: dict[str, Promise] = {
    **complaint_findings.FINDINGS,
    **topic_findings.FINDINGS,
    "always_true": _("This condition is always true: leave it out, or say what is meant."),
    "article_only_read": _("Article %(article)s is only read; no rule runs by it."),
    "article_without_scenario": _("No scenario tries article %(article)s."),
    "counted_twice": _("The line %(id)s counts the same as %(after)s."),
    "duty_to_oneself": _("The duty %(id)s is owed to the one who owes it."),
    "excludes_all": _("This would leave out every claim, so it never applies."),
    "grade_not_required": _("Rules depend on the grade, but a registration can be made without one."),
    "grade_without_follow_up": _("There is no follow-up rule for grade %(grade)s."),
    "lapse_before_follow_up_due": _(
        "Grade %(grade)s: the registration lapses after %(lapse)s, before its follow-up falls due every %(every)s."
    ),
    "lapse_hidden": _(
        "This lapse after %(lapse)s says nothing: another, after %(every)s, always falls due first."
    ),
    "looser_than_law": _("%(length)s is looser than the law this rule cites."),
    "never_true": _("This condition can never be true."),
    "no_follow_up_to_miss": _("The lapse counts from a follow-up that grade %(grade)s doesn't owe."),
    "no_points": _("The line %(id)s gives no points."),
    "no_pool_rules": _("Customers go to the pool, but the pool has no rules."),
    "breach_without_consequence": _("Nothing follows when the duty %(duty)s is not kept."),
    "clock_without_person": _("%(id)s has a time limit, but nobody who owes it."),
    "contradiction": _("%(id)s and %(after)s can both apply and give the customer to different people."),
    "fact_needs_rule": _("The fact %(fact)s says nothing as long as the rules have no %(rule)s."),
    "first_thing_all_day": _("A day or more after opening is not first thing in the morning."),
    "language_missing": _("This text is not in its language (%(language)s)."),
    "language_missing_often": _("%(count)s texts are not in their language (%(language)s)."),
    "look_back_beyond_lapse": _("The look-back of %(length)s reaches further than any registration lasts."),
    "never_seen": _("No simple case was found in which %(id)s applies."),
    "not_covered": _("There are cases no rule covers; then people decide without a proposal."),
    "outlasts_the_hold": _("%(length)s is longer than a registration lasts (%(lapse)s)."),
    "outlasts_the_window": _("%(length)s is longer than the time to claim (%(every)s)."),
    "points_change_nothing": _("The points of %(id)s can't change any outcome."),
    "role_may_not": _("This needs somebody who leads; the role %(role)s doesn't."),
    "role_nobody_holds": _("Nobody holds the role %(role)s."),
    "reminder_before_start": _("The reminder would come before the registration: it lapses after %(lapse)s."),
    "repeats": _("%(id)s does the same as %(after)s before it."),
    "rule_unreachable": _("Rules before this one leave no customer for it."),
    "scenario_of_missing_topic": _("The scenario %(id)s tries %(topic)s, and this pack has no such rules."),
    "floor_of_nothing": _("The floor is about %(key)s, which this pack doesn't say."),
    "floor_unverified": _("The legal floor %(id)s still has to be confirmed."),
    "scenario_of_unknown_article": _("The scenario %(id)s names article %(article)s, which isn't there."),
    "threshold_out_of_reach": _("Nobody can lead by %(threshold)s points: all lines give %(most)s at most."),
    "unreachable": _("%(id)s is never reached: %(after)s always ends the comparison."),
    "unverified": _("Article %(article)s holds values that still have to be confirmed."),
}
MENDS: dict[str, Promise] = {
    **complaint_findings.MENDS,
    **topic_findings.MENDS,
    "always_true": _("Take the condition away."),
    "article_only_read": _("Nothing needs to be done if people are only to read it."),
    "article_without_scenario": _("Add a scenario in which it decides, and one just outside."),
    "breach_without_consequence": _("Add a rule or a sanction that asks for it, or take the duty away."),
    "clock_without_person": _("Say who owes it: by."),
    "contradiction": _("Put the one that should win first, or narrow the conditions."),
    "counted_twice": _("Take one of the lines away."),
    "duty_to_oneself": _("Name another person under to."),
    "excludes_all": _("Narrow the condition."),
    "fact_needs_rule": _("Add that rule, or don't ask for the fact."),
    "first_thing_all_day": _("Write a shorter time, such as 1 hour."),
    "grade_not_required": _("Ask for the grade in registration.required."),
    "grade_without_follow_up": _("Add a rule for it, or one without a condition at the end."),
    "language_missing": _("Write the text in this language."),
    "language_missing_often": _("Write them, or publish in the one language people here read."),
    "lapse_hidden": _('Say when the shorter one holds, for instance: when: stage != "deposit".'),
    "lapse_before_follow_up_due": _(
        "Count the lapse from follow_up_due, or make it longer than the follow-up."
    ),
    "look_back_beyond_lapse": _("Shorten the look-back, if it is to say more than the lapse does."),
    "looser_than_law": _("Choose a value within what the law allows."),
    "never_seen": _("See whether an earlier rule always comes first; try it in a scenario."),
    "never_true": _("See whether “and” should be “or”."),
    "no_follow_up_to_miss": _("Add a follow-up rule, or count from another event."),
    "no_points": _("Give points, or take the line away."),
    "no_pool_rules": _("Add the pool, or let customers be open to all."),
    "not_covered": _("Add a last rule or a scorecard, or leave it to people on purpose."),
    "outlasts_the_hold": _("Shorten the time."),
    "outlasts_the_window": _("Shorten the time."),
    "points_change_nothing": _("Change the points or the threshold, or take the line away."),
    "reminder_before_start": _("Remind later, or let registrations last longer."),
    "repeats": _("Take one of the rules away."),
    "role_may_not": _("Name the head, the general manager or compliance."),
    "role_nobody_holds": _("Give somebody the role, or name another."),
    "rule_unreachable": _("Put it before the more general rule."),
    "scenario_of_missing_topic": _("Add the rules, or take the scenario away."),
    "floor_of_nothing": _("Correct the key, or add the value."),
    "floor_unverified": _("Look it up in the law, then take the mark away."),
    "scenario_of_unknown_article": _("Correct the number of the article."),
    "threshold_out_of_reach": _("Lower the threshold, or give more points."),
    "unreachable": _("Put it before the rule that always ends the comparison."),
    "unverified": _("Confirm the values, then take the mark away."),
}
_UNITS: dict[Unit, str] = {
    "minutes": "分钟",
    "hours": "小时",
    "working_hours": "个工作小时",
    "days": "日",
    "working_days": "个工作日",
    "weeks": "周",
    "months": "个月",
}
NO_GRADE = _("not graded")
ACCEPTED = _("Right would be: %(accepted)s")
NEAR = _("Was %(near)s meant?")


def error_text(error: PackError) -> str:
    """One sentence or two: what is wrong, and what would be right."""
    text = str(ERRORS.get(error.message_code, OTHER_ERROR)) % _shown(error.params)
    if error.params.get("near"):
        text += " " + str(NEAR) % {"near": error.params["near"]}
    if not error.accepted and error.message_code in TO_DO:
        text += " " + str(TO_DO[error.message_code]) % _shown(error.params)
    if error.accepted:
        text += " " + str(ACCEPTED) % {"accepted": error.accepted}
    return text


def finding_text(finding: Finding) -> str:
    """One sentence on a finding of lint."""
    return str(FINDINGS[finding.code]) % _shown(finding.params)


def mend_text(finding: Finding) -> str:
    """What to do about it."""
    return str(MENDS[finding.code])


class _Shown(dict[str, Any]):
    """Parameters as a sentence shows them; one that is missing shows nothing."""

    def __missing__(self, name: str) -> str:
        return ""


def _shown(params: Mapping[str, Any]) -> _Shown:
    return _Shown({name: _words(name, value) for name, value in params.items()})


def _words(name: str, value: Any) -> Any:
    if name == "grade" and value is None:
        return str(NO_GRADE)
    if name in ("lapse", "every", "length") and not str(value).isdigit():
        return rule_length(value)
    return value


def rule_length(text: str) -> str:
    """A length as a rule writes it, in the language in force: 5 working days / 5 个工作日."""
    if not formats.chinese():
        return text
    amount, unit = parse_length(text)
    return f"{amount} {_UNITS[unit]}"
