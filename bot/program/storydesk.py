"""Coordinators and stories: which there are, changing one, sending it back, publishing it, taking it down.

Stories are for coordinators alone: each tells of people of two countries at least, and an ambassador may know of one.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from sqlmodel import col, select

from bot.errors import NotAllowed, Problem
from bot.flows.spec import Answer, Flow, Step, StepKind
from bot.language.acts import Edit
from bot.language.markup import Markdown, tidy
from bot.language.messages import Choices, Option, say
from bot.language.places import Place
from bot.program.access import Action, Who, allowed
from bot.program.command import Argument, Call, Command
from bot.program.conversations import Conversation, close, start
from bot.program.people import standing
from bot.program.routes import Press, Pressed
from bot.program.stories import LONGEST, LONGEST_TITLE, LONGEST_WORD, Told, told, too_heavy, verdict
from bot.program.stories_public import shown_text, shown_title
from bot.program.storyconsent import ask_all, end, look_again, undo
from bot.program.storyposts import channel_of, of_number, publish, take_down, tell
from bot.program.storysteps import text_step, title_step
from bot.program.storywords import ACTS, deciding, line
from bot.program.storywriting import again
from bot.program.turn import Turn
from storage.people import Account, Person, Program
from storage.stories import Story
from storage.traffic import FlowRun

LISTED = ("submitted", "asked", "returned", "published")
"""The states that are listed, those first that wait for coordinators."""
MOST = 25
"""Stories that can be chosen from at most: what a list of every platform holds."""
_PARTS, _SUBJECT = 2, 5
_CHANNEL = re.compile(r"<#([A-Za-z0-9]+)(?:\|[^>]*)?>")


async def _stories(turn: Turn, call: Call) -> None:
    """`stories`: those that wait for coordinators first, each to be looked at."""
    rows = await turn.session.exec(
        select(Story)
        .where(Story.program_id == call.program.id, col(Story.state).in_(LISTED))
        .order_by(col(Story.id).desc())
    )
    found = sorted(rows, key=lambda each: LISTED.index(each.state))
    channel = await channel_of(turn, call.program)
    if not found:
        call.reply(turn, turn.say(call.program, "stories.none"))
        return
    shown = [await told(turn, call.program, story) for story in found[:MOST]]
    text = turn.say(
        call.program,
        "stories.list",
        lines=[await line(turn, each) for each in shown],
        more=len(found) - len(shown),
        hall=call.program.stories is None,
        channel=channel.id,
    )
    plain = turn.wording(call.program).plain
    options = tuple(
        Option(str(each.story.id), plain("stories.look", number=each.story.id, title=shown_title(each.story)))
        for each in shown
    )
    call.reply(turn, text, Choices("storylook", options))


async def _channel(turn: Turn, call: Call) -> None:
    """`stories channel`: here, another one by its mention, or the hall."""
    where = call.arguments["where"].strip()
    found = _CHANNEL.search(where)
    if where.casefold() == "hall":
        call.program.stories = None
    elif found is not None:
        call.program.stories = found[1]
    elif where.casefold() != "here":
        raise Problem("stories.channel_unknown")
    elif call.address.place is not Place.HALL or not call.address.id:
        raise Problem("stories.channel_private")
    else:
        call.program.stories = call.address.id
    turn.session.add(call.program)
    call.reply(turn, turn.say(call.program, "stories.channel", hall=call.program.stories is None))


async def _looked(turn: Turn, press: Press) -> None:
    """A story was chosen from the list: show it to whoever chose, with its buttons."""
    about = await _pressed_story(turn, press, press.values[0] if press.values else "")
    about = await look_again(turn, press.program, about.story)
    turn.reply(press.actor, press.address, "story", f"{press.key}:reply", *await deciding(turn, about))


async def _pressed_story(turn: Turn, press: Press, number: str) -> Told:
    decision = allowed(press.standing, Action(Who.COORDINATOR))
    if not decision.allowed:
        raise NotAllowed(decision.reason)
    about = await of_number(turn, press.program, number)
    if about is None:
        raise NotAllowed("flow.over")
    return about


async def _decided(turn: Turn, press: Press) -> None:
    """A coordinator's button beneath a story. The token is `storydesk:ID:REVISION`: older ones decide nothing."""
    if len(press.parts) != _PARTS:
        raise NotAllowed("flow.over")
    about = await _pressed_story(turn, press, press.parts[0])
    story, act = about.story, press.values[0] if press.values else ""
    if not any(act in acts for acts in ACTS.values()):
        raise NotAllowed("flow.over")
    if act not in ACTS.get(story.state, ()):
        raise Problem(
            "story.desk.not_now", title=shown_title(story), state=turn.say(press.program, f"story.state.{story.state}")
        )
    if press.parts[1] != str(story.revision):
        raise Problem("story.desk.older", number=story.id)
    if act in ("edit", "back"):
        subject = f"story:{story.id}:{act}:{story.revision}:{press.person.id}"
        await close(turn, DESK.name, subject)
        await start(turn, DESK, press.program, press.account, subject=subject, prompted=True)
        return
    await _do(turn, about, act, press.person)
    await _show(turn, press, about, turn.say(press.program, f"story.desk.did.{act}", title=shown_title(story)))


async def _do(turn: Turn, about: Told, act: str, by: Person) -> None:
    """Publish, decline or take down; its author hears of it, and the partners of what is public."""
    program, story = about.program, about.story
    if act == "approve":
        if verdict(about.consents) != "agreed":
            raise Problem("story.desk.waits", title=shown_title(story))
        posted = await publish(turn, about, by)
        text = turn.say(program, "story.told.published", title=shown_title(story), channel=posted)
        for consent in about.consents:
            await tell(turn, about, consent.person_id, "public", text, undo(turn, about))
        return
    if act == "decline":
        await take_down(turn, program, story)
        story.state, story.ended_at = "declined", turn.now
    else:
        await end(turn, about, "withdrawn")
    text = turn.say(program, f"story.told.{act}", title=shown_title(story))
    await tell(turn, about, story.person_id, act, text)


async def _show(turn: Turn, press: Press, about: Told, text: Markdown) -> None:
    """The message that was pressed shows the story as it stands now; whoever pressed hears what was done."""
    if press.message:
        parts = (turn.say(press.program, "story.desk.by", did=text, by=press.person.name), *await deciding(turn, about))
        act = Edit(f"{press.key}:shown", "story", press.address, press.message, say(*parts))
        turn.work.enqueue(act, subject=about.subject)
    turn.reply(press.actor, press.address, "reply", f"{press.key}:reply", text)


async def _flow(turn: Turn, run: FlowRun) -> Flow:
    """What a coordinator is asked: other words for the story, or a word to its author."""
    program, (number, act, _) = await turn.get(Program, run.program_id), _subject(run)
    about = await of_number(turn, program, number)
    wording = turn.wording(program)
    if about is None or act == "back":
        word = turn.say(program, "story.desk.ask_word", longest=LONGEST_WORD)
        step = Step("word", StepKind.TEXT, word, maximum=LONGEST_WORD)
        return Flow("storydesk", turn.say(program, "story.desk.title_back"), (step,), review=False)
    story, lines = about.story, shown_text(about.story).split("\n")
    ask_title = wording.say("story.desk.ask_title", now=shown_title(story), longest=LONGEST_TITLE)
    ask_text = wording.say("story.desk.ask_text", lines=lines, longest=LONGEST)
    title = replace(title_step(wording), prompt=ask_title, previous=shown_title(story))
    text = replace(text_step(wording), prompt=ask_text, help="", previous=shown_text(story))
    return Flow("storydesk", turn.say(program, "story.desk.title_edit"), (title, text))


async def _done(turn: Turn, run: FlowRun, answers: Mapping[str, Answer]) -> None:
    """Do it, unless the story is another one by now, or whoever does it may no longer."""
    program, (number, act, revision) = await turn.get(Program, run.program_id), _subject(run)
    account, person = await turn.get(Account, run.account_id), await turn.get(Person, run.person_id)
    may, about = (
        allowed(await standing(turn, program, person), Action(Who.COORDINATOR)),
        await of_number(turn, program, number),
    )
    run.state = ""
    if not may.allowed or about is None:
        text = turn.say(program, may.reason or "flow.over")
    elif act not in ACTS.get(about.story.state, ()) or revision != str(about.story.revision):
        text = turn.say(program, "story.desk.older", number=about.story.id)
    elif act == "back":
        text = await _send_back(turn, about, str(answers["word"]))
    else:
        text = await _change(turn, about, str(answers["title"]), tidy(str(answers["text"])))
    turn.post(await turn.direct(account), "thanks", f"flow:{run.id}:thanks", text, prompted=True)


async def _send_back(turn: Turn, about: Told, word: str) -> Markdown:
    """The author reads the word, and can write it anew."""
    story, program = about.story, about.program
    await take_down(turn, program, story)
    story.state, story.word = "returned", word
    text = turn.say(program, "story.told.back", title=shown_title(story), lines=word.split("\n"))
    await tell(turn, about, story.person_id, "back", text, again(turn, about), undo(turn, about))
    return turn.say(program, "story.desk.did.back", title=shown_title(story))


async def _change(turn: Turn, about: Told, title: str, text: str) -> Markdown:
    """Other words: everybody who agreed to the earlier ones is asked anew, its author too."""
    story, program = about.story, about.program
    if (title, text) == (shown_title(story), shown_text(story)):
        return turn.say(program, "story.desk.unchanged", title=title)
    if too_heavy(text):
        return turn.say(program, "story.too_heavy")
    await take_down(turn, program, story)
    story.edited_title, story.edited = title if title != story.title else "", text if text != story.text else ""
    story.revision += 1
    await ask_all(turn, program, story, agreed=())
    return turn.say(program, "story.desk.did.edit", title=title)


def _subject(run: FlowRun) -> tuple[str, str, str]:
    """The number of the story, what is to be done, and with which revision: `story:ID:ACT:REVISION:PERSON`."""
    parts = run.subject.split(":")
    return (parts[1], parts[2], parts[3]) if len(parts) == _SUBJECT else ("", "", "")


DESK = Conversation("storydesk", "question", _flow, _done)
BUTTONS: Mapping[str, Pressed] = {"storydesk": _decided, "storylook": _looked}
COMMANDS = (
    Command("stories", Who.COORDINATOR, "Lists the stories, and lets you change, publish or take down each.", _stories),
    Command(
        "stories channel",
        Who.COORDINATOR,
        "Chooses where stories are published: this channel, another one, or the hall.",
        _channel,
        (Argument("where", "“here” in the channel itself, the channel's mention, or “hall”."),),
        "/mentoring stories channel here",
    ),
)
