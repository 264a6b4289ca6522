"""The imagined Slack as one thing: the app, the workspaces, the clock, and what is on its way to the app."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.slackserver.delivery import Delivery
from tests.slackserver.errors import ApiError
from tests.slackserver.state import App, Channel, Clock, Counts, Installation, Message, ResponseUrl, Team, Trigger, User

TRIGGER_LIFE = timedelta(seconds=3)
RESPONSE_URL_LIFE = timedelta(minutes=30)
RESPONSE_URL_USES = 5


@dataclass
class Grant:
    """What somebody agreed to on the page that installs the app; exchanged for a token once, within ten minutes."""

    code: str
    team: Team
    user: str
    scopes: set[str]
    redirect_uri: str
    expires: datetime
    used: bool = False


@dataclass
class World:
    """Everything that the parts of the server share."""

    app: App
    clock: Clock
    delivery: Delivery
    counts: Counts = field(default_factory=Counts)
    teams: dict[str, Team] = field(default_factory=dict[str, Team])
    violations: list[str] = field(default_factory=list[str])
    """What the app did that Slack does not document, and where this server strayed from the reference."""
    response_urls: dict[str, tuple[Team, ResponseUrl]] = field(default_factory=dict[str, tuple[Team, ResponseUrl]])
    grants: dict[str, Grant] = field(default_factory=dict[str, Grant])
    url: str = ""

    def now(self) -> datetime:
        return self.clock()

    def epoch(self) -> int:
        return int(self.clock().timestamp())

    def stamp(self, channel: Channel | None = None) -> str:
        """A time stamp as Slack writes them; in a channel it is later than every one before."""
        now = self.clock()
        stamp = f"{int(now.timestamp())}.{now.microsecond:06d}"
        if channel is None:
            return stamp
        if stamp <= channel.last_ts:
            seconds, micros = channel.last_ts.split(".")
            count = int(seconds) * 1_000_000 + int(micros) + 1
            stamp = f"{count // 1_000_000}.{count % 1_000_000:06d}"
        channel.last_ts = stamp
        return stamp

    def installation(self, token: str) -> tuple[Team, Installation] | None:
        """Whose token it is, whether it is still good or not."""
        for team in self.teams.values():
            for installation in team.installations:
                if installation.token == token:
                    return team, installation
        return None

    def trigger(self, team: Team, user: str, view: str = "") -> str:
        """A new trigger id for what this user has just done."""
        trigger = Trigger(self.counts.next("trigger."), user, self.now() + TRIGGER_LIFE, view=view)
        team.triggers[trigger.id] = trigger
        return trigger.id

    def response_url(self, team: Team, user: str, channel: str, message: Message | None = None) -> str:
        """A new address at which the app may answer what this user has just done."""
        made = ResponseUrl(self.counts.next("R"), user, channel, self.now() + RESPONSE_URL_LIFE, message)
        self.response_urls[made.id] = team, made
        return f"{self.url}/response/{team.id}/{made.id}"


def user_in(team: Team, user_id: str, code: str = "user_not_found") -> User:
    """The user, or the error that says there is none."""
    if user := team.users.get(user_id):
        return user
    raise ApiError(code)


def message_in(channel: Channel, ts: str) -> Message | None:
    """The message with this time stamp."""
    return next((each for each in channel.messages if each.ts == ts), None)


def bot_in(team: Team, channel: Channel) -> bool:
    """Whether the app's bot is in the channel, and so hears what is said there."""
    return team.installation is not None and team.installation.bot_user in channel.members
