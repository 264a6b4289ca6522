"""Forgetting a person in stories: their own are emptied and taken down, and they are taken out of those of others."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from pydantic import ValidationError
from sqlalchemy import or_
from sqlmodel import col, select

from bot.flows.state import from_json, to_json
from bot.language.acts import Act, Edit, Post, act_from_json, act_to_json
from bot.language.messages import Message, say
from bot.language.places import Address, Place
from bot.program.erasing_acts import SCRUBBED
from bot.program.stories import OPEN, Told, drop_picture, subject_of, told, without_names
from bot.program.storyconsent import go_on
from bot.program.storyposts import take_down, tell
from bot.program.storywords import deciding
from bot.program.traces import Traces
from bot.program.turn import Turn
from storage.partnerships import Member
from storage.people import Person, Program
from storage.stories import Story, StoryConsent
from storage.traffic import FlowRun, OutboxAct

_OVER = ("sent", "dead", "cancelled")


async def forget_in_stories(turn: Turn, person: Person, traces: Traces, own: Sequence[str]) -> list[int]:
    """Empty the stories of a person, and take them out of those about them. `own` are the lanes of their accounts.

    Returns the stories of others that coordinators must look at again: see `show_again`.
    """
    await turn.work.store_acts()
    theirs = list(await turn.session.exec(select(Story).where(Story.person_id == person.id)))
    for story in theirs:
        program = await turn.get(Program, story.program_id)
        await _empty(turn, program, story)
        await _mend(turn, person, story, own, say(turn.say(program, "story.forgotten")))
    asked = select(StoryConsent.story_id).where(StoryConsent.person_id == person.id)
    about = await turn.session.exec(
        select(Story).where(col(Story.id).in_(asked), Story.person_id != person.id).order_by(col(Story.id))
    )
    again: list[int] = []
    for story in list(about):
        program = await turn.get(Program, story.program_id)
        if await _leave_out(turn, program, story, person, traces.names, _instead(turn, program)):
            again.append(story.id or 0)
        await _mend(turn, person, story, own, _near(turn, program, traces))
    await _in_conversations(turn, person, traces, {str(story.id) for story in theirs})
    await turn.session.flush()
    return again


def _instead(turn: Turn, program: Program) -> str:
    return turn.wording(program).plain("story.instead")


def _near(turn: Turn, program: Program, traces: Traces) -> Traces:
    """What tells of them in messages about a story, where first names do, too."""
    parts = {part for name in traces.names for part in name.split()}
    return replace(traces, names=tuple(sorted({*traces.names, *parts})), instead=_instead(turn, program))


async def _in_conversations(turn: Turn, person: Person, traces: Traces, theirs: Collection[str]) -> None:
    """Partners write, and coordinators change, stories in conversations: there, too, they are taken out.

    What is being changed of a story of `theirs` (by its number) goes; what others are writing stays, without the name.
    """
    mine = select(Member.partnership_id).where(Member.person_id == person.id)
    partners = set(await turn.session.exec(select(Member.person_id).where(col(Member.partnership_id).in_(mine))))
    runs = await turn.session.exec(
        select(FlowRun).where(col(FlowRun.flow).in_(("story", "storydesk")), FlowRun.person_id != person.id)
    )
    for run in list(runs):
        program = await turn.get(Program, run.program_id)
        gone = any(number in theirs for number in run.subject.split(":")[1:2])
        if not gone and run.flow == "story" and run.person_id not in partners:
            continue
        if gone:
            run.status, run.state, run.step = run.status if run.status == "done" else "over", "", ""
        elif run.state:
            run.state = _without(run.state, traces.names, _instead(turn, program))
        new = say(turn.say(program, "story.forgotten")) if gone else _near(turn, program, traces)
        begun = [col(OutboxAct.key).startswith(f"{kind}:{run.id}:") for kind in ("flow", "answered")]
        for row in await turn.session.exec(select(OutboxAct).where(or_(*begun))):
            _clean(row, new)


def _without(state: str, names: Sequence[str], instead: str) -> str:
    """The answers so far, without these names."""
    kept = from_json(state)
    answers = {
        name: without_names(value, names, instead) if isinstance(value, str) else value
        for name, value in kept.answers.items()
    }
    return to_json(replace(kept, answers=answers))


async def show_again(turn: Turn, person: Person, stories: Sequence[int]) -> None:
    """Put stories before the coordinators from which somebody was taken out, and tell their authors.

    Comes after the person's rows were emptied.
    """
    for identity in stories:
        story = await turn.get(Story, identity)
        program = await turn.get(Program, story.program_id)
        about = await told(turn, program, story)
        if story.state == "asked":
            await go_on(turn, about)
            continue
        head = turn.say(program, "story.desk.forgotten", number=story.id)
        key = f"{about.key}:desk:forgotten:{person.id}"
        await turn.tell_desk(program, "story", key, head, *await deciding(turn, about), subject=about.subject)
        text = turn.say(program, "story.told.forgotten", title=story.edited_title or story.title)
        await tell(turn, about, story.person_id, f"forgotten{person.id}", text)


async def _empty(turn: Turn, program: Program, story: Story) -> None:
    """What somebody wrote goes, wherever it stands."""
    await take_down(turn, program, story)
    if story.state in OPEN:
        story.state, story.ended_at = "withdrawn", turn.now
    await drop_picture(turn, story)
    story.title = story.text = story.edited_title = story.edited = story.signed = story.word = ""


async def _leave_out(
    turn: Turn, program: Program, story: Story, person: Person, names: Sequence[str], instead: str
) -> bool:
    """Nothing in the story tells of them any more; one that named them is not public any more.

    Returns whether coordinators must decide anew, or may for the first time.
    """
    about, before = await told(turn, program, story), story.state
    consent = about.consent(person.id)
    named = consent is not None and consent.answer == "yes"
    for field in ("title", "text", "edited_title", "edited", "word"):
        setattr(story, field, without_names(getattr(story, field), names, instead))
    if before == "published" and not named:
        return False
    if before == "published":
        await take_down(turn, program, story)
        story.state, story.submitted_at = "submitted", turn.now
    await drop_picture(turn, story)
    if before in ("published", "submitted"):
        await _next_revision(turn, about, person)
    elif consent is not None:
        consent.answer, consent.answered_at = "absent", turn.now
    return before in ("asked", "submitted", "published")


async def _next_revision(turn: Turn, about: Told, person: Person) -> None:
    """Others agreed to all of it but the words that went: it is another revision, so that old buttons are stale."""
    about.story.revision += 1
    for consent in about.consents:
        fields = consent.model_dump(exclude={"id", "revision"})
        if consent.person_id == person.id:
            fields |= {"answer": "absent", "answered_at": turn.now}
        turn.session.add(StoryConsent(**fields, revision=about.story.revision))
    await turn.session.flush()


async def _mend(turn: Turn, person: Person, story: Story, own: Sequence[str], new: Message | Traces) -> None:
    """Have the messages about a story changed that others see in private and at the desk: to `new`, or without them.

    What stands in a channel was replaced when the story was taken down, or does not tell of them.
    """
    rows = await turn.session.exec(
        select(OutboxAct).where(OutboxAct.subject == subject_of(story.id)).order_by(col(OutboxAct.id))
    )
    standing: dict[str, tuple[OutboxAct, Message]] = {}
    for row in list(rows):
        act = _read(row)
        if not isinstance(act, Post | Edit) or row.lane in own:
            continue
        cleaned = _clean(row, new)
        target = act.target if isinstance(act, Edit) else row.reference
        if cleaned is not None and target and act.address.place is not Place.HALL:
            standing[target] = row, cleaned
    for target, (row, message) in standing.items():
        edit = Edit(f"forgotten:{person.id}:{row.id}", "notice", Address.parse(row.lane), target, message)
        turn.work.enqueue(edit, then=SCRUBBED)


def _clean(row: OutboxAct, new: Message | Traces) -> Message | None:
    """Nobody reads in an act what told of them. Returns what is to stand where it was shown; None: that stays as it is.

    One that waits is called off where all of it goes, else it says the same without them.
    """
    act = _read(row)
    if not isinstance(act, Post | Edit):
        return None
    cleaned = new if isinstance(new, Message) else new.out_of_message(act.message)
    if cleaned == act.message:
        return None
    if row.state in _OVER:
        row.payload = ""
        return cleaned if row.state == "sent" else None
    if row.state == "waiting" and isinstance(new, Message):
        row.state, row.payload = "cancelled", ""
    else:
        row.payload = act_to_json(replace(act, message=cleaned))
    return None


def _read(row: OutboxAct) -> Act | None:
    try:
        return act_from_json(row.payload) if row.payload else None
    except ValidationError:
        return None
