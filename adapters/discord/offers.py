"""While somebody types an argument of a command: what they could mean."""

import asyncio

import structlog

from adapters.discord.commands import given, takes_numbers
from adapters.discord.inside import Inside
from bot.language.markup import tidy_line
from bot.language.payload import Json, part, word
from bot.language.places import Actor

WITHIN = 1.5
"""Seconds that the core has; an answer must be there within three."""
MOST, LONGEST = 25, 100

log = structlog.get_logger()


async def choices(interaction: Json, actor: Actor, inside: Inside) -> list[Json]:
    """What is offered: nothing where that cannot be told soon."""
    found = given(part(interaction, "data"), inside.commands)
    if found is None or not found[2] or not actor.community:
        return []
    command, values, name = found
    argument = next(each for each in command.arguments if each.name == name)
    typed = {key: value for key, value in values.items() if value}
    try:
        async with asyncio.timeout(WITHIN):
            channel = word(interaction, "channel_id")
            offers = await inside.knowledge.offers(actor, command.name, name, typed, channel)
    except Exception as problem:  # whatever it was, the person can type it themselves
        log.warning("nothing_offered", platform="discord", command=command.name, error=type(problem).__name__)
        return []
    made: list[Json] = []
    for offer in offers:
        value: str | int = offer.value
        if takes_numbers(argument):
            if not offer.value.isdecimal():
                continue
            value = int(offer.value)
        elif not 0 < len(offer.value) <= LONGEST:
            continue
        label = tidy_line(offer.label, LONGEST) or offer.value
        made.append({"name": label, "value": value})
    return made[:MOST]
