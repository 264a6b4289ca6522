"""A picture comes to the bot on every platform: brought once, cleaned, and kept for as long as the answer."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlmodel import select

from bot.app import kit_of
from bot.testing import KIT
from bot.testing_pictures import a_picture_is_sent, asking
from bot.venue import Venue
from storage.database import Database
from storage.files import StoredFile
from storage.rounds import Application
from storage.traffic import OutboxAct
from tests.journeys.discord_venue import discord_venue
from tests.journeys.local_venue import local_venue
from tests.journeys.slack_venue import slack_venue
from topics.model import Kit

TEACHERS = asking(kit_of(KIT)[KIT])


def picture() -> bytes:
    """A JPEG of a telephone: large, and it says where it was taken."""
    exif, file = Image.Exif(), BytesIO()
    exif[0x010F] = "planted-camera"
    exif.get_ifd(0x8825)[2] = (48.0, 51.0, 29.6)
    Image.effect_noise((2400, 1800), 40).convert("RGB").save(file, "JPEG", exif=exif.tobytes())
    return file.getvalue()


@asynccontextmanager
async def venue_on(platform: str, folder: Path, kit: Kit = TEACHERS) -> AsyncIterator[tuple[Venue, Database]]:
    kits = {kit.slug: kit}
    makers: dict[str, AbstractAsyncContextManager[Any]] = {
        "playground": local_venue(kits),
        "slack": slack_venue(folder, kits=kits),
        "discord": discord_venue(folder, kits),
    }
    async with makers[platform] as venue:
        yield venue, venue._desk.database if platform == "playground" else venue._database


async def rows(database: Database, row: Any) -> Sequence[Any]:
    async with database.transaction() as session:
        return list(await session.exec(select(row).order_by(row.id)))


@pytest.mark.parametrize("restarts", [False, True], ids=["", "restarts"])
@pytest.mark.parametrize("platform", ["playground", "slack", "discord"])
async def test_a_picture_is_sent_and_kept(platform: str, restarts: bool, tmp_path: Path) -> None:
    sent = picture()
    async with venue_on(platform, tmp_path) as (venue, database):
        await a_picture_is_sent(venue, TEACHERS, sent, restarts=restarts)
        (file,) = await rows(database, StoredFile)
        assert b"planted-camera" in sent and b"planted-camera" not in file.content
        kept = Image.open(BytesIO(file.content))
        assert (file.media_type, kept.size, dict(kept.getexif())) == ("image/jpeg", (1600, 1200), {})
        applications = await rows(database, Application)
        (application,) = [row for row in applications if row.answers]
        assert application.answers["face"] == file.key and application.person_id == file.person_id
        assert file.drop_after is None, "it stays as long as the application"
        fetched = [act for act in await rows(database, OutboxAct) if act.kind == "file"]
        assert [act.state for act in fetched] == ["sent", "sent"]
        assert not any("content" in act.receipt or len(act.receipt) > 500 for act in fetched)
