"""Installations in many workspaces, kept by Slack's own library in tables of its own, with encrypted tokens."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from slack_sdk.oauth.installation_store.sqlalchemy import AsyncSQLAlchemyInstallationStore
from slack_sdk.oauth.state_store.sqlalchemy import AsyncSQLAlchemyOAuthStateStore
from sqlalchemy import inspect, make_url, select
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from adapters.slack.quiet import library_log
from adapters.slack.sealing import SECRET_COLUMNS, seal

STATE_LIFE = 600
"""Seconds that somebody may take to agree to an installation."""
_BUSY = 30


def engine_for(url: str) -> AsyncEngine:
    """A small engine beside the program's own: it holds no connection, and waits its turn on SQLite."""
    if url.startswith("sqlite"):
        return create_async_engine(url, poolclass=NullPool, connect_args={"timeout": _BUSY}, hide_parameters=True)
    return create_async_engine(url, poolclass=NullPool, hide_parameters=True)


@dataclass(frozen=True, slots=True)
class Kept:
    """One installation, as it was when the app was last installed in this workspace."""

    team: str
    name: str
    token: str
    bot_user: str
    bot_id: str
    app_id: str
    installer: str
    at: datetime


class Installations(AsyncSQLAlchemyInstallationStore):
    """Who has installed the app, and with which token the bot speaks there."""

    def __init__(self, client_id: str, engine: AsyncEngine, keys: Sequence[str]) -> None:
        super().__init__(client_id, engine, logger=library_log())
        seal(self.bots, keys)
        seal(self.installations, keys)

    async def exists(self) -> bool:
        """Whether the tables have been made, which happens at the first start."""
        async with self.engine.connect() as connection:
            return await connection.run_sync(lambda sync: inspect(sync).has_table(self.installations.name))

    async def latest(self, team: str) -> Kept | None:
        """The latest installation in a workspace, whether that belongs to an organization or not."""
        c = self.installations.c
        rows = (
            select(c.team_name, c.bot_token, c.bot_user_id, c.bot_id, c.app_id, c.user_id, c.installed_at)
            .where(c.client_id == self.client_id, c.team_id == team, c.bot_token.is_not(None))
            .order_by(c.installed_at.desc(), c.id.desc())
            .limit(1)
        )
        async with self.engine.connect() as connection:
            found = (await connection.execute(rows)).first()
        if found is None:
            return None
        name, token, bot_user, bot_id, app_id, installer = (str(each or "") for each in found[:6])
        # It is kept in UTC, without saying so.
        at = cast(datetime, found[6]).replace(tzinfo=UTC)
        return Kept(team, name, token, bot_user, bot_id, app_id, installer, at)

    async def teams(self) -> tuple[str, ...]:
        """The workspaces in which the app is installed."""
        c = self.installations.c
        rows = select(c.team_id).where(c.client_id == self.client_id).distinct().order_by(c.team_id)
        async with self.engine.connect() as connection:
            return tuple(str(team) for (team,) in await connection.execute(rows) if team)

    async def forget(self, team: str) -> None:
        """Remove everything about a workspace, its tokens above all."""
        async with self.engine.begin() as connection:
            for table in (self.bots, self.installations):
                mine = (table.c.client_id == self.client_id) & (table.c.team_id == team)
                await connection.execute(table.delete().where(mine))

    async def seal_anew(self) -> None:
        """Encrypt every token with the first key, so that a key that was replaced can be thrown away."""
        async with self.engine.begin() as connection:
            for table in (self.bots, self.installations):
                secrets = [table.c[name] for name in SECRET_COLUMNS if name in table.c]
                for row in (await connection.execute(select(table.c.id, *secrets))).mappings().all():
                    values = {column.name: row[column.name] for column in secrets}
                    await connection.execute(table.update().where(table.c.id == row["id"]).values(values))


def lacks_file(url: str) -> bool:
    """Whether the database is a file that is not there."""
    made = make_url(url)
    in_memory = made.database in (None, "", ":memory:")
    return made.drivername.startswith("sqlite") and not in_memory and not Path(str(made.database)).exists()


def states_in(engine: AsyncEngine) -> AsyncSQLAlchemyOAuthStateStore:
    """What was handed to browsers that are on their way to install the app."""
    return AsyncSQLAlchemyOAuthStateStore(STATE_LIFE, engine, logger=library_log())
