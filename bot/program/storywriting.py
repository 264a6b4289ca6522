"""Writing a story: what its author is asked, and how it is sent to the partners; writing it anew, taking it back."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlmodel import col, select

from bot.errors import NotAllowed, Problem
from bot.flows.spec import Answer, Flow, Step, StepKind, with_previous
from bot.language.markup import tidy
from bot.language.messages import Choices, Element, Option
from bot.program.access import Action, Who, allowed
from bot.program.command import Call, Command
from bot.program.conversations import Conversation, close, start
from bot.program.partnerships import Partners, load, names
from bot.program.routes import Press, Pressed
from bot.program.stories import (
    LONGEST,
    Told,
    bylines,
    country_of,
    drop_picture,
    numbered,
    state_text,
    stories_of,
    told,
    too_heavy,
)
from bot.program.stories_public import shown_text, shown_title
from bot.program.storyconsent import ask_all, undo
from bot.program.storyposts import take_down
from bot.program.storysteps import byline_step, picture_steps, text_step, texts_of, title_step
from bot.program.turn import Turn
from storage.files import StoredFile
from storage.partnerships import Member, Partnership
from storage.people import Account, Person, Program
from storage.rounds import Round
from storage.stories import Story
from storage.traffic import FlowRun

SHOWN = 5
"""Stories of somebody that are shown at once at most, the newest."""
_NEW = "new"
_SEVERAL = 2
_REWRITTEN = ("asked", "submitted", "returned")
"""The states in which an author can write a story anew."""


async def _story(turn: Turn, call: Call) -> None:
    """`story`: begin one about a partnership of which there is none yet; else show where the one there is stands."""
    if not await _partnerships(turn, call.program, call.person.id):
        raise Problem("story.no_partnership")
    if not await _free(turn, call.program, call.person.id):
        mine = await _mine(turn, call.program, call.person.id)
        call.reply(turn, *await _where_they_stand(turn, call.program, call.person.id, mine[:SHOWN]))
        return
    subject = f"story:{_NEW}:{call.person.id}"
    await close(turn, WRITE.name, subject)
    await start(turn, WRITE, call.program, call.account, subject=subject, prompted=True)


async def _mine(turn: Turn, program: Program, person_id: int | None) -> list[Story]:
    """The stories that somebody wrote and that are not over, the newest first."""
    return [each for each in await stories_of(turn, program, person_id) if each.person_id == person_id]


async def _partnerships(turn: Turn, program: Program, person_id: int | None) -> list[Partners]:
    """The partnerships that somebody is or was in and that began, in this program; the newest first."""
    rows = await turn.session.exec(
        select(Partnership.id)
        .join(Member, col(Member.partnership_id) == Partnership.id)
        .where(
            Partnership.program_id == program.id,
            Member.person_id == person_id,
            col(Partnership.announced_at).is_not(None),
        )
    )
    found = await load(turn, [identity for identity in rows if identity is not None])
    return sorted(found.values(), key=lambda each: -each.id)


async def _free(turn: Turn, program: Program, person_id: int | None) -> list[Partners]:
    """The partnerships of somebody about which no story of theirs is under way, or published."""
    taken = {story.partnership_id for story in await _mine(turn, program, person_id)}
    return [partners for partners in await _partnerships(turn, program, person_id) if partners.id not in taken]


async def _where_they_stand(
    turn: Turn, program: Program, person_id: int | None, stories: Sequence[Story]
) -> list[str | Element]:
    """A story each, with what whoever asks can do about it."""
    parts: list[str | Element] = []
    for story in stories:
        about = await told(turn, program, story)
        parts += [state_text(turn, about), undo(turn, about)]
        if story.person_id == person_id and story.state in _REWRITTEN:
            parts.append(again(turn, about))
    return parts


def again(turn: Turn, about: Told) -> Choices:
    """The button by which an author writes a story anew."""
    label = turn.wording(about.program).plain("story.button.again")
    return Choices(f"rewrite:{about.story.id}", (Option("again", label),))


async def _withdraw(turn: Turn, call: Call) -> None:
    """`story withdraw`: the stories that somebody wrote, or that are about them, each with the way back."""
    stories = await stories_of(turn, call.program, call.person.id)
    if not stories:
        raise Problem("story.none")
    parts: list[str | Element] = []
    for story in stories[:SHOWN]:
        about = await told(turn, call.program, story)
        parts += [state_text(turn, about), undo(turn, about)]
    call.reply(turn, *parts)


async def _rewrite(turn: Turn, press: Press) -> None:
    """The author wants to write it anew: what they wrote is offered to them again."""
    story = await numbered(turn, press.program, press.parts[0] if press.parts else "")
    if story is None or press.values != ("again",):
        raise NotAllowed("flow.over")
    decision = allowed(press.standing, Action(Who.ANYONE, person=story.person_id))
    if not decision.allowed:
        raise NotAllowed(decision.reason)
    if story.state not in _REWRITTEN:
        raise Problem(f"story.is.{story.state}", title=shown_title(story))
    subject = f"story:{story.id}:{press.person.id}"
    await close(turn, WRITE.name, subject)
    await start(turn, WRITE, press.program, press.account, subject=subject, prompted=True)


async def _flow(turn: Turn, run: FlowRun) -> Flow:
    """The kit's questions about a new story; one that is written anew is one text with what was written."""
    program = await turn.get(Program, run.program_id)
    wording, named = turn.wording(program), await _named(turn, program, run)
    story = await _rewritten(turn, program, run)
    about = () if story is not None else await _which(turn, program, run.person_id)
    texts = (text_step(wording),) if story is not None else texts_of(wording)
    steps = (*about, title_step(wording), *texts, *picture_steps(wording), byline_step(wording, named))
    flow = Flow("story", wording.say("story.title"), steps, intro=wording.say("story.intro"))
    if story is None:
        return flow
    before = {"title": shown_title(story), "text": shown_text(story), "byline": story.byline}
    if story.picture:
        before |= {"picture": story.picture, "picture_alt": story.picture_alt}
    return with_previous(replace(flow, intro=""), before)


async def _which(turn: Turn, program: Program, person_id: int) -> tuple[Step, ...]:
    """Which partnership the story is about, where there are several without one."""
    options: list[Option] = []
    for partners in await _free(turn, program, person_id):
        seats = [seat for seat in partners.seats if seat.member.person_id != person_id]
        round_row = await turn.get(Round, partners.row.round_id)
        label = turn.wording(program).plain("story.about", names=names(turn, program, seats), round=round_row.name)
        options.append(Option(str(partners.id), label))
    if len(options) < _SEVERAL:
        return ()
    short = turn.wording(program).plain("story.short.partnership")
    return (
        Step("partnership", StepKind.CHOICE, turn.say(program, "story.ask_which"), short=short, options=tuple(options)),
    )


async def _rewritten(turn: Turn, program: Program, run: FlowRun) -> Story | None:
    """The story that this conversation, of the subject `story:ID:PERSON`, writes anew; None where it is a new one."""
    number = run.subject.split(":")[1] if ":" in run.subject else ""
    return await numbered(turn, program, number)


async def _written(turn: Turn, run: FlowRun, answers: Mapping[str, Answer]) -> None:
    """The story is sent: partners are asked. Its words are kept in its row alone, not in the conversation."""
    program, account = await turn.get(Program, run.program_id), await turn.get(Account, run.account_id)
    story = await _rewritten(turn, program, run)
    text = text_of(answers)
    if too_heavy(text):
        reason = turn.say(program, "story.too_heavy")
    elif story is not None:
        reason = await _anew(turn, program, story, run, answers)
    else:
        story = await _new(turn, program, run, answers)
        reason = "" if story is not None else turn.say(program, "story.there_already")
    run.state = ""
    if story is None or reason:
        await _let_go(turn, str(answers.get("picture", "")))
        turn.post(await turn.direct(account), "reply", f"flow:{run.id}:no", reason, prompted=True)
        return
    about = await ask_all(turn, program, story, agreed=[run.person_id])
    waits = [seat for seat in about.others if (c := about.consent(seat.member.person_id)) and c.answer == ""]
    thanks = turn.say(program, "story.sent", partners=names(turn, program, waits) if waits else "")
    turn.post(await turn.direct(account), "thanks", f"flow:{run.id}:thanks", thanks, undo(turn, about), prompted=True)


async def _let_go(turn: Turn, picture: str) -> None:
    """The picture of a story that was not taken is kept no longer, unless a story has it."""
    rows = await turn.session.exec(select(Story.id).where(Story.picture == picture))
    if picture and rows.first() is None:
        for file in await turn.session.exec(select(StoredFile).where(StoredFile.key == picture)):
            await turn.session.delete(file)


def text_of(answers: Mapping[str, Answer]) -> str:
    """What was written, in the order of the questions, an empty line between the answers."""
    apart = ("partnership", "title", "byline", "picture", "picture_alt")
    parts = [tidy(value, LONGEST) for name, value in answers.items() if name not in apart and isinstance(value, str)]
    return "\n\n".join(part for part in parts if part)


async def _new(turn: Turn, program: Program, run: FlowRun, answers: Mapping[str, Answer]) -> Story | None:
    """A new story; None where there is one about this partnership already, or it is none of theirs any more."""
    free, wanted = await _free(turn, program, run.person_id), answers.get("partnership")
    # Where there was one to write about, nobody was asked which.
    fitting = [each for each in free if wanted is None or str(each.id) == wanted]
    partners = fitting[0] if len(fitting) == 1 else None
    if partners is None:
        return None
    fields = await _fields(turn, program, run, answers)
    head: dict[str, Any] = {"program_id": program.id or 0, "round_id": partners.row.round_id}
    return await turn.add(
        Story(**head, partnership_id=partners.id, person_id=run.person_id, written_at=turn.now, **fields)
    )


async def _anew(turn: Turn, program: Program, story: Story, run: FlowRun, answers: Mapping[str, Answer]) -> str:
    """Put other words in the place of those there were, as a new revision. Returns why not, where it cannot be."""
    if story.state not in _REWRITTEN:
        return turn.say(program, f"story.is.{story.state}", title=shown_title(story))
    await take_down(turn, program, story)
    fields = await _fields(turn, program, run, answers)
    if story.picture != fields["picture"]:
        await drop_picture(turn, story)
    for name, value in fields.items():
        setattr(story, name, value)
    story.written_at, story.revision = turn.now, story.revision + 1
    story.edited_title = story.edited = story.word = ""
    return ""


async def _fields(turn: Turn, program: Program, run: FlowRun, answers: Mapping[str, Answer]) -> dict[str, Any]:
    """What of the answers goes into the row."""
    byline, named = str(answers["byline"]), await _named(turn, program, run)
    return {
        "title": str(answers["title"]),
        "text": text_of(answers),
        "byline": byline,
        "signed": named[byline],
        "picture": str(answers.get("picture", "")),
        "picture_alt": str(answers.get("picture_alt", "")),
    }


async def _named(turn: Turn, program: Program, run: FlowRun) -> dict[str, str]:
    """The ways in which the author can be named, each only once."""
    author, account = await turn.get(Person, run.person_id), await turn.get(Account, run.account_id)
    return bylines(turn, program, author.name or account.name, await country_of(turn, program, run.person_id))


WRITE = Conversation("story", "question", _flow, _written)
BUTTONS: Mapping[str, Pressed] = {"rewrite": _rewrite}
COMMANDS = (
    Command(
        "story",
        Who.ANYONE,
        "Lets you write about your partnership for everybody to read. Your partner must agree.",
        _story,
        (),
        "/mentoring story",
    ),
    Command(
        "story withdraw",
        Who.ANYONE,
        "Takes down a story that you wrote or that is about you, at any time.",
        _withdraw,
        (),
        "/mentoring story withdraw",
    ),
)
