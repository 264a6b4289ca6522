"""Who the app is, whom it knows, and its direct conversations."""

from tests.discordserver import guild_shapes, shapes
from tests.discordserver.calls import Answer, Call, Route
from tests.discordserver.errors import ApiError
from tests.discordserver.state import DM


def me(call: Call) -> Answer:
    """The bot itself."""
    return Answer(shapes.me_shape(call.world.bot))


def user(call: Call) -> Answer:
    """Any user."""
    return Answer(shapes.user_shape(call.world.user(call.path["user_id"])))


def application(call: Call) -> Answer:
    """The application."""
    return Answer(guild_shapes.app_shape(call.world))


def my_guilds(call: Call) -> Answer:
    """The guilds in which the bot is."""
    after, before = call.query.get("after", "0"), call.query.get("before", str(1 << 64))
    mine = [each for each in call.world.guilds.values() if call.bot in each.members]
    within = [each for each in sorted(mine, key=lambda each: int(each.id)) if int(after) < int(each.id) < int(before)]
    counts = call.query.get("with_counts", "").lower() == "true"
    shown = [guild_shapes.my_guild_shape(call.world, each, counts=counts) for each in within[: call.limit(200, 200)]]
    return Answer(shown)


def open_dm(call: Call) -> Answer:
    """The direct conversation with somebody, opened if there was none. That they take no messages shows only later."""
    recipient = call.text("recipient_id")
    world = call.world
    if not recipient:
        raise ApiError(50033)
    found = world.users.get(recipient)
    if found is None:
        raise ApiError(10013)
    if found.bot:
        raise ApiError(50007)
    new = not any(each.type == DM and each.recipients == [recipient] for each in world.channels.values())
    if new and not call.limits.open():
        raise ApiError(40003)
    return Answer(shapes.channel_shape(world, world.direct(recipient)))


ROUTES = [
    Route("GET", "/users/@me", me),
    Route("GET", "/users/@me/guilds", my_guilds),
    Route("POST", "/users/@me/channels", open_dm),
    Route("GET", "/users/{user_id}", user),
    Route("GET", "/applications/@me", application),
    Route("GET", "/oauth2/applications/@me", application),
]
