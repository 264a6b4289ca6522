"""Stories: what somebody wrote about their partnership for everybody, and who agreed to which revision of it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import or_
from sqlmodel import col, select

from bot.language.cutting import size
from bot.language.markup import Markdown, escape
from bot.language.messages import Element, Picture
from bot.program.partnerships import Partners, Seat, one
from bot.program.people import account_in
from bot.program.scope import countries_of
from bot.program.stories_public import shown_text, shown_title
from bot.program.turn import Turn
from bot.world.countries import country_name
from storage.files import StoredFile
from storage.people import Account, Community, Person, Program
from storage.stories import Story, StoryConsent
from topics.schema import TEXT_LIMIT

LONGEST = TEXT_LIMIT
"""Characters of a story: no platform's form takes more, so that nothing is lost that was typed into one."""
HEAVIEST = 5_000
"""Characters of a story as platforms count them: emoji and signs that have to be guarded count twice."""
LONGEST_TITLE = 100
LONGEST_ALT = 300
LONGEST_WORD = 1_500
OPEN = ("asked", "submitted", "returned", "published")
"""The states of stories that are not over."""
AGREED = ("yes", "out", "absent")
_UNKNOWN = "unknown"
_DIGITS = 18
_SHORTEST = 2
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]")
"""Letters of scripts in which words are not kept apart, or grow endings: Thai, Lao, Burmese, Khmer, Chinese, Japanese,
Korean."""

Verdict = Literal["no", "waits", "agreed"]


@dataclass(frozen=True, slots=True)
class Told:
    """A story with what is needed to speak of it: its program, its author, its partnership and all consents to it."""

    program: Program
    story: Story
    author: Person
    partners: Partners
    consents: tuple[StoryConsent, ...]
    """Those to its present revision, the author's first."""

    @property
    def subject(self) -> str:
        """What the acts about this story name as their subject."""
        return subject_of(self.story.id)

    @property
    def key(self) -> str:
        """How the keys of acts about this revision begin."""
        return f"story:{self.story.id}:{self.story.revision}"

    @property
    def others(self) -> tuple[Seat, ...]:
        """Everybody who is or was in the partnership, but the author."""
        return tuple(seat for seat in self.partners.seats if seat.member.person_id != self.story.person_id)

    def consent(self, person_id: int | None) -> StoryConsent | None:
        """What that person said to this revision; None for somebody who has nothing to say about it."""
        return next((each for each in self.consents if each.person_id == person_id), None)


def subject_of(story_id: int | None) -> str:
    """The subject of the acts about a story."""
    return f"story:{story_id}"


def verdict(consents: Iterable[StoryConsent]) -> Verdict:
    """Whether a revision may be published, as far as its people go: one who does not agree is enough."""
    waits = False
    for consent in consents:
        if consent.answer == "no" or consent.withdrawn_at is not None:
            return "no"
        waits = waits or consent.answer not in AGREED
    return "waits" if waits else "agreed"


async def told(turn: Turn, program: Program, story: Story) -> Told:
    """The story with its people."""
    partners = await one(turn, story.partnership_id)
    if partners is None:
        raise ValueError(f"story {story.id} is about no partnership")
    rows = await turn.session.exec(
        select(StoryConsent)
        .where(StoryConsent.story_id == story.id, StoryConsent.revision == story.revision)
        .order_by(col(StoryConsent.id))
    )
    consents = sorted(rows, key=lambda each: (each.person_id != story.person_id, each.id or 0))
    return Told(program, story, await turn.get(Person, story.person_id), partners, tuple(consents))


def too_heavy(text: str) -> bool:
    """Whether so much of a text is emoji or signs that no platform's message could hold it."""
    return size(escape(text)) > HEAVIEST


async def numbered(turn: Turn, program: Program, number: str) -> Story | None:
    """The story of that number, whatever became of it; None where this program has none."""
    known = number.isdecimal() and len(number) < _DIGITS
    story = await turn.session.get(Story, int(number)) if known else None
    return story if story is not None and story.program_id == program.id else None


async def stories_of(turn: Turn, program: Program, person_id: int | None) -> list[Story]:
    """The stories that are not over which somebody wrote, or which are about a partnership of theirs; newest first."""
    asked = select(StoryConsent.story_id).where(StoryConsent.person_id == person_id)
    rows = await turn.session.exec(
        select(Story)
        .where(
            Story.program_id == program.id,
            col(Story.state).in_(OPEN),
            or_(col(Story.person_id) == person_id, col(Story.id).in_(asked)),
        )
        .order_by(col(Story.id).desc())
    )
    return list(rows)


async def account_of(turn: Turn, program: Program, seat: Seat) -> Account | None:
    """Where one of the partners can be asked; None where they are not here any more."""
    if seat.account.gone_at is None:
        return seat.account
    return await account_in(turn, await turn.get(Community, program.community_id), seat.person)


async def country_of(turn: Turn, program: Program, person_id: int) -> str:
    """The code of somebody's country; empty where it is not known."""
    code = (await countries_of(turn, program, [person_id])).get(person_id, "")
    return "" if code == _UNKNOWN else code


def bylines(turn: Turn, program: Program, name: str, country: str) -> dict[str, str]:
    """How somebody can be named beneath their story, word for word as it will stand there.

    `full`, `first` (the first name; missing for whoever has but one) and `anonymous`.
    """
    where = country_name(country) if country else ""
    first = next(iter(name.split()), "")
    full, short = (", ".join(part for part in (each, where) if part) for each in (name, first))
    named = {"full": full} if full == short else {"full": full, "first": short}
    return {**named, "anonymous": turn.wording(program).plain("story.anonymous")}


async def countries_shown(turn: Turn, about: Told) -> list[str]:
    """The codes of the countries that are shown: of everybody who agreed to be named. None where the author is not."""
    if about.story.byline == "anonymous":
        return []
    named = [each.person_id for each in about.consents if each.answer == "yes"]
    return sorted({code for person in named if (code := await country_of(turn, about.program, person))})


def without_names(text: str, names: Sequence[str], instead: str) -> str:
    """The text with other words in the place of these names, whole or in part.

    Whole names count however they are spelt, a part of one only as it is spelt: `will` is a word, and `Will` is not.
    Where a script puts no spaces between words, a name counts wherever it stands.
    """
    whole = sorted({name for name in names if len(name) >= _SHORTEST}, key=len, reverse=True)
    parts = sorted({part for name in whole for part in re.split(r"[\s-]+", name)}, key=len, reverse=True)
    parts = [part for part in parts if len(part) >= _SHORTEST and part[0].isalpha() and part[0] == part[0].upper()]
    for words, flags in ((whole, re.IGNORECASE), (parts, 0)):
        if words:
            text = re.sub("|".join(map(_pattern, words)), lambda found: _fitting(found, instead), text, flags=flags)
    # A full name of which only a part was known leaves two in its place.
    twice = rf"({re.escape(instead)})(?:[\s-]+{re.escape(instead)})+"
    return re.sub(twice, lambda found: found[1], text, flags=re.IGNORECASE)


def _fitting(found: re.Match[str], instead: str) -> str:
    """What stands in the place of a name; as sentences begin, where it begins one."""
    before = found.string[: found.start()].rstrip(" “”„«»‘’\"'()¿¡")
    return instead[:1].upper() + instead[1:] if not before or before[-1] in ".!?…\n" else instead


def _pattern(name: str) -> str:
    escaped = re.escape(name)
    return escaped if _UNSPACED.search(name) else rf"(?<!\w){escaped}(?!\w)"


def take_out(story: Story, names: Sequence[str], instead: str) -> None:
    """Publish it, if at all, without these names."""
    title, text = shown_title(story), shown_text(story)
    cleaned = without_names(title, names, instead)[:LONGEST_TITLE], without_names(text, names, instead)
    story.edited_title = cleaned[0] if cleaned[0] != story.title else ""
    story.edited = cleaned[1] if cleaned[1] != story.text else ""


async def as_published(turn: Turn, about: Told) -> tuple[str | Element, ...]:
    """The story as everybody would read it. Nothing in it is taken for formatting, and it mentions nobody."""
    story = about.story
    codes = story.countries if story.state == "published" else await countries_shown(turn, about)
    text = turn.say(
        about.program,
        "story.published",
        title=shown_title(story),
        lines=shown_text(story).split("\n"),
        signed=story.signed,
        countries=[country_name(code) for code in codes],
    )
    names = await turn.session.exec(select(StoredFile.name).where(StoredFile.key == story.picture))
    return (text, *(Picture(story.picture, story.picture_alt, name) for name in names))


async def drop_picture(turn: Turn, story: Story) -> None:
    """Take the picture out of a story, and drop its file."""
    if story.picture:
        for row in await turn.session.exec(select(StoredFile).where(StoredFile.key == story.picture)):
            await turn.session.delete(row)
    story.picture = story.picture_alt = ""


def state_text(turn: Turn, about: Told) -> Markdown:
    """Where a story stands, in a sentence."""
    return turn.say(about.program, f"story.is.{about.story.state}", title=shown_title(about.story))
