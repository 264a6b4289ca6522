"""The questions of a story: title, words, picture, and how its author wants to be named."""

from collections.abc import Mapping

from bot.flows.spec import Step, StepKind
from bot.language.messages import Option
from bot.program.questions import steps_of
from bot.program.stories import LONGEST, LONGEST_ALT, LONGEST_TITLE
from bot.program.wording import Wording


def title_step(wording: Wording) -> Step:
    """What it is called."""
    return Step(
        "title",
        StepKind.TEXT,
        wording.say("story.ask_title", longest=LONGEST_TITLE),
        short=wording.plain("story.short.title"),
        maximum=LONGEST_TITLE,
    )


def texts_of(wording: Wording) -> tuple[Step, ...]:
    """The kit's questions, or one for all of it."""
    return steps_of(wording.kit.story) or (text_step(wording),)


def text_step(wording: Wording) -> Step:
    """All of its words in one answer."""
    return Step(
        "text",
        StepKind.TEXT,
        wording.say("story.ask_text", longest=LONGEST),
        help=wording.say("story.help_text"),
        short=wording.plain("story.short.text"),
        maximum=LONGEST,
    )


def picture_steps(wording: Wording) -> tuple[Step, ...]:
    """A picture, for those who like, and what can be seen in it: whoever sends one is asked that, too."""
    return (
        Step(
            "picture",
            StepKind.PICTURE,
            wording.say("story.ask_picture"),
            short=wording.plain("story.short.picture"),
            required=False,
        ),
        Step(
            "picture_alt",
            StepKind.TEXT,
            wording.say("story.ask_alt", longest=LONGEST_ALT),
            help=wording.say("story.help_alt"),
            short=wording.plain("story.short.alt"),
            maximum=LONGEST_ALT,
            only_if=("picture", ()),
        ),
    )


def byline_step(wording: Wording, named: Mapping[str, str]) -> Step:
    """How its author is named: each choice is what will stand there."""
    options = tuple(Option(each, label) for each, label in named.items())
    return Step(
        "byline",
        StepKind.CHOICE,
        wording.say("story.ask_byline"),
        short=wording.plain("story.short.byline"),
        options=options,
    )
