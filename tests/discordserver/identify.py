"""How a client logs in to the gateway, and why it may be refused."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

from tests.discordserver.core import Core
from tests.discordserver.intents import ALL, PRIVILEGED
from tests.discordserver.state import Guild, Json

STARTS_A_DAY = 1000
GUILDS_A_SHARD = 2500
_DOCUMENTED = {"token", "properties", "compress", "large_threshold", "shard", "presence", "intents"}


class Refused(Exception):
    """The connection is closed with this code."""

    def __init__(self, code: int, reason: str, violations: Sequence[str] = ()) -> None:
        super().__init__(f"{code} {reason}")
        self.code, self.reason, self.violations = code, reason, list(violations)


@dataclass
class Starts:
    """How many sessions may still be begun today."""

    now: Callable[[], datetime]
    total: int = STARTS_A_DAY
    used: int = 0
    since: datetime | None = None

    @property
    def remaining(self) -> int:
        """Begins anew a day after the first session."""
        if self.since and self.now() - self.since >= timedelta(days=1):
            self.used, self.since = 0, None
        return max(0, self.total - self.used)

    def count(self) -> None:
        """One more."""
        if self.remaining and self.since is None:
            self.since = self.now()
        self.used += 1

    def shown(self) -> Json:
        """As GET /gateway/bot tells it."""
        remaining = self.remaining
        left = timedelta(days=1) - (self.now() - self.since) if self.since else timedelta(0)
        after = int(left.total_seconds() * 1000)
        return {"total": self.total, "remaining": remaining, "reset_after": after, "max_concurrency": 16}


@dataclass(frozen=True)
class Identity:
    """What an IDENTIFY says."""

    token: str
    intents: int
    shard: tuple[int, int]
    violations: list[str] = field(default_factory=list[str])

    def check(self, core: Core, starts: Starts) -> None:
        """Raise `Refused` where Discord closes the connection; count the session otherwise."""
        core.violations += self.violations
        if self.token != core.app.token:
            raise Refused(4004, "Authentication failed.")
        if not starts.remaining:
            raise Refused(4004, "Authentication failed.", ["gateway: more than a day's IDENTIFYs"])
        starts.count()
        number, count = self.shard
        if not 0 <= number < count:
            raise Refused(4010, "Invalid shard.")
        if len(guilds_of(core, self.shard)) >= GUILDS_A_SHARD:
            raise Refused(4011, "Sharding required.")
        if self.intents & ~ALL or self.intents < 0:
            raise Refused(4013, "Invalid intent(s).")
        if self.intents & PRIVILEGED & ~core.app.privileged:
            raise Refused(4014, "Disallowed intent(s).")


@dataclass(frozen=True)
class Resuming:
    """What a RESUME says."""

    session: str
    seq: int


def shard_of(guild: str, count: int) -> int:
    """Which of `count` shards hears of this guild; private conversations belong to the first."""
    return (int(guild) >> 22) % count if guild else 0


def guilds_of(core: Core, shard: tuple[int, int]) -> list[Guild]:
    """The guilds of a shard in which the bot is."""
    number, count = shard
    mine = [guild for guild in core.guilds.values() if core.app.bot in guild.members]
    return [guild for guild in mine if shard_of(guild.id, count) == number]


def identity(data: Any) -> Identity:
    """Read an IDENTIFY."""
    said = _object(data, "IDENTIFY")
    wrong = [f"IDENTIFY: {name} is not documented" for name in sorted(set(said) - _DOCUMENTED)]
    properties = said.get("properties")
    if not isinstance(properties, dict) or not {"os", "browser", "device"} <= set(cast(Json, properties)):
        wrong.append("IDENTIFY: properties must name os, browser and device")
    if not 50 <= said.get("large_threshold", 50) <= 250:
        wrong.append("IDENTIFY: large_threshold is from 50 to 250")
    if not isinstance(intents := said.get("intents"), int):
        raise Refused(4013, "Invalid intent(s).", [*wrong, "IDENTIFY: intents must be a number"])
    shard = said.get("shard") or [0, 1]
    if not isinstance(shard, list) or [type(each) for each in cast(list[Any], shard)] != [int, int]:
        raise Refused(4010, "Invalid shard.", wrong)
    number, count = cast(list[int], shard)
    return Identity(_bare(said.get("token")), intents, (number, count), wrong)


def resuming(data: Any, core: Core) -> Resuming:
    """Read a RESUME."""
    said = _object(data, "RESUME")
    if _bare(said.get("token")) != core.app.token:
        raise Refused(4004, "Authentication failed.")
    if not isinstance(said.get("session_id"), str) or not isinstance(said.get("seq"), int):
        raise Refused(4002, "Error while decoding payload.", ["RESUME: session_id and seq are required"])
    return Resuming(said["session_id"], said["seq"])


def _bare(token: Any) -> str:
    return str(token).removeprefix("Bot ").strip()


def _object(data: Any, name: str) -> Json:
    if not isinstance(data, dict):
        raise Refused(4002, "Error while decoding payload.", [f"{name}: its data must be an object"])
    return cast(Json, data)
