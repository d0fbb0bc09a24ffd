"""The cast stands, and companies are apart."""

from dingfen.accounts import access
from tests.cast import Cast


def test_a_role_counts_below_its_unit_and_in_its_company(cast: Cast) -> None:
    jiang = cast.actor("jiang")
    assert access.decide(jiang, "dispute.rule", company_id=cast.company.pk, path=cast.east.path).allowed
    assert not access.decide(jiang, "dispute.rule", company_id=cast.company.pk, path=cast.west.path).allowed
    stranger = access.decide(cast.actor("stranger"), "customer.view", company_id=cast.company.pk)
    assert not stranger.allowed
    assert not stranger.visible
