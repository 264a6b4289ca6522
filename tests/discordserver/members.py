"""Lists of members that a client asks for over the gateway (operation 8)."""

from typing import Any, cast

from tests.discordserver import shapes
from tests.discordserver.core import Core
from tests.discordserver.identify import Refused
from tests.discordserver.intents import GUILD_MEMBERS, GUILD_PRESENCES
from tests.discordserver.state import Json

A_CHUNK = 1000
MOST_IDS = 100


def chunks(core: Core, intents: int, data: Any) -> list[Json]:
    """The data of the GUILD_MEMBERS_CHUNK events that answer.

    Whole lists need the GUILD_MEMBERS intent; members by their ids, or some by the beginning of a name, do not.
    """
    asked: Json = cast(Json, data) if isinstance(data, dict) else {}
    guild = core.guilds.get(str(asked.get("guild_id")))
    if guild is None or core.app.bot not in guild.members:
        raise Refused(4002, "Error while decoding payload.", ["gateway: members of an unknown guild are asked for"])
    query, ids = asked.get("query"), asked.get("user_ids")
    if (query is None) == (ids is None):
        raise Refused(4002, "Error while decoding payload.", ["gateway: either query or user_ids must be given"])
    found, unknown = list(guild.members.values()), list[str]()
    if ids is not None:
        wanted = [str(each) for each in (cast(list[Any], ids) if isinstance(ids, list) else [ids])]
        if len(wanted) > MOST_IDS:
            raise Refused(4002, "Error while decoding payload.", ["gateway: more than 100 user_ids"])
        found = [guild.members[each] for each in wanted if each in guild.members]
        unknown = [each for each in wanted if each not in guild.members]
    elif query or asked.get("limit"):
        limit = int(asked.get("limit") or 0)
        if not 1 <= limit <= 100:
            raise Refused(4002, "Error while decoding payload.", ["gateway: with a query, limit is from 1 to 100"])
        begin = str(query).lower()
        names = {each.user: (each.nick or core.users[each.user].name).lower() for each in found}
        found = [each for each in found if names[each.user].startswith(begin)][:limit]
    elif not intents & GUILD_MEMBERS:
        raise Refused(4014, "Disallowed intent(s).", ["gateway: all members are asked for without GUILD_MEMBERS"])
    if asked.get("presences") and not intents & GUILD_PRESENCES:
        raise Refused(4014, "Disallowed intent(s).", ["gateway: presences are asked for without GUILD_PRESENCES"])
    shown = [shapes.member_shape(core, each) for each in found]
    parts = [shown[start : start + A_CHUNK] for start in range(0, len(shown), A_CHUNK)] or [[]]
    made: list[Json] = []
    for number, part in enumerate(parts):
        chunk: Json = {"guild_id": guild.id, "members": part, "chunk_index": number, "chunk_count": len(parts)}
        if unknown:
            chunk["not_found"] = unknown
        made.append(chunk if asked.get("nonce") is None else {**chunk, "nonce": asked["nonce"]})
    return made
