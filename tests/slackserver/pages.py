"""The pages and addresses beside the Web API: the one that installs the app, and those that take and give files."""

from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlencode

from aiohttp import web

from tests.slackserver.world import Grant, World

GRANT_LIFE = timedelta(minutes=10)


def _redirect(url: str, query: Mapping[str, str]) -> web.Response:
    return web.Response(status=302, headers={"Location": f"{url}{'&' if '?' in url else '?'}{urlencode(query)}"})


class Pages:
    """`/oauth/v2/authorize`, `/upload/…` and `/files-pri/…`."""

    def __init__(self, world: World) -> None:
        self.refuses = False
        """Whether whoever is asked to install the app says no."""
        self._world = world

    async def authorize(self, request: web.Request) -> web.Response:
        """Agree at once to install the app, and go back to it with a code.

        `team` in the query says which workspace, `user` who agrees; without them it is the first one, and its first
        person.
        """
        app, query = self._world.app, request.query
        if query.get("client_id") != app.client_id:
            return web.Response(status=400, text="invalid_client_id")
        redirect = query.get("redirect_uri", "")
        if app.redirect_uris and redirect not in app.redirect_uris:
            return web.Response(status=400, text="bad_redirect_uri")
        scopes = {each.strip() for each in query.get("scope", "").split(",") if each.strip()}
        if not scopes:
            return web.Response(status=400, text="no_scopes")
        back = {"state": query["state"]} if "state" in query else {}
        if self.refuses:
            return _redirect(redirect, {"error": "access_denied", **back})
        team = self._world.teams.get(query.get("team", "")) or next(iter(self._world.teams.values()))
        people = (each.id for each in team.users.values() if not each.is_bot and each.id != "USLACKBOT")
        user = query.get("user") or next(people, "")
        code = self._world.counts.next("code.")
        expires = self._world.now() + GRANT_LIFE
        self._world.grants[code] = Grant(code, team, user, scopes, redirect, expires)
        return _redirect(redirect, {"code": code, **back})

    async def upload(self, request: web.Request) -> web.Response:
        """Take the bytes of a file that was announced."""
        team = self._world.teams.get(request.match_info["team"])
        upload = team.uploads.get(request.match_info["id"]) if team else None
        if upload is None:
            return web.Response(status=404, text="not found")
        content = await request.read()
        if len(content) != upload.length:
            return web.Response(status=400, text=f"{upload.length} bytes were announced, {len(content)} came")
        upload.content = content
        return web.Response(text=f"OK - {len(content)}")

    async def download(self, request: web.Request) -> web.Response:
        """Give what is in a file to an app that may see it; all others are led to where people sign in."""
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        found = self._world.installation(token)
        if found is None or found[0].id != request.match_info["team"] or "files:read" not in found[1].scopes:
            return web.Response(status=302, headers={"Location": f"{self._world.url}/signin"})
        upload = found[0].uploads.get(request.match_info["id"])
        if upload is None or upload.content is None:
            return web.Response(status=404, text="not found")
        return web.Response(body=upload.content, content_type=upload.mimetype or "application/octet-stream")
