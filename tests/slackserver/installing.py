"""Putting the app into a workspace: its bot user, and a token with what it may do."""

from tests.slackserver.state import Installation, Team, User
from tests.slackserver.world import World


def install(world: World, team: Team, scopes: set[str], installer: str = "") -> Installation:
    """Install the app, or install it again: its bot stays the same.

    While a token is good, installing again gives the same one, with the scopes of before and those that are new.
    """
    if installation := team.installation:
        installation.scopes |= scopes
        return installation
    earlier = team.installations[-1] if team.installations else None
    if earlier:
        bot, bot_id = team.users[earlier.bot_user], earlier.bot_id
        bot.deleted = False
    else:
        bot_id = world.counts.next("B")
        name = world.app.name.lower()
        bot = User(world.counts.next("UB"), name, world.app.name, is_bot=True, bot_id=bot_id, tz_offset=0)
        team.users[bot.id] = bot
    token = f"xoxb-{team.id.lower()}-{world.counts.next('token')}"
    installation = Installation(token, set(scopes), bot.id, bot_id, installer)
    team.installations.append(installation)
    return installation
