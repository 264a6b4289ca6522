"""The Slack server for tests, with a real Bolt app: the whole way in both modes."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp

from tests.slackserver.bench import House, client_of, open_house, until
from tests.slackserver.state import Json

MODAL: Json = {
    "type": "modal",
    "callback_id": "joining",
    "title": {"type": "plain_text", "text": "Join"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [
        {
            "type": "input",
            "block_id": "name",
            "label": {"type": "plain_text", "text": "Your name"},
            "element": {"type": "plain_text_input", "action_id": "typed"},
        }
    ],
}
Ack = Callable[..., Awaitable[Any]]


def bolt_app(house: House) -> AsyncApp:
    """An app that greets, opens a form on command, and finds fault with it."""
    app = AsyncApp(
        token=house.workspace.token, client=client_of(house.server), signing_secret=house.server.app.signing_secret
    )

    async def greet(event: Json) -> None:
        await house.client.chat_postMessage(channel=event["channel"], text="welcome")

    async def form(ack: Ack, body: Json) -> None:
        await ack("one moment")
        await house.client.views_open(trigger_id=body["trigger_id"], view=MODAL)

    async def check(ack: Ack, view: Json) -> None:
        if view["state"]["values"]["name"]["typed"]["value"] == "Nobody":
            await ack(response_action="errors", errors={"name": "Who?"})
        else:
            await ack()

    app.event("message")(greet)
    app.command("/mentoring")(form)
    app.view("joining")(check)
    return app


@asynccontextmanager
async def served(app: AsyncApp) -> AsyncGenerator[str]:
    """The URL at which the app listens."""
    runner = web.AppRunner(app.web_app("/slack/events"), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    await runner.cleanup()


async def the_whole_way(house: House) -> None:
    ana = house.workspace.person("U1")
    await ana.say(ana.direct, "hello")
    await until(lambda: len(ana.dm()) == 2)
    await house.server.settled()
    assert [each.text for each in ana.dm()] == ["hello", "welcome"]
    await ana.command("/mentoring", "join")
    assert ana.ephemerals(ana.direct)[-1].text == "one moment"
    await until(lambda: ana.modal() is not None)
    modal = ana.modal()
    assert modal
    await ana.submit(modal, {"Your name": "Nobody"})
    assert modal.errors == {"name": "Who?"}
    await ana.submit(modal, {"Your name": "Ana"})
    assert ana.modal() is None
    # What the bot itself says comes back to it, and Bolt passes over it.
    assert len(ana.dm()) == 2


async def test_by_sockets() -> None:
    async with open_house() as house:
        handler = AsyncSocketModeHandler(bolt_app(house), house.server.app.app_token)
        await handler.connect_async()
        await the_whole_way(house)
        await handler.close_async()


async def test_by_signed_requests() -> None:
    async with open_house() as house, served(bolt_app(house)) as url:
        await house.server.use_http(url)
        await the_whole_way(house)
