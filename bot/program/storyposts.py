"""Stories in their channel: published once, and taken down at once, wherever the message is at that moment."""

from collections.abc import Mapping

from bot.engine.courier import Outcome
from bot.language.acts import Edit
from bot.language.messages import Element, Picture, say
from bot.language.places import Address, Place
from bot.program.routes import Continuation
from bot.program.stories import Told, account_of, as_published, countries_shown, numbered, subject_of, told
from bot.program.stories_public import shown_title
from bot.program.turn import Turn, hall_of
from storage.people import Account, Community, Person, Program
from storage.stories import Story

POSTED, DOWN = "story_posted", "story_down"
"""The continuations of the message that publishes a story, and of what takes its place when it is taken down."""


async def channel_of(turn: Turn, program: Program) -> Address:
    """The channel in which stories are published: the hall, unless coordinators chose another one."""
    community = await turn.get(Community, program.community_id)
    chosen = hall_of(program, community) if program.stories is None else program.stories
    return Address(community.platform, community.external_id, Place.HALL, chosen)


async def publish(turn: Turn, about: Told, by: Person) -> bool:
    """Publish what all have agreed to. Returns whether there is a channel for it; the site has it in any case."""
    story = about.story
    story.countries = await countries_shown(turn, about)
    story.state, story.published_at, story.approved_by_id, story.check_at = "published", turn.now, by.id, None
    channel = await channel_of(turn, about.program)
    parts: tuple[str | Element, ...] = await as_published(turn, about)
    if turn.able(channel.platform).documents_stay:
        # A picture that could not be taken down again is not put up: the site has it.
        parts = tuple(part for part in parts if not isinstance(part, Picture))
    if channel.id:
        story.channel = str(channel)
        turn.post(channel, "story", f"{about.key}:published", *parts, subject=about.subject, then=POSTED)
    return bool(channel.id)


async def _posted(turn: Turn, outcome: Outcome) -> None:
    """The message is there, or can never be. One that was taken down on its way is taken down now."""
    _, number, revision, *_ = outcome.act.key.split(":")
    story = await turn.session.get(Story, int(number))
    if story is None:
        return
    program = await turn.get(Program, story.program_id)
    if outcome.receipt is None:
        channel = f"#{outcome.act.address.id}"
        values = {"title": shown_title(story), "channel": channel, "reason": outcome.reason}
        text = turn.say(program, "story.unposted", **values)
        await turn.tell_desk(program, "notice", f"{outcome.act.key}:failed", text, subject=subject_of(story.id))
    elif story.state == "published" and str(story.revision) == revision:
        story.channel, story.message = str(outcome.act.address), outcome.receipt.reference
    else:
        _replace(turn, program, story, outcome.act.address, outcome.receipt.reference)


async def take_down(turn: Turn, program: Program, story: Story) -> None:
    """Take a story out of its channel, and off everything that reads what is published, at once.

    What was still to be said about it is not said any more.
    """
    await turn.work.cancel(subject_of(story.id), reason="the story was taken down")
    if story.message and story.channel:
        _replace(turn, program, story, Address.parse(story.channel), story.message)
    story.channel = story.message = ""
    story.published_at, story.countries, story.check_at = None, [], None


def _replace(turn: Turn, program: Program, story: Story, channel: Address, message: str) -> None:
    key = f"story:{story.id}:{story.revision}:down:{message}"
    turn.work.enqueue(Edit(key, "story", channel, message, say(turn.say(program, "story.gone"))), then=DOWN)


async def _down(turn: Turn, outcome: Outcome) -> None:
    """It is gone; or somebody must delete it by hand, and soon. A message that is not there any more is gone, too."""
    if outcome.receipt is not None or outcome.reason.startswith("gone:"):
        return
    number = outcome.act.key.split(":")[1]
    story = await turn.session.get(Story, int(number))
    if story is not None:
        program, channel = await turn.get(Program, story.program_id), f"#{outcome.act.address.id}"
        text = turn.say(program, "story.undowned", number=number, channel=channel, reason=outcome.reason)
        await turn.tell_desk(program, "notice", f"{outcome.act.key}:failed", text)


async def tell(turn: Turn, about: Told, person_id: int, part: str, *parts: str | Element) -> None:
    """Write to somebody whose story it is, in their daytime; whoever is not here any more hears nothing."""
    account = await account_of_person(turn, about, person_id)
    if account is not None:
        key = f"{about.key}:{part}:{person_id}"
        await turn.tell(about.program, account, "story", key, *parts, subject=about.subject)


async def account_of_person(turn: Turn, about: Told, person_id: int) -> Account | None:
    """Where the author or one of the partners can be written to; None where they are not here any more."""
    seat = next((seat for seat in about.partners.seats if seat.member.person_id == person_id), None)
    return await account_of(turn, about.program, seat) if seat is not None else None


async def of_number(turn: Turn, program: Program, number: str) -> Told | None:
    """The story of that number with its people; None where this program has none."""
    story = await numbered(turn, program, number)
    return await told(turn, program, story) if story is not None else None


CONTINUATIONS: Mapping[str, Continuation] = {POSTED: _posted, DOWN: _down}
