"""A story as coordinators see it: the whole of it, who has agreed, and what they can do."""

from collections.abc import Mapping
from typing import Literal

from bot.language.markup import Markdown
from bot.language.messages import Choices, Element, Option
from bot.program.rounds import day_label
from bot.program.stories import AGREED, Told, as_published
from bot.program.stories_public import shown_title
from bot.program.turn import Turn
from storage.people import Person
from storage.rounds import Round
from storage.stories import StoryConsent

ACTS = {
    "asked": ("edit", "decline"),
    "submitted": ("approve", "edit", "back", "decline"),
    "published": ("down",),
}
"""What coordinators can do about a story, by its state."""
_STYLES: Mapping[str, Literal["plain", "primary", "danger"]] = {
    "approve": "primary",
    "decline": "danger",
    "down": "danger",
}


async def deciding(turn: Turn, about: Told) -> tuple[str | Element, ...]:
    """The whole story, as it would be published, with all that coordinators need to decide, and their buttons."""
    story, program = about.story, about.program
    left_out = [each for each in about.consents if each.answer in ("out", "absent")]
    open_ = story.state in ("asked", "submitted")
    head = turn.say(
        program,
        "story.desk.head",
        number=story.id,
        author=about.author.name,
        state=turn.say(program, f"story.state.{story.state}"),
        round=(await turn.get(Round, story.round_id)).name,
        consents=[await _said(turn, about, each) for each in about.consents],
        edited=bool(story.edited or story.edited_title),
        left_out=bool(left_out) and open_,
        absent=any(each.answer == "absent" for each in left_out) and open_,
    )
    return (head, *await as_published(turn, about), *_buttons(turn, about, bool(left_out)))


async def _said(turn: Turn, about: Told, consent: StoryConsent) -> Markdown:
    """What one of them said, in a line."""
    person = await turn.get(Person, consent.person_id)
    return turn.say(
        about.program,
        "story.desk.consent",
        name=person.name or turn.say(about.program, "forgotten.somebody"),
        author=consent.person_id == about.story.person_id,
        answer=consent.answer if consent.withdrawn_at is None else "no",
        date=day_label(consent.answered_at or consent.asked_at),
        agreed=consent.answer in AGREED,
    )


def _buttons(turn: Turn, about: Told, left_out: bool) -> tuple[Choices, ...]:
    wording = turn.wording(about.program)
    options = tuple(
        Option(act, wording.plain(f"story.desk.button.{act}", left_out=left_out), _STYLES.get(act, "plain"))
        for act in ACTS.get(about.story.state, ())
    )
    return (Choices(f"storydesk:{about.story.id}:{about.story.revision}", options),) if options else ()


async def line(turn: Turn, about: Told) -> Markdown:
    """A story in one line."""
    story = about.story
    since = story.published_at or story.submitted_at or story.written_at
    return turn.say(
        about.program,
        "stories.line",
        number=story.id,
        title=shown_title(story),
        author=about.author.name,
        state=turn.say(about.program, f"story.state.{story.state}"),
        since=day_label(since),
    )
