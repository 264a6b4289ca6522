"""The Slack server for tests: rate limits in virtual time, what goes wrong on purpose, and installing the app."""

import asyncio
from collections.abc import AsyncGenerator
from urllib.parse import parse_qs, urlsplit

import aiohttp
import httpx
import pytest
from slack_sdk.errors import SlackApiError

from tests.slackserver.bench import House, client_of, got, open_house, refused
from tests.slackserver.faults import HTML, RESET_AFTER, RESET_BEFORE, Kind, error, ratelimited, slow, status


@pytest.fixture
async def house() -> AsyncGenerator[House]:
    async with open_house(subscriptions=()) as house:
        yield house


async def test_a_tier_is_kept(house: House) -> None:
    for number in range(20):
        await house.client.conversations_create(name=f"r-{number}", is_private=True)
    house.clock.turn(59)
    with pytest.raises(SlackApiError) as caught:
        await house.client.conversations_create(name="r-20", is_private=True)
    response = caught.value.response
    assert (response.status_code, response["error"], response.headers["Retry-After"]) == (429, "ratelimited", "1")
    house.clock.turn(1)
    await house.client.conversations_create(name="r-20", is_private=True)
    assert house.server.limited == {"conversations.create": 1}


async def test_posting_has_a_pace_for_each_channel(house: House) -> None:
    for _ in range(3):
        await house.client.chat_postMessage(channel="U1", text="x")
    assert (await refused(house.client.chat_postMessage(channel="U1", text="x")))["error"] == "ratelimited"
    await house.client.chat_postMessage(channel="U2", text="x")
    house.clock.turn(1)
    await house.client.chat_postMessage(channel="U1", text="x")
    assert (await refused(house.client.chat_postMessage(channel="U1", text="x")))["error"] == "ratelimited"


async def test_workspaces_have_limits_of_their_own(house: House) -> None:
    other = house.server.add_workspace("T2", "Others")
    app = house.server.app
    wrong = {"client_id": app.client_id, "client_secret": "x"}
    assert (await refused(house.client.apps_uninstall(**wrong)))["error"] == "bad_client_secret"
    assert (await refused(house.client.apps_uninstall(**wrong)))["error"] == "ratelimited"
    theirs = client_of(house.server, other.token)
    assert (await refused(theirs.apps_uninstall(**wrong)))["error"] == "bad_client_secret"
    assert (await got(theirs.auth_test()))["team_id"] == "T2"


async def test_errors_on_purpose(house: House) -> None:
    faults = house.server.faults
    faults.add("auth.test", ratelimited(30), nth=1)
    faults.add("auth.test", status(503), nth=2)
    faults.add("auth.test", error("fatal_error"), nth=3)
    faults.add("auth.test", HTML, nth=4)
    with pytest.raises(SlackApiError) as caught:
        await house.client.auth_test()
    assert caught.value.response.headers["Retry-After"] == "30"
    with pytest.raises(SlackApiError) as caught:
        await house.client.auth_test()
    assert caught.value.response.status_code == 503
    assert (await refused(house.client.auth_test()))["error"] == "fatal_error"
    with pytest.raises(SlackApiError):
        await house.client.auth_test()
    assert (await got(house.client.auth_test()))["ok"] is True
    said = [each.fault for each in house.server.requests]
    assert said == ["ratelimited(30)", "status(503)", "error(fatal_error)", "html", ""]


@pytest.mark.parametrize(("kind", "posted"), [(RESET_BEFORE, 0), (RESET_AFTER, 1)])
async def test_the_connection_breaks(house: House, kind: Kind, posted: int) -> None:
    house.server.faults.add("chat.*", kind, times=1)
    with pytest.raises((aiohttp.ClientOSError, aiohttp.ServerDisconnectedError)):
        await house.client.chat_postMessage(channel="U1", text="x")
    assert len(house.workspace.person("U1").dm()) == posted
    assert (house.server.requests[-1].status, house.server.requests[-1].fault) == (0, str(kind))
    await house.client.chat_postMessage(channel="U1", text="x")
    assert len(house.workspace.person("U1").dm()) == posted + 1


async def test_a_slow_answer(house: House) -> None:
    release, reached = asyncio.Event(), asyncio.Event()
    house.server.faults.add("chat.postMessage", slow(release, reached), nth=1)
    posting = asyncio.create_task(house.client.chat_postMessage(channel="U1", text="x"))
    await reached.wait()
    assert len(house.workspace.person("U1").dm()) == 1
    assert not posting.done()
    release.set()
    assert (await posting)["ok"] is True


async def test_faults_by_turns_and_by_arguments(house: House) -> None:
    house.server.faults.cycle([status(500), error("internal_error")], every=2)
    outcomes: list[int] = []
    for _ in range(4):
        try:
            await house.client.auth_test()
            outcomes.append(0)
        except SlackApiError as caught:
            outcomes.append(caught.response.status_code)
    assert outcomes == [0, 500, 0, 200]
    house.server.faults.clear()
    house.server.faults.add("users.info", status(500), when=lambda args: args.get("user") == "U2")
    assert (await got(house.client.users_info(user="U1")))["ok"] is True
    with pytest.raises(SlackApiError):
        await house.client.users_info(user="U2")


async def test_installing_by_oauth(house: House) -> None:
    app = house.server.app
    team = house.server.add_workspace("T2", "Others", installed=False)
    team.add_user("U7", "olga")
    query = {
        "client_id": app.client_id,
        "scope": "chat:write,commands",
        "state": "s1",
        "redirect_uri": "https://bot.example.org/done",
        "team": "T2",
    }
    async with httpx.AsyncClient() as browser:
        answer = await browser.get(f"{house.server.url}/oauth/v2/authorize", params=query)
    back = urlsplit(answer.headers["Location"])
    assert (back.netloc, parse_qs(back.query)["state"]) == ("bot.example.org", ["s1"])
    code = parse_qs(back.query)["code"][0]
    form = {"code": code, "redirect_uri": "https://bot.example.org/done"}
    async with httpx.AsyncClient(base_url=house.server.api_url) as browser:
        wrong = await browser.post("oauth.v2.access", data=form, auth=(app.client_id, "x"))
        assert wrong.json()["error"] == "bad_client_secret"
        right = await browser.post("oauth.v2.access", data=form, auth=(app.client_id, app.client_secret))
        installed = right.json()
    assert (installed["team"]["id"], installed["scope"]) == ("T2", "chat:write,commands")
    assert installed["authed_user"]["id"] == "U7"
    assert (await got(client_of(house.server, installed["access_token"]).auth_test()))["team"] == "Others"
    # The client id and secret may come in the form as well. A code is good for one use.
    secrets = {"client_id": app.client_id, "client_secret": app.client_secret}
    again = await refused(client_of(house.server, "").api_call("oauth.v2.access", data={**form, **secrets}))
    assert again["error"] == "invalid_code"


async def test_somebody_declines_to_install(house: House) -> None:
    house.server.pages.refuses = True
    query = {"client_id": house.server.app.client_id, "scope": "commands", "redirect_uri": "https://bot.example.org/"}
    async with httpx.AsyncClient() as browser:
        answer = await browser.get(f"{house.server.url}/oauth/v2/authorize", params=query)
    assert answer.headers["Location"] == "https://bot.example.org/?error=access_denied"
