"""Who may do what: every combination of standing and action."""

import pytest

from bot.program.access import Action, Standing, Who, allowed

STRANGER = Standing(1)
PARTNER = Standing(1, partnerships=frozenset({7}))
TRIPLE = Standing(1, partnerships=frozenset({7, 8}))
COORDINATOR = Standing(1, coordinator=True)
AMBASSADOR = Standing(1, countries=frozenset({"KE", "UG"}))
BOTH = Standing(1, coordinator=True, partnerships=frozenset({7}))

ONLY, NOT_YOURS, NONE = "access.coordinators_only", "access.not_yours", "access.no_partnership"
NO_AMBASSADOR, ELSEWHERE, OWNERS = "access.ambassadors_only", "access.not_your_country", "setup.owners_only"
KENYA, JAPAN, MIXED = frozenset({"KE"}), frozenset({"JP"}), frozenset({"JP", "UG"})


@pytest.mark.parametrize(
    ("standing", "action", "reason"),
    [
        (STRANGER, Action(Who.ANYONE), ""),
        (STRANGER, Action(Who.PARTNER), NONE),
        (STRANGER, Action(Who.COORDINATOR), ONLY),
        (PARTNER, Action(Who.ANYONE), ""),
        (PARTNER, Action(Who.PARTNER), ""),
        (PARTNER, Action(Who.PARTNER, partnership=7), ""),
        (PARTNER, Action(Who.PARTNER, partnership=8), NOT_YOURS),
        (TRIPLE, Action(Who.PARTNER, partnership=8), ""),
        (PARTNER, Action(Who.COORDINATOR), ONLY),
        (PARTNER, Action(Who.COORDINATOR, partnership=7), ONLY),
        (COORDINATOR, Action(Who.COORDINATOR), ""),
        (COORDINATOR, Action(Who.COORDINATOR, partnership=7, person=2), ""),
        (COORDINATOR, Action(Who.PARTNER), NONE),
        (BOTH, Action(Who.PARTNER, partnership=8), NOT_YOURS),
        (STRANGER, Action(Who.ANYONE, person=1), ""),
        (STRANGER, Action(Who.ANYONE, person=2), NOT_YOURS),
        (COORDINATOR, Action(Who.ANYONE, person=2), NOT_YOURS),
        (PARTNER, Action(Who.PARTNER, partnership=7, person=2), NOT_YOURS),
        (AMBASSADOR, Action(Who.ANYONE), ""),
        (AMBASSADOR, Action(Who.ANYONE, person=2), NOT_YOURS),
        (AMBASSADOR, Action(Who.PARTNER), NONE),
        (AMBASSADOR, Action(Who.COORDINATOR), ONLY),
        (AMBASSADOR, Action(Who.COORDINATOR, countries=KENYA), ONLY),
        (AMBASSADOR, Action(Who.OWNER), OWNERS),
        (AMBASSADOR, Action(Who.AMBASSADOR), ""),
        (AMBASSADOR, Action(Who.AMBASSADOR, countries=KENYA), ""),
        (AMBASSADOR, Action(Who.AMBASSADOR, countries=MIXED), ""),
        (AMBASSADOR, Action(Who.AMBASSADOR, countries=JAPAN), ELSEWHERE),
        (AMBASSADOR, Action(Who.AMBASSADOR, countries=frozenset()), ELSEWHERE),
        (STRANGER, Action(Who.AMBASSADOR), NO_AMBASSADOR),
        (STRANGER, Action(Who.AMBASSADOR, countries=KENYA), NO_AMBASSADOR),
        (PARTNER, Action(Who.AMBASSADOR, countries=JAPAN), NO_AMBASSADOR),
        (COORDINATOR, Action(Who.AMBASSADOR), ""),
        (COORDINATOR, Action(Who.AMBASSADOR, countries=JAPAN), ""),
        (COORDINATOR, Action(Who.OWNER), ""),
        (Standing(1, owner=True), Action(Who.OWNER), ""),
        (Standing(1, owner=True), Action(Who.AMBASSADOR, countries=KENYA), NO_AMBASSADOR),
    ],
)
def test_who_may(standing: Standing, action: Action, reason: str) -> None:
    decision = allowed(standing, action)
    assert (decision.allowed, decision.reason) == (not reason, reason)
