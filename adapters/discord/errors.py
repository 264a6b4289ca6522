"""Discord's refusals, as sentences for the operator: what is wrong, and where it is put right."""

from adapters.discord.settings import PORTAL, variable

AUTHENTICATION, INVALID_SHARD, SHARDING, VERSION, BAD_INTENTS, NO_INTENTS = 4004, 4010, 4011, 4012, 4013, 4014
"""Codes with which the gateway ends a connection for good."""
FATAL = frozenset({AUTHENTICATION, INVALID_SHARD, SHARDING, VERSION, BAD_INTENTS, NO_INTENTS})
INTENTS = "GUILDS, GUILD_MESSAGES and DIRECT_MESSAGES"
_NETWORK = (
    f"Check the connection to the internet, https://discordstatus.com, and {variable('api_url')} and"
    f" {variable('gateway_url')} if you have set them."
)


def why_no_login(status: int, reason: str = "") -> str:
    """Why the HTTP API does not let the bot in, for the operator."""
    if status == 401:
        return (
            f"{variable('token')} is not accepted by Discord (401). Open {PORTAL}, choose your application, then “Bot”,"
            " “Reset Token”, and write the new token there."
        )
    if status == 403:
        return f"Discord lets nobody in from this address for a while (403). Try again in an hour. {_NETWORK}"
    return f"Discord does not answer as it should ({reason or 'no answer'}). {_NETWORK}"


def why_no_gateway(code: int, reason: str = "") -> str:
    """Why the gateway does not let the bot in, for the operator."""
    match code:
        case _ if code == AUTHENTICATION:
            return (
                f"The gateway does not accept {variable('token')} (4004). Open {PORTAL}, choose your application, then "
                "“Bot”, “Reset Token”, and write the new token there."
            )
        case _ if code == NO_INTENTS:
            return (
                f"The gateway says that an intent is not switched on for this application (4014). Counterpart asks for "
                f"{INTENTS} alone, none of which is privileged: look whether the token belongs to your application"
                f" ({PORTAL}, then “Bot”, “Privileged Gateway Intents”: all three may be off), and whether Discord has"
                " restricted it."
            )
        case _ if code == BAD_INTENTS:
            return (
                f"The gateway does not know the intents that are asked for (4013): {INTENTS}. Look whether"
                f" {variable('gateway_url')} leads to Discord's gateway, version 10."
            )
        case _ if code in (INVALID_SHARD, SHARDING):
            return (
                f"The gateway wants the servers to be shared among several connections ({code}). Write"
                f" {variable('shards')}=auto."
            )
        case _ if code == VERSION:
            return f"The gateway does not speak version 10 any more ({code}). Bring discord.py up to date."
        case _:
            return f"The gateway lets nobody in ({code or reason or 'no answer'}). {_NETWORK}"
