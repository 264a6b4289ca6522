"""What an act carries beside its words: its files are brought just before it goes out. They are large."""

from bot.language.acts import Act
from bot.language.files import bearing, files_in
from storage.database import Database
from storage.files import contents_of


async def with_files(database: Database, act: Act) -> Act:
    """The act with what is in its files. Nothing but the attempt to perform it holds them."""
    keys = files_in(act)
    if not keys:
        return act
    async with database.connection() as connection:
        return bearing(act, await contents_of(connection, keys))
