"""Stories as everybody may read them: what the site and other public pages are given, and nothing more."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.world.countries import country_name
from storage.files import StoredFile
from storage.people import Program
from storage.rounds import Round
from storage.stories import Story

_SLUG = 60


@dataclass(frozen=True, slots=True)
class PublishedPicture:
    """The picture of a story: the file's bytes, its kind (`image/png`), and the words that stand for it."""

    data: bytes
    media_type: str
    alt: str


@dataclass(frozen=True, slots=True)
class PublishedStory:
    """One story that all have agreed to, and coordinators have approved. All texts are outside text: escape them.

    `paragraphs` are plain text without markup; a line break within one is the author's. `byline` is empty for nobody's
    name. `countries` are the English names of those that may be shown, sorted. `slug` is unique in its program, and
    stays the same for as long as the story is there.
    """

    slug: str
    title: str
    paragraphs: tuple[str, ...]
    byline: str
    countries: tuple[str, ...]
    published_at: datetime
    round_name: str
    picture: PublishedPicture | None = None


async def published_stories(session: AsyncSession, program: Program) -> tuple[PublishedStory, ...]:
    """The stories of a program that are published at this moment, the newest first. Changes nothing."""
    rows = await session.exec(
        select(Story, Round.name)
        .join(Round, col(Round.id) == Story.round_id)
        .where(Story.program_id == program.id, Story.state == "published", col(Story.published_at).is_not(None))
        .order_by(col(Story.published_at).desc(), col(Story.id).desc())
    )
    found = list(rows)
    keys = [story.picture for story, _ in found if story.picture]
    files = {file.key: file for file in await session.exec(select(StoredFile).where(col(StoredFile.key).in_(keys)))}
    return tuple(_public(story, round_name, files.get(story.picture)) for story, round_name in found)


def shown_title(story: Story) -> str:
    """The title under which it is published."""
    return story.edited_title or story.title


def shown_text(story: Story) -> str:
    """The text that is published."""
    return story.edited or story.text


def paragraphs_of(text: str) -> tuple[str, ...]:
    """A text in its paragraphs: what empty lines keep apart."""
    return tuple(part for each in re.split(r"\n\s*\n", text) if (part := each.strip()))


def slug_of(story: Story) -> str:
    """A name for addresses: the number, and the title in plain letters as far as it has some."""
    title = unicodedata.normalize("NFKD", shown_title(story)).encode("ascii", "ignore").decode().casefold()
    words = "-".join(re.findall(r"[a-z0-9]+", title))[:_SLUG].strip("-")
    return f"{story.id}-{words}" if words else f"{story.id}"


def _public(story: Story, round_name: str, file: StoredFile | None) -> PublishedStory:
    if story.published_at is None:
        raise ValueError(f"story {story.id} is not published")
    return PublishedStory(
        slug=slug_of(story),
        title=shown_title(story),
        paragraphs=paragraphs_of(shown_text(story)),
        byline=story.signed,
        countries=tuple(sorted(country_name(code) for code in story.countries)),
        published_at=story.published_at,
        round_name=round_name,
        picture=PublishedPicture(file.content, file.media_type, story.picture_alt) if file is not None else None,
    )
