"""Guilds, their members and roles."""

from tests.discordserver import guild_shapes, shapes
from tests.discordserver import permissions as may
from tests.discordserver.calls import Answer, Call, Route
from tests.discordserver.errors import ApiError, invalid
from tests.discordserver.intents import GUILD_MEMBERS
from tests.discordserver.state import Guild, Member


def read(call: Call) -> Answer:
    """One guild."""
    guild = call.guild()
    shape = guild_shapes.guild_shape(call.world, guild)
    if call.query.get("with_counts", "").lower() in ("true", "1"):
        shape |= {"approximate_member_count": len(guild.members), "approximate_presence_count": 1}
    return Answer(shape)


def member(call: Call) -> Answer:
    """One member: 10013 for no account at all, 10007 for somebody who is not in the guild."""
    return Answer(shapes.member_shape(call.world, _member(call, call.guild())))


def _member(call: Call, guild: Guild) -> Member:
    user = call.world.user(call.path["user_id"])
    if user.id not in guild.members:
        raise ApiError(10007)
    return guild.members[user.id]


def members(call: Call) -> Answer:
    """The members, in the order of their ids. Needs the privileged intent for members."""
    guild = call.guild()
    limit = call.limit(1, 1000)
    if not call.world.app.privileged & GUILD_MEMBERS:
        raise ApiError(50001)
    after = int(call.query.get("after", "0"))
    found = sorted((each for each in guild.members.values() if int(each.user) > after), key=lambda each: int(each.user))
    return Answer([shapes.member_shape(call.world, each) for each in found[:limit]])


def search(call: Call) -> Answer:
    """The members whose name begins so."""
    guild = call.guild()
    limit = call.limit(1, 1000)
    if not (query := call.query.get("query", "").lower()):
        raise invalid("BASE_TYPE_REQUIRED", "This field is required", "query")
    found = [
        each
        for each in guild.members.values()
        if call.world.users[each.user].name.lower().startswith(query) or each.nick.lower().startswith(query)
    ]
    return Answer([shapes.member_shape(call.world, each) for each in found[:limit]])


def roles(call: Call) -> Answer:
    """The roles."""
    return Answer([shapes.role_shape(each) for each in call.guild().roles.values()])


def role(call: Call) -> Answer:
    """One role."""
    if found := call.guild().roles.get(call.path["role_id"]):
        return Answer(shapes.role_shape(found))
    raise ApiError(10011)


def give_role(call: Call) -> Answer:
    """Give a role to a member: one below the bot's own highest."""
    guild, found, role_id = _giving(call)
    if role_id not in found.roles:
        call.world.update_member(guild, found.user, roles=[*found.roles, role_id])
    return Answer()


def take_role(call: Call) -> Answer:
    """Take a role from a member."""
    guild, found, role_id = _giving(call)
    if role_id in found.roles:
        call.world.update_member(guild, found.user, roles=[each for each in found.roles if each != role_id])
    return Answer()


def _giving(call: Call) -> tuple[Guild, Member, str]:
    guild = call.guild(may.MANAGE_ROLES)
    found, wanted = _member(call, guild), guild.roles.get(call.path["role_id"])
    if wanted is None:
        raise ApiError(10011)
    if wanted.managed or wanted.id == guild.id or wanted.position >= may.highest(guild, call.bot):
        raise ApiError(50013)
    return guild, found, wanted.id


ROUTES = [
    Route("GET", "/guilds/{guild_id}", read),
    Route("GET", "/guilds/{guild_id}/members", members),
    Route("GET", "/guilds/{guild_id}/members/search", search),
    Route("GET", "/guilds/{guild_id}/members/{user_id}", member),
    Route("GET", "/guilds/{guild_id}/roles", roles),
    Route("GET", "/guilds/{guild_id}/roles/{role_id}", role),
    Route("PUT", "/guilds/{guild_id}/members/{user_id}/roles/{role_id}", give_role),
    Route("DELETE", "/guilds/{guild_id}/members/{user_id}/roles/{role_id}", take_role),
]
