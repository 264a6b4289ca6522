"""`counterpart doctor discord`: looks at the token and at what the bot may do in each server, and says what to do."""

from collections.abc import Sequence

import discord

from adapters.discord import commands
from adapters.discord.asking import NoAnswer, ask
from adapters.discord.errors import INTENTS
from adapters.discord.lookup import logged_in
from adapters.discord.permissions import ADMINISTRATOR, invite_link, lacking
from adapters.discord.settings import PORTAL, DiscordSettings, read_settings, variable
from bot.language.adapter import Finding, Ground, NotConnected
from bot.language.commands import NAME
from bot.language.markup import tidy_line
from bot.language.payload import Json, as_object, flag, number, parts, word

SETTINGS, BOT, INTENT, STARTS, COMMANDS, SERVERS = (
    "discord settings",
    "discord token",
    "discord intents",
    "discord gateway",
    "discord commands",
    "discord servers",
)
PAGE = 200


async def check(ground: Ground) -> Sequence[Finding]:
    """Look at everything that connecting needs. Nothing is sent to anybody."""
    try:
        settings = read_settings()
    except NotConnected as wrong:
        return [Finding(SETTINGS, False, line) for line in str(wrong).splitlines()]
    return await examine(settings, ground)


async def examine(settings: DiscordSettings, ground: Ground) -> Sequence[Finding]:
    """Look at what these settings lead to."""
    shared = "" if settings.shards == "0" else f", shared among several connections ({settings.shards})"
    found = [Finding(SETTINGS, True, f"rooms are {settings.rooms}{shared}")]
    try:
        async with logged_in(settings) as client:
            found.append(Finding(BOT, True, f"the bot is {client.user}"))
            found.append(_intents(client))
            for look in (_starts(client, settings), _commands(client, ground), _servers(client)):
                try:
                    found += await look
                except NoAnswer as problem:
                    found.append(Finding(SERVERS, False, f"Discord does not answer as it should ({problem.reason})."))
    except NotConnected as problem:
        found.append(Finding(BOT, False, str(problem)))
    return found


def _intents(client: discord.Client) -> Finding:
    """None is needed that Discord would have to allow; which ones are allowed all the same is worth knowing."""
    flags = client.application_flags
    allowed = [
        name
        for name, on in (
            ("Presence", flags.gateway_presence or flags.gateway_presence_limited),
            ("Server Members", flags.gateway_guild_members or flags.gateway_guild_members_limited),
            ("Message Content", flags.gateway_message_content or flags.gateway_message_content_limited),
        )
        if on
    ]
    more = f"; {', '.join(allowed)} could be switched off at {PORTAL}" if allowed else ""
    return Finding(INTENT, True, f"only {INTENTS} are asked for, none of which is privileged{more}")


async def _starts(client: discord.Client, settings: DiscordSettings) -> list[Finding]:
    told = as_object(await ask(client.http, "GET", "/gateway/bot"))
    limit, wanted = as_object(told.get("session_start_limit")), number(told, "shards")
    if number(limit, "remaining") == 0 and "remaining" in limit:
        hours = number(limit, "reset_after") / 3_600_000
        return [
            Finding(STARTS, False, f"The bot has connected too often today. It can connect again in {hours:.1f} hours.")
        ]
    if wanted > 1 and settings.shards == "0":
        text = f"Discord recommends {wanted} connections. Write {variable('shards')}=auto."
        return [Finding(STARTS, False, text)]
    return [Finding(STARTS, True, f"{number(limit, 'remaining')} connections can be opened today")]


async def _commands(client: discord.Client, ground: Ground) -> list[Finding]:
    path = "/applications/{application_id}/commands"
    there: object = await ask(client.http, "GET", path, application_id=str(client.application_id))
    known = next((each for each in parts({"all": there}, "all") if word(each, "name") == NAME), None)
    if known is None:
        return [Finding(COMMANDS, True, f"/{NAME} is not there yet; `counterpart run` has Discord know it")]
    try:
        same = commands.same(commands.tree(ground.commands), known)
    except NotConnected as problem:
        return [Finding(COMMANDS, False, str(problem))]
    text = f"/{NAME} is there" if same else f"/{NAME} is there as it was; `counterpart run` brings it up to date"
    return [Finding(COMMANDS, True, text)]


async def _servers(client: discord.Client) -> list[Finding]:
    found: list[Json] = []
    while True:
        query = {"limit": str(PAGE)} | ({"after": word(found[-1], "id")} if found else {})
        page = parts({"all": await ask(client.http, "GET", "/users/@me/guilds", query=query)}, "all")
        found += page
        if len(page) < PAGE:
            break
    link = invite_link(str(client.application_id))
    if not found:
        return [Finding(SERVERS, True, f"none yet; somebody who may manage a server opens {link}")]
    return [_server(each, link) for each in found]


def _server(guild: Json, link: str) -> Finding:
    name, granted = tidy_line(word(guild, "name")), word(guild, "permissions")
    bits = int(granted) if granted.isdecimal() else 0
    bits = ADMINISTRATOR if flag(guild, "owner") else bits
    if missing := lacking(bits):
        what = "; ".join(f"“{need.name}” {need.purpose}" for need in missing)
        return Finding(
            SERVERS,
            False,
            f"In “{name}” the bot lacks {what}. Open the server's settings, “Roles”, the bot's role, and switch it on;"
            f" or let somebody who may manage the server open {link}",
        )
    unneeded = " (it is an administrator, which it need not be)" if bits & ADMINISTRATOR else ""
    return Finding(SERVERS, True, f"“{name}”: all that is needed is allowed{unneeded}")
