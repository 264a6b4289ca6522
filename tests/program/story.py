"""Hands for the tests of stories: writing one, answering, and looking at what everybody reads."""

from collections.abc import Sequence
from io import BytesIO

from PIL import Image

from bot.language.acts import Edit, Post
from bot.language.events import SentFile
from bot.language.markup import plain
from bot.program.stories_public import PublishedStory, published_stories
from storage.people import Program
from storage.stories import Story, StoryConsent
from tests.program.house import BOSS, House, choices, words

TITLE, TEXT = "Two libraries", "We talked about maps. Bo showed me his."
DAYS = 3
"""Days after which everybody has had a good hour."""


async def write(
    house: House, user: str, *, title: str = TITLE, text: str = TEXT, byline: str = "full", alt: str = ""
) -> str:
    """Write a story by answering each question, and send it; with a picture where `alt` says what is in it.

    Returns what the bot says then.
    """
    await house.command(user, "story")
    for answer in (title, text, "skip", "skip"):
        await house.type(user, answer)
    if alt:
        house.paper.files["shelf"] = picture()
        await house.send(user, SentFile("shelf", "shelf.png", "image/png", 99))
        await house.type(user, alt)
    else:
        await house.type(user, "skip")
    await house.press(user, house.question(user), byline)
    return await submit(house, user)


def picture() -> bytes:
    """A small picture."""
    file = BytesIO()
    Image.new("RGB", (20, 20), "red").save(file, "PNG")
    return file.getvalue()


async def submit(house: House, user: str) -> str:
    """Send what was reviewed."""
    before = len(house.paper.done)
    await house.press(user, house.question(user), "submit")
    return house.answers(user, before)


async def story(house: House, identity: int = 1) -> Story:
    return await house.row(Story, identity)


async def answer(house: House, user: str, value: str, revision: int = 1, identity: int = 1) -> str:
    """Press one of the buttons of a story. Returns what the bot answers at once."""
    before = len(house.paper.done)
    await house.press(user, f"story:{identity}:{revision}", value)
    return house.answers(user, before)


async def decide(house: House, act: str, revision: int = 1, user: str = BOSS, identity: int = 1) -> str:
    """Press one of the coordinators' buttons."""
    before = len(house.paper.done)
    await house.press(user, f"storydesk:{identity}:{revision}", act)
    return house.answers(user, before)


async def public(house: House) -> tuple[PublishedStory, ...]:
    """What the site shows."""
    async with house.turn() as turn:
        return await published_stories(turn.session, await turn.get(Program, 1))


async def consents(house: House, revision: int = 1) -> dict[int, str]:
    """Who answered what to that revision, by person."""
    rows: list[StoryConsent] = await house.rows(StoryConsent)
    return {row.person_id: row.answer for row in rows if row.revision == revision}


def heard(house: House, user: str) -> str:
    """Everything that somebody was ever sent, as plain words."""
    return plain("\n".join(words(post) for post in house.paper.posts(to=user)))


def asked(house: House, user: str) -> Sequence[Post]:
    """The questions for consent that somebody got."""
    return [post for post in house.paper.posts(key="story:", to=user) if any(c.token for c in choices(post))]


def in_hall(house: House, where: str = "hall") -> list[str]:
    """The stories in a channel as they stand there now, the oldest first."""
    shown: dict[str, str] = {}
    for number, (_, act) in enumerate(house.paper.done, 1):
        if isinstance(act, Post) and act.kind == "story" and act.address.id == where:
            shown[f"m{number}"] = plain(words(act))
        elif isinstance(act, Edit) and act.target in shown:
            shown[act.target] = plain(words(act))
    return list(shown.values())
