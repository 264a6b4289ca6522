"""Methods about the app itself: who it is, how it connects, how it is installed and removed."""

from collections.abc import Mapping

from tests.slackserver import deeds
from tests.slackserver.calls import Call, Handler
from tests.slackserver.errors import ApiError
from tests.slackserver.installing import install
from tests.slackserver.sockets import Sockets
from tests.slackserver.state import Json


def api_test(call: Call) -> Json:
    if code := call.text("error"):
        raise ApiError(code)
    return {"args": call.args}


def auth_test(call: Call) -> Json:
    team, bot = call.team, call.user(call.bot)
    answer: Json = {
        "url": f"https://{team.domain}.slack.com/",
        "team": team.name,
        "user": bot.name,
        "team_id": team.id,
        "user_id": bot.id,
        "bot_id": call.installation.bot_id,
        "app_id": call.world.app.id,
        "is_enterprise_install": False,
    }
    return {**answer, "enterprise_id": team.enterprise} if team.enterprise else answer


def auth_revoke(call: Call) -> Json:
    if call.flag("test"):
        return {"revoked": False}
    deeds.revoke(call.world, call.team, call.installation)
    return {"revoked": True}


def apps_uninstall(call: Call) -> Json:
    app = call.world.app
    if call.text("client_id") != app.client_id:
        raise ApiError("invalid_client_id")
    if call.text("client_secret") != app.client_secret:
        raise ApiError("bad_client_secret")
    deeds.uninstall(call.world, call.team, call.installation)
    return {"uninstalled": True}


def oauth_v2_access(call: Call) -> Json:
    """Exchange the code of the installation page for a token."""
    app = call.world.app
    if call.text("client_id") != app.client_id:
        raise ApiError("invalid_client_id")
    if call.text("client_secret") != app.client_secret:
        raise ApiError("bad_client_secret")
    grant = call.world.grants.get(call.text("code"))
    if grant is None or grant.used or call.world.now() > grant.expires:
        raise ApiError("invalid_code")
    if call.text("redirect_uri") != grant.redirect_uri:
        raise ApiError("bad_redirect_uri")
    grant.used = True
    team = grant.team
    installation = install(call.world, team, grant.scopes, grant.user)
    return {
        "access_token": installation.token,
        "token_type": "bot",
        "scope": ",".join(sorted(installation.scopes)),
        "bot_user_id": installation.bot_user,
        "app_id": app.id,
        "team": {"id": team.id, "name": team.name},
        "enterprise": {"id": team.enterprise, "name": team.enterprise} if team.enterprise else None,
        "is_enterprise_install": False,
        "authed_user": {"id": grant.user},
    }


def team_info(call: Call) -> Json:
    team = call.team
    if (asked := call.text("team")) and asked != team.id:
        raise ApiError("team_not_found")
    shape: Json = {
        "id": team.id,
        "name": team.name,
        "url": f"https://{team.domain}.slack.com/",
        "domain": team.domain,
        "email_domain": "",
        "icon": {"image_default": True},
    }
    if team.enterprise:
        shape |= {"enterprise_id": team.enterprise, "enterprise_name": team.enterprise}
    return {"team": shape}


def bots_info(call: Call) -> Json:
    installation, app = call.installation, call.world.app
    if (asked := call.text("bot")) and asked != installation.bot_id:
        raise ApiError("bot_not_found")
    bot: Json = {
        "id": installation.bot_id,
        "deleted": False,
        "name": app.name,
        "updated": 0,
        "app_id": app.id,
        "user_id": installation.bot_user,
        "icons": {},
    }
    return {"bot": bot}


def handlers(sockets: Sockets) -> Mapping[str, Handler]:
    """The methods of this module; new sockets get their tickets from `sockets`."""

    def apps_connections_open(call: Call) -> Json:
        if not call.world.app.socket_mode:
            raise ApiError("forbidden_team")
        return {"url": sockets.ticket()}

    return {
        "api.test": api_test,
        "auth.test": auth_test,
        "auth.revoke": auth_revoke,
        "apps.uninstall": apps_uninstall,
        "apps.connections.open": apps_connections_open,
        "oauth.v2.access": oauth_v2_access,
        "team.info": team_info,
        "bots.info": bots_info,
    }
