"""A journey to a certificate, written once and played on every platform."""

import re
from dataclasses import replace
from datetime import timedelta

from bot.testing import ANA, PARTNERS, Seat, Venue, Where, heard
from bot.testing_steps import OPEN, in_rooms, short
from topics.model import Kit

FILE = "certificate.pdf"
_CODE = re.compile(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){2}\b")
_WEEK = timedelta(weeks=1)


def certifying(kit: Kit) -> Kit:
    """The short kit, which sends certificates."""
    return replace(short(kit), certificates=replace(kit.certificates, send=True))


async def a_certificate_is_given(venue: Venue, kit: Kit, *, restarts: bool = False) -> tuple[str, str]:
    """One pair writes to the end, the other never does: only the first two get certificates.

    One says that the name is right, twice over, and then has another one put on it; the other says nothing. Returns
    the name and the code that the first one has in the end.
    """
    await in_rooms(venue, kit)
    both = await venue.members(ANA)
    partner = next(seat for seat in PARTNERS if seat.key in both and seat is not ANA)
    others = [seat for seat in PARTNERS if seat.key not in both]
    for week in range(kit.plan.weeks):
        for seat in (ANA, partner):
            await venue.say(seat, "Good morning! This week we have rain.", Where.ROOM)
        await venue.until(OPEN + (week + 1) * _WEEK)
    await venue.until(venue.now() + timedelta(days=2))
    for seat in (ANA, partner):
        asked = await heard(venue, seat, "You completed")
        assert seat.name in asked.text
    if restarts:
        await venue.restart()
    venue.double()
    await venue.press(ANA, "The name is right")
    code = await _given(venue, ANA)
    await venue.until(venue.now() + _WEEK)
    assert code != await _given(venue, partner), "who says nothing gets one too, with a code of their own"
    if restarts:
        await venue.restart()
    await venue.fill(ANA, "certificate", {"name": "Ana Zoë Abreu"})
    await heard(venue, ANA, "with the name Ana Zoë Abreu")
    assert await _given(venue, ANA) == code, "whoever has the first sheet can still have it confirmed"
    for seat in others:
        await venue.fill(seat, "certificate", {})
        await heard(venue, seat, "I have no certificate for you")
    return "Ana Zoë Abreu", code


async def _given(venue: Venue, seat: Seat) -> str:
    """The code that stands beneath somebody's newest certificate, which came as a file."""
    told = await heard(venue, seat, "Here is your certificate")
    heard_of = [shown for shown in await venue.shown(seat) if "Here is your certificate" in shown.text]
    files = [file for shown in await venue.shown(seat) for file in shown.files if file == FILE]
    assert len(files) == len(heard_of), "each came with its sheet, and none twice"
    found = _CODE.search(told.text)
    assert found is not None, told.text
    return found.group()
