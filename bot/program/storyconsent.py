"""Who agrees that a story is published: each is asked once in private, reminded once, and can withdraw at any time.

No answer is not a yes: a story waits for those who are here. Whoever cannot be asked any more (they left the place, or
were forgotten) is taken out of it, and coordinators decide whether it can stand without them.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.engine.work import Work
from bot.errors import NotAllowed, Problem
from bot.language.acts import Edit
from bot.language.markup import Markdown
from bot.language.messages import Choices, Option, say
from bot.program.access import Action, Who, allowed
from bot.program.erasing import traces_of
from bot.program.partnerships import Seat
from bot.program.routes import Press
from bot.program.stories import OPEN, Told, account_of, as_published, drop_picture, state_text, take_out, told, verdict
from bot.program.stories_public import shown_title
from bot.program.storyposts import account_of_person, of_number, take_down, tell
from bot.program.storywords import deciding
from bot.program.turn import Turn
from bot.program.wording import Kits
from storage.people import Account, Person, Program
from storage.stories import Story, StoryConsent

PATIENCE = timedelta(days=10)
"""How long after the reminder the author is told that no answer came."""
_PARTS = 2


async def ask_all(turn: Turn, program: Program, story: Story, *, agreed: Sequence[int]) -> Told:
    """Ask everybody about this revision, but those who have `agreed` to it by what they did."""
    about = await told(turn, program, story)
    story.state, story.ended_at, story.reminded_at = "asked", None, None
    people = [story.person_id, *(seat.member.person_id for seat in about.others)]
    for person_id in people:
        mine = person_id in agreed
        consent = StoryConsent(
            program_id=program.id or 0,
            story_id=story.id or 0,
            person_id=person_id,
            revision=story.revision,
            answer="yes" if mine else "",
            asked_at=turn.now,
            answered_at=turn.now if mine else None,
        )
        await turn.add(consent)
    about = await _without_absent(turn, await told(turn, program, story))
    latest = turn.now
    for consent in about.consents:
        account = await account_of_person(turn, about, consent.person_id)
        if consent.answer == "" and account is not None:
            latest = max(latest, await _ask(turn, about, consent, account, "ask"))
    story.check_at = latest + timedelta(days=turn.kit(program).checkins.answer_days)
    return await go_on(turn, about)


async def _ask(turn: Turn, about: Told, consent: StoryConsent, account: Account, part: str) -> datetime:
    """Put the story before somebody as it would be published, with one click for each answer."""
    author = consent.person_id == about.story.person_id
    values = ("yes", "no") if author else ("yes", "out", "no")
    plain = turn.wording(about.program).plain
    options = tuple(
        Option(each, plain(f"story.button.{each}"), "primary" if each == "yes" else "plain") for each in values
    )
    picture = bool(about.story.picture)
    text = turn.say(
        about.program,
        f"story.{part}",
        author=about.author.name,
        mine=author,
        picture=picture,
        title=shown_title(about.story),
    )
    shown = await as_published(turn, about) if part == "ask" else ()
    buttons = Choices(_token(about), options)
    key = f"{about.key}:{part}:{consent.person_id}"
    return await turn.tell(about.program, account, "story", key, text, *shown, buttons, subject=about.subject)


async def go_on(turn: Turn, about: Told) -> Told:
    """Once everybody has agreed, the story is with the coordinators."""
    story = about.story
    if story.state == "asked" and verdict(about.consents) == "agreed":
        story.state, story.submitted_at, story.check_at = "submitted", turn.now, None
        parts = await deciding(turn, about)
        await turn.tell_desk(about.program, "story", f"{about.key}:desk", *parts, subject=about.subject)
    return about


async def pressed(turn: Turn, press: Press) -> None:
    """Somebody says what they want of a story: the token is `story:ID:REVISION`, and it is theirs or about them."""
    about, consent = await _own(turn, press)
    story, value = about.story, press.values[0] if press.values else ""
    author = story.person_id == press.person.id
    if value == "withdraw":
        if story.state not in OPEN:
            raise Problem(f"story.is.{story.state}", title=shown_title(story))
        await withdraw(turn, about, press.person.id)
        text = turn.say(press.program, "story.withdrawn", title=shown_title(story), mine=author)
    elif value not in ("yes", "no", *(() if author else ("out",))):
        raise NotAllowed("flow.over")
    elif press.parts[1] != str(story.revision):
        raise Problem("story.older")
    elif story.state not in ("asked", "submitted"):
        raise Problem(f"story.is.{story.state}", title=shown_title(story))
    elif consent.answer and (value == "yes" or value == consent.answer):
        raise Problem("story.answered", answer=consent.answer)
    else:
        await _answer(turn, about, consent, value)
        text = turn.say(press.program, f"story.did.{value}", mine=author)
    await _show(turn, press, about, text)


async def _own(turn: Turn, press: Press) -> tuple[Told, StoryConsent]:
    """The story that was pressed, and what whoever pressed has said of it. Raises NotAllowed for somebody else's."""
    about = await of_number(turn, press.program, press.parts[0]) if len(press.parts) == _PARTS else None
    consent = about.consent(press.person.id) if about is not None else None
    if about is None or consent is None:
        raise NotAllowed("access.not_yours")
    decision = allowed(press.standing, Action(Who.ANYONE, person=consent.person_id))
    if not decision.allowed:
        raise NotAllowed(decision.reason)
    return about, consent


async def _answer(turn: Turn, about: Told, consent: StoryConsent, answer: str) -> None:
    story, program = about.story, about.program
    consent.answer, consent.answered_at = answer, turn.now
    if answer == "no":
        await end(turn, about, "declined")
        await _tell_others(turn, about, consent.person_id, "no")
        return
    if answer == "out":
        await _out(turn, about, consent.person_id)
        text = turn.say(program, "story.told.out", pair=len(about.others) == 1, title=shown_title(story))
        await tell(
            turn,
            about,
            story.person_id,
            f"out{consent.person_id}",
            text,
            *await as_published(turn, about),
            undo(turn, about),
        )
    await go_on(turn, about)


async def withdraw(turn: Turn, about: Told, person_id: int | None) -> None:
    """Take it down, or back, since its author or one of the partners wants that: nobody need give a reason."""
    consent = about.consent(person_id)
    if consent is not None:
        consent.withdrawn_at = turn.now
    await end(turn, about, "withdrawn")
    await _tell_others(turn, about, person_id, "withdrawn")


async def end(turn: Turn, about: Told, state: str) -> None:
    """A story is over, in this way. The desk hears of it where it knew of the story."""
    story, before = about.story, about.story.state
    title = shown_title(story)
    await take_down(turn, about.program, story)
    story.state, story.ended_at = state, turn.now
    if story.submitted_at is not None:
        text = turn.say(
            about.program, f"story.desk.{state}", title=title, number=story.id, published=before == "published"
        )
        await turn.tell_desk(about.program, "story", f"{about.key}:desk:{state}", text, subject=about.subject)


async def _tell_others(turn: Turn, about: Told, person_id: int | None, what: str) -> None:
    """The author hears kindly what became of the story; partners only if it was the author who took it back."""
    story = about.story
    if person_id != story.person_id:
        text = turn.say(about.program, f"story.told.{what}", title=shown_title(story), pair=len(about.others) == 1)
        await tell(turn, about, story.person_id, what, text)
        return
    for seat in about.others:
        consent = about.consent(seat.member.person_id)
        if consent is not None and consent.answer in ("yes", "out"):
            text = turn.say(about.program, "story.told.taken_back", title=shown_title(story), author=about.author.name)
            await tell(turn, about, seat.member.person_id, "taken_back", text)


async def _out(turn: Turn, about: Told, person_id: int) -> None:
    """Leave somebody out: neither their name nor the picture, which may show them."""
    person = await turn.get(Person, person_id)
    traces = await traces_of(turn, about.program, person)
    take_out(about.story, traces.names, turn.wording(about.program).plain("story.instead"))
    await drop_picture(turn, about.story)


async def _without_absent(turn: Turn, about: Told) -> Told:
    """Whoever has not answered and is not here any more cannot be asked: they are left out of it."""
    for seat in about.others:
        consent = about.consent(seat.member.person_id)
        if consent is not None and consent.answer == "" and not await _is_here(turn, about, seat):
            consent.answer, consent.answered_at = "absent", turn.now
            await _out(turn, about, seat.member.person_id)
    return about


async def _is_here(turn: Turn, about: Told, seat: Seat) -> bool:
    return await account_of(turn, about.program, seat) is not None


async def look_again(turn: Turn, program: Program, story: Story) -> Told:
    """The story as it stands now, after those who have left meanwhile were left out of it."""
    about = await told(turn, program, story)
    return await go_on(turn, await _without_absent(turn, about)) if story.state == "asked" else about


def undo(turn: Turn, about: Told) -> Choices:
    """The button by which its author and the partners take a story back, or down."""
    published = about.story.state == "published"
    label = turn.wording(about.program).plain("story.button.withdraw", published=published)
    return Choices(_token(about), (Option("withdraw", label, "danger"),))


def _token(about: Told) -> str:
    return f"story:{about.story.id}:{about.story.revision}"


async def _show(turn: Turn, press: Press, about: Told, text: Markdown) -> None:
    """The message that was pressed says where the story stands, and keeps the way back."""
    if press.message:
        parts = (state_text(turn, about), *((undo(turn, about),) if about.story.state in OPEN else ()))
        key = f"{press.key}:shown"
        turn.work.enqueue(Edit(key, "story", press.address, press.message, say(*parts)), subject=about.subject)
    turn.reply(press.actor, press.address, "reply", f"{press.key}:reply", text)


class StoryWatch:
    """Looks after stories whose partners have not all answered: one reminder, then a word to the author."""

    name = "stories"
    rows = (Story,)

    def __init__(self, kits: Kits) -> None:
        self._kits = kits

    async def next(self, session: AsyncSession, now: datetime) -> datetime | None:
        """When the next of them is to be looked at."""
        rows = await session.exec(select(func.min(Story.check_at)).where(Story.state == "asked"))
        return rows.one()

    async def ring(self, work: Work) -> None:
        """Look at all that are due."""
        turn = Turn(work, self._kits)
        due = await work.session.exec(
            select(Story).where(Story.state == "asked", col(Story.check_at) <= work.now).order_by(col(Story.id))
        )
        for story in list(due):
            await _look(turn, await turn.get(Program, story.program_id), story)


async def _look(turn: Turn, program: Program, story: Story) -> None:
    about = await look_again(turn, program, story)
    if story.state != "asked":
        return
    if story.reminded_at is not None:
        story.check_at = None
        text = turn.say(program, "story.told.silent", title=shown_title(story))
        await tell(turn, about, story.person_id, "silent", text, undo(turn, about))
        return
    story.reminded_at, story.check_at = turn.now, turn.now + PATIENCE
    for consent in about.consents:
        account = await account_of_person(turn, about, consent.person_id)
        if consent.answer == "" and account is not None:
            await _ask(turn, about, consent, account, "reminder")
