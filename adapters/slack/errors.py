"""Slack's error codes, as sentences for the operator: what is wrong, and where it is put right."""

APPS = "https://api.slack.com/apps"
_PREFIX = "COUNTERPART_SLACK_"
_BAD_TOKEN = frozenset({"invalid_auth", "not_authed", "token_expired", "not_allowed_token_type"})


def why_no_socket(code: str) -> str:
    """Why Socket Mode cannot be used, for the operator."""
    if code in _BAD_TOKEN:
        return (
            f"{_PREFIX}APP_TOKEN is not accepted by Slack ({code}). Open {APPS}, choose your app, then “Basic "
            "Information”, “App-Level Tokens”: generate a token with the scope connections:write, and write it there."
        )
    if code == "missing_scope":
        return (
            f"{_PREFIX}APP_TOKEN lacks the scope connections:write. Open {APPS}, choose your app, then “Basic "
            "Information”, “App-Level Tokens”: generate a token with that scope, and write it there."
        )
    if code in ("forbidden_team", "access_denied", "socket_mode_disabled", "not_allowed"):
        return (
            f"Socket Mode is switched off for this app ({code}). Open {APPS}, choose your app, then “Socket Mode”, and "
            "switch on “Enable Socket Mode”."
        )
    return f"Slack opens no connection ({code or 'no answer'}). {_network()}"


def why_no_bot(code: str) -> str:
    """Why the bot's token cannot be used, for the operator."""
    if code in ("token_revoked", "account_inactive"):
        return (
            f"The app is not installed any more, or its token was revoked ({code}). Open {APPS}, choose your app, then "
            f"“Install App”: install it to your workspace, and write the new token into {_PREFIX}BOT_TOKEN."
        )
    if code in _BAD_TOKEN:
        return (
            f"{_PREFIX}BOT_TOKEN is not accepted by Slack ({code}). Open {APPS}, choose your app, then “Install App”: "
            "copy the “Bot User OAuth Token”, which begins with xoxb-, and write it there."
        )
    return f"Slack does not answer as it should ({code or 'no answer'}). {_network()}"


def _network() -> str:
    return f"Check the connection to the internet, https://status.slack.com, and {_PREFIX}API_URL if you have set it."
