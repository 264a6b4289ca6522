"""Ambassadors: how one becomes it, what one sees and does, and how it ends."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from adapters.local.records import Account as Seat
from bot.program.ambassadors import Ambassador, choose
from storage.communications import Contact
from storage.people import Person, Role
from tests.program.desk import BOSS, DAY, Desk, opened

NOON = datetime(2026, 12, 21, 13, tzinfo=UTC)


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    """Alex and Ines are from Portugal, Bea is from Japan. Hugo applied for nothing, and will be an ambassador."""
    more = [Seat("ines", "Ines", "ines@example.org", "Europe/Lisbon")]
    async with opened("cap:0", now=NOON, more=more) as desk:
        for user in ("alex", "bea", "ines"):
            await desk.applied(user)
        await desk.says("hugo", "hello")
        yield desk


async def volunteers(desk: Desk, user: str, *answers: str) -> str:
    await desk.command(user, "volunteer")
    said = ""
    for answer in answers:
        said = await desk.says(user, answer)
    return said


async def token_of(desk: Desk, countries: str) -> str:
    """The token of the buttons about the one who is, or would be, an ambassador."""
    role = next(role for role in await desk.rows(Role) if role.role != "coordinator")
    return f"volunteer:{role.id}:{role.person_id}-{countries}"


async def test_somebody_volunteers_and_is_approved(desk: Desk) -> None:
    said = await volunteers(desk, "hugo", "Portugal", "skip", "I speak *Portuguese*.\nAnd Spanish.")
    assert "look after people from Portugal" in said
    asked = desk.last(desk.desk)
    assert "Hugo (hugo@example.org) would like to be an ambassador for Portugal" in asked
    assert "I speak *Portuguese*." in asked and "> And Spanish." in asked
    assert "ambassadors for their countries" in await desk.command("hugo", "applications"), "not before it is decided"
    assert "Hugo would like to be one for Portugal" in await desk.command(BOSS, "ambassadors")
    await desk.press(BOSS, "Approve", desk.desk)
    shown = desk.shown(desk.desk)[-1]
    assert "as Bo Boss decided" in str(shown.message) and not shown.questions
    await desk.until(desk.clock.now() + DAY)
    assert sum("you are an ambassador for Portugal" in text for text in desk.heard("hugo")) == 1
    assert "Hugo: Portugal" in await desk.command(BOSS, "ambassadors")
    assert "an ambassador already, for Portugal" in await desk.command("hugo", "volunteer")
    assert "an ambassador already" in await desk.forge(BOSS, await token_of(desk, "PT"), "decline")


async def test_somebody_is_declined_kindly_and_may_offer_it_again(desk: Desk) -> None:
    await volunteers(desk, "hugo", "Portugal", "Spain", "skip")
    await desk.press(BOSS, "Decline kindly", desk.desk)
    await desk.until(desk.clock.now() + DAY)
    assert "It is not about you" in desk.last("hugo")
    await volunteers(desk, "hugo", "Spain", "skip", "skip")
    stale = await token_of(desk, "ES-PT")
    assert "asks for other countries now" in await desk.forge(BOSS, stale, "approve")
    await desk.press(BOSS, "Approve", desk.desk)
    (role,) = [role for role in await desk.rows(Role) if role.role != "coordinator"]
    assert (role.role, role.countries) == ("ambassador", ["ES"])


async def test_an_ambassador_sees_those_of_their_countries(desk: Desk) -> None:
    await desk.command(BOSS, 'ambassador hugo@example.org "Portugal"')
    told = await desk.command("hugo", "applications")
    assert "who applied from Portugal (2)" in told and "Alex (alex@example.org): accepted" in told and "Ines" in told
    assert "Bea" not in told and "Japan" not in told
    await desk.command(BOSS, "ambassador hugo@example.org Portugal, Japan")
    told = await desk.command("hugo", "applications")
    assert "Japan, Portugal (3)" in told and "Bea (bea@example.org), Japan: accepted" in told


async def test_an_ambassador_writes_to_them_and_answers_come_back(desk: Desk) -> None:
    await desk.command(BOSS, "ambassador hugo@example.org Portugal")
    noted = len(desk.heard(desk.desk))
    await desk.command("hugo", "contact alex@example.org")
    for words in ("Olá, Alex!", "An ambassador, without my name", "submit"):
        await desk.says("hugo", words)
    assert "A country ambassador of Classrooms in Touch writes to you" in desk.last("alex")
    assert "Hugo" not in desk.last("alex")
    await desk.press("alex", "Answer")
    assert "The ambassador has your answer" in await desk.says("alex", "Obrigado!")
    await desk.until(desk.clock.now() + DAY)
    assert "Alex answers:" in desk.last("hugo") and len(desk.heard(desk.desk)) == noted
    await desk.press("hugo", "Write back")
    for words in ("De nada", "Hugo", "submit"):
        await desk.says("hugo", words)
    await desk.until(desk.clock.now() + DAY)
    assert "Hugo, ambassador of Classrooms in Touch writes to you" in desk.last("alex")
    assert len(await desk.rows(Contact)) == 1


async def test_when_it_ends_answers_come_to_the_desk(desk: Desk) -> None:
    await desk.command(BOSS, "ambassador hugo@example.org Portugal")
    await desk.command("hugo", "contact alex@example.org")
    for words in ("Olá, Alex!", "Hugo", "submit"):
        await desk.says("hugo", words)
    await desk.command("hugo", "contact alex@example.org")
    assert "is no ambassador for Portugal" in await desk.command(BOSS, "ambassador hugo@example.org none")
    for words in ("Too late", "Hugo"):
        await desk.says("hugo", words)
    assert "Only coordinators" in await desk.says("hugo", "submit"), "begun before, and not sent"
    await desk.press("alex", "Answer")
    await desk.says("alex", "Obrigado!")
    assert "Obrigado!" in desk.last(desk.desk) and not any("Obrigado" in text for text in desk.heard("hugo"))
    assert "Only coordinators" in await desk.forge("hugo", "contact:1", "write")
    assert "Only coordinators" in await desk.command("hugo", "applications")


@pytest.mark.parametrize(
    ("given", "answer"),
    [
        ("hugo@example.org Atlantis", "I do not know a country called “Atlantis”"),
        ("hugo@example.org", "needs countries"),
        ("hugo@example.org ,", "Name one to 10 countries"),
        ("nobody@example.org Portugal", "I do not know “nobody@example.org” here"),
        ("hugo@example.org none", "is no ambassador, so nothing has changed"),
    ],
)
async def test_what_cannot_be_done(desk: Desk, given: str, answer: str) -> None:
    assert answer in await desk.command(BOSS, f"ambassador {given}")
    assert [role.role for role in await desk.rows(Role)] == ["coordinator"]


async def test_only_coordinators_decide(desk: Desk) -> None:
    await volunteers(desk, "hugo", "Portugal", "skip", "skip")
    token = await token_of(desk, "PT")
    assert "Only coordinators" in await desk.forge("hugo", token, "approve")
    for wrong in ("volunteer:999:PT", "volunteer:x:PT", "volunteer", f"{token}:more", "volunteer:" + "9" * 40 + ":PT"):
        assert "is over" in await desk.forge(BOSS, wrong, "approve")
    assert "is over" in await desk.forge(BOSS, token, "crown")
    assert [role.role for role in await desk.rows(Role)] == ["coordinator", "volunteer"]


def somebody(number: int, *countries: str, cases: int = 0, away: bool = False) -> Ambassador:
    role = Role(id=number, program_id=1, person_id=number, role="ambassador", since=NOON, countries=list(countries))
    return Ambassador(role, Person(id=number, created_at=NOON), away, cases)


def test_a_case_goes_to_who_is_free_and_has_least() -> None:
    kenya, none = frozenset({"KE"}), frozenset[int]()
    busy, idle, away, other = (
        somebody(1, "KE", cases=2),
        somebody(2, "KE", "UG", cases=1),
        somebody(3, "KE", away=True),
        somebody(4, "JP"),
    )
    every = [busy, idle, away, other]
    assert choose(every, kenya, none) is idle
    assert choose(every, kenya, frozenset({2})) is busy, "whoever it is about does not look after it"
    assert choose([away, other], kenya, none) is None
    assert choose([somebody(6, "KE"), somebody(5, "KE")], kenya, none) == somebody(5, "KE"), "of equals the first"
