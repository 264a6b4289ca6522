"""The JSON of guilds and of the application."""

from tests.discordserver import permissions
from tests.discordserver.core import Core
from tests.discordserver.shapes import channel_shape, member_shape, role_shape, thread_shape, time_shape, user_shape
from tests.discordserver.state import App, Guild, Json


def guild_shape(core: Core, guild: Guild) -> Json:
    """A guild, as GET /guilds/{id} shows it."""
    empty = (
        "icon", "banner", "splash", "discovery_splash", "home_header", "afk_channel_id", "application_id",
        "widget_channel_id", "rules_channel_id", "public_updates_channel_id", "safety_alerts_channel_id",
        "vanity_url_code", "max_presences", "incidents_data",
    )  # fmt: skip
    return {
        **dict.fromkeys(empty),
        "id": guild.id,
        "name": guild.name,
        "description": guild.description or None,
        "owner_id": guild.owner,
        "region": "deprecated",
        "system_channel_id": guild.system_channel or None,
        "system_channel_flags": 0,
        "afk_timeout": 300,
        "widget_enabled": False,
        "verification_level": 1,
        "default_message_notifications": 1,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "nsfw": False,
        "nsfw_level": 0,
        "preferred_locale": guild.locale,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "premium_progress_bar_enabled": False,
        "max_members": 500_000,
        "max_video_channel_users": 25,
        "max_stage_video_channel_users": 50,
        "features": list(guild.features),
        "roles": [role_shape(each) for each in guild.roles.values()],
        "emojis": [],
        "stickers": [],
    }


def guild_create(core: Core, guild: Guild) -> Json:
    """A guild as GUILD_CREATE brings it to a session that may know little: of the members, the bot alone.

    The active threads are those that the bot sees.
    """
    bot = guild.members[core.app.bot]
    threads = [
        thread_shape(each, core.app.bot)
        for each in guild.threads.values()
        if each.thread and not each.thread.archived and permissions.sees(guild, each, core.app.bot)
    ]
    return {
        **guild_shape(core, guild),
        "joined_at": time_shape(bot.joined),
        "large": len(guild.members) > 50,
        "unavailable": False,
        "member_count": len(guild.members),
        "members": [member_shape(core, bot)],
        "channels": [channel_shape(core, each) for each in guild.channels.values()],
        "threads": threads,
        "voice_states": [],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def my_guild_shape(core: Core, guild: Guild, *, counts: bool) -> Json:
    """A guild as the list of the bot's own guilds shows it."""
    shape: Json = {
        "id": guild.id,
        "name": guild.name,
        "icon": None,
        "banner": None,
        "owner": guild.owner == core.app.bot,
        "permissions": str(permissions.in_guild(guild, core.app.bot)),
        "features": list(guild.features),
    }
    if counts:
        shape |= {"approximate_member_count": len(guild.members), "approximate_presence_count": 1}
    return shape


def app_shape(core: Core) -> Json:
    """The application, as it sees itself."""
    app: App = core.app
    return {
        "id": app.id,
        "name": app.name,
        "icon": None,
        "description": app.description,
        "type": None,
        "bot_public": app.public,
        "bot_require_code_grant": False,
        "verify_key": app.public_key,
        "flags": app_flags(app),
        "flags_new": str(app_flags(app)),
        "integration_types_config": {"0": {}},
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "event_webhooks_status": 1,
        "approximate_guild_count": sum(app.bot in each.members for each in core.guilds.values()),
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "eligible_oauth2_scopes": ["bot", "applications.commands"],
        "owner": user_shape(core.users[app.owner]),
        "bot": user_shape(core.bot),
        "team": None,
    }


def app_flags(app: App) -> int:
    """The application's flags: those that tell of privileged intents (in their limited form, for unverified bots)."""
    presences, members, content = app.privileged >> 8 & 1, app.privileged >> 1 & 1, app.privileged >> 15 & 1
    return presences << 13 | members << 15 | content << 19
