"""The Slack server for tests: people who press, choose, fill in forms and look at what is shown to them."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Any

import pytest
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.slackserver.bench import House, Listener, got, listening, open_house, refused
from tests.slackserver.errors import Impossible
from tests.slackserver.person import Person
from tests.slackserver.reading import buttons, links, mentions, words
from tests.slackserver.state import Json, Message, View

YES_OR_NO: list[Json] = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "*Will you come?*"}},
    {
        "type": "actions",
        "block_id": "answer",
        "elements": [
            {"type": "button", "text": {"type": "plain_text", "text": "Yes"}, "action_id": "y", "value": "1"},
            {"type": "button", "text": {"type": "plain_text", "text": "No"}, "action_id": "n", "value": "2"},
        ],
    },
]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def options(*names: str) -> list[Json]:
    return [{"text": plain(name), "value": name.lower()} for name in names]


def form(title: str = "Form", **more: object) -> Json:
    element = {"type": "plain_text_input", "action_id": "typed", "max_length": 10}
    block = {"type": "input", "block_id": "name", "label": plain("Your name"), "element": element}
    return {"type": "modal", "title": plain(title), "submit": plain("Send"), "blocks": [block], **more}


@dataclass
class Scene:
    """A house with a listening app, which says what stands in `says` when it acknowledges."""

    house: House
    app: Listener
    says: list[Json | None] = field(default_factory=list[Json | None])

    @property
    def ana(self) -> Person:
        return self.house.workspace.person("U1")

    async def answer(self, payload: Json) -> Json | None:
        return self.says.pop(0) if self.says else None

    async def post(self, blocks: list[Json]) -> Message:
        await self.house.client.chat_postMessage(channel="U1", text="?", blocks=blocks)
        return self.ana.dm()[-1]

    async def open_form(self, view: Json) -> View:
        """Have Ana give a command, and the app open a modal for it."""
        parcel = await self.ana.command("/mentoring", "join")
        await self.house.client.views_open(trigger_id=parcel.payload["trigger_id"], view=view)
        modal = self.ana.modal()
        assert modal
        return modal


@pytest.fixture
async def scene() -> AsyncGenerator[Scene]:
    async with open_house(subscriptions=("app_home_opened",)) as house, listening(house.server) as app:
        scene = Scene(house, app)
        app.answer = scene.answer
        yield scene


async def test_a_button(scene: Scene) -> None:
    message = await scene.post(YES_OR_NO)
    assert words(message) == "*Will you come?*"
    assert buttons(message) == ["Yes", "No"]
    payload = (await scene.ana.press(message, "Yes")).payload
    action = payload["actions"][0]
    assert (action["action_id"], action["value"], action["block_id"]) == ("y", "1", "answer")
    assert payload["container"]["message_ts"] == payload["message"]["ts"] == message.ts
    assert payload["channel"] == {"id": message.channel, "name": "directmessage"}
    with pytest.raises(Impossible, match="Maybe"):
        await scene.ana.press(message, "Maybe")
    await scene.house.client.chat_update(channel=message.channel, ts=message.ts, text="Thanks", blocks=[])
    with pytest.raises(Impossible):
        await scene.ana.press(message, "Yes")


async def test_choices_come_with_what_is_pressed(scene: Scene) -> None:
    days = {"type": "checkboxes", "action_id": "days", "options": options("Monday", "Friday")}
    one = {"type": "static_select", "action_id": "one", "options": options("North", "South")}
    done = {"type": "button", "action_id": "done", "text": plain("Done")}
    message = await scene.post(
        [
            {"type": "input", "block_id": "b1", "label": plain("Days"), "element": days},
            {"type": "actions", "block_id": "b2", "elements": [one, done]},
        ]
    )
    assert await scene.ana.choose(message, "Days", ["Monday", "Friday"]) is None
    chosen = await scene.ana.press(message, "South")
    assert chosen.payload["actions"][0]["selected_option"]["value"] == "south"
    state = (await scene.ana.press(message, "Done")).payload["state"]["values"]
    assert [each["value"] for each in state["b1"]["days"]["selected_options"]] == ["monday", "friday"]
    assert state["b2"]["one"]["selected_option"]["value"] == "south"
    assert "done" not in state["b2"]


async def test_response_urls(scene: Scene) -> None:
    message = await scene.post(YES_OR_NO)
    url = (await scene.ana.press(message, "Yes")).payload["response_url"]
    app = AsyncWebhookClient(url, retry_handlers=[])
    assert (await app.send(text="for you")).status_code == 200
    assert [each.text for each in scene.ana.ephemerals(message.channel)] == ["for you"]
    await app.send(text="for all", response_type="in_channel")
    await app.send(text="replaced", replace_original=True)
    assert [each.text for each in scene.ana.dm()] == ["replaced", "for all"]
    await app.send_dict({"delete_original": True})
    await app.send(text="the fifth")
    assert [each.text for each in scene.ana.dm()] == ["for all"]
    sixth = await app.send(text="one too many")
    assert (sixth.status_code, sixth.body) == (404, "used_url")
    late = (await scene.ana.command("/mentoring")).payload["response_url"]
    scene.house.clock.turn(1801)
    assert (await AsyncWebhookClient(late, retry_handlers=[]).send(text="late")).body == "expired_url"


async def test_pressing_in_a_message_that_only_one_sees(scene: Scene) -> None:
    channel = scene.ana.direct.id
    await scene.house.client.chat_postEphemeral(channel=channel, user="U1", text="?", blocks=YES_OR_NO)
    payload = (await scene.ana.press(scene.ana.ephemerals(channel)[0], "No")).payload
    assert payload["container"]["is_ephemeral"] is True
    assert "message" not in payload
    await AsyncWebhookClient(payload["response_url"]).send_dict({"delete_original": True})
    assert scene.ana.ephemerals(channel) == []


async def test_triggers(scene: Scene) -> None:
    first = (await scene.ana.command("/mentoring")).payload["trigger_id"]
    await scene.house.client.views_open(trigger_id=first, view=form())
    open_again = scene.house.client.views_open(trigger_id=first, view=form())
    assert (await refused(open_again))["error"] == "exchanged_trigger_id"
    late = (await scene.ana.command("/mentoring")).payload["trigger_id"]
    scene.house.clock.turn(3.1)
    assert (await refused(scene.house.client.views_open(trigger_id=late, view=form())))["error"] == "expired_trigger_id"
    unknown = await refused(scene.house.client.views_open(trigger_id="1.2", view=form()))
    assert unknown["error"] == "invalid_trigger_id"


async def test_a_form_is_filled_in(scene: Scene) -> None:
    view = await scene.open_form(form(private_metadata="m", callback_id="joining"))
    with pytest.raises(Impossible, match="filled in"):
        await scene.ana.submit(view)
    with pytest.raises(Impossible, match="10 characters"):
        await scene.ana.submit(view, {"name": "Ana of the North"})
    scene.says = [{"response_action": "errors", "errors": {"name": "Who?"}}]
    await scene.ana.submit(view, {"Your name": "Ana"})
    assert (scene.ana.modal(), view.errors) == (view, {"name": "Who?"})
    parcel = await scene.ana.submit(view, {"name": "Ana R"})
    shown = parcel.payload["view"]
    assert shown["state"]["values"]["name"]["typed"] == {"type": "plain_text_input", "value": "Ana R"}
    assert (shown["private_metadata"], shown["callback_id"]) == ("m", "joining")
    assert scene.ana.modal() is None


async def test_modals_on_top_of_each_other(scene: Scene) -> None:
    view = await scene.open_form(form("One"))
    scene.says = [{"response_action": "push", "view": form("Two")}]
    await scene.ana.submit(view, {"name": "Ana"})
    second = scene.ana.modal()
    assert second and (second.title, second.root, second.previous) == ("Two", view.id, view.id)
    scene.says = [{"response_action": "update", "view": form("Changed", notify_on_close=True)}]
    await scene.ana.submit(second, {"name": "Ana"})
    assert second.title == "Changed"
    closed = await scene.ana.close(second)
    assert closed and closed.payload["type"] == "view_closed"
    assert scene.ana.modal() is view
    scene.says = [{"response_action": "clear"}]
    await scene.ana.submit(view, {"name": "Ana"})
    assert scene.ana.modal() is None


async def test_views_are_changed_by_the_app(scene: Scene) -> None:
    press = {"type": "actions", "elements": [{"type": "button", "text": plain("More"), "action_id": "more"}]}
    view = await scene.open_form(form(blocks=[*form()["blocks"], press], external_id="mine"))
    await scene.ana.choose(view, "name", "Ana")
    old = view.hash
    await scene.house.client.views_update(external_id="mine", hash=old, view=form("New", external_id="mine"))
    assert (view.title, view.state["name"]["typed"]["value"]) == ("New", "Ana")
    stale = await refused(scene.house.client.views_update(view_id=view.id, hash=old, view=form()))
    assert stale["error"] == "hash_conflict"
    gone = await refused(scene.house.client.views_update(view_id="V1", view=form()))
    assert gone["error"] == "not_found"
    pushed = (await scene.ana.command("/mentoring")).payload["trigger_id"]
    assert (await refused(scene.house.client.views_push(trigger_id=pushed, view=form())))["error"] == "not_found"


async def test_pushing_from_inside_a_modal(scene: Scene) -> None:
    press = {"type": "actions", "elements": [{"type": "button", "text": plain("More"), "action_id": "more"}]}
    view = await scene.open_form(form(blocks=[press]))
    for number in range(2):
        payload = (await scene.ana.press(view, "More")).payload
        assert payload["container"] == {"type": "view", "view_id": view.id}
        pushed = await got(scene.house.client.views_push(trigger_id=payload["trigger_id"], view=form(str(number))))
        assert pushed["view"]["root_view_id"] == view.id
    trigger = (await scene.ana.press(view, "More")).payload["trigger_id"]
    full = await refused(scene.house.client.views_push(trigger_id=trigger, view=form()))
    assert full["error"] == "push_limit_reached"


async def test_the_home_tab(scene: Scene) -> None:
    home: Json = {"type": "home", "blocks": YES_OR_NO}
    assert await scene.ana.open_home() is None
    await scene.house.client.views_publish(user_id="U1", view=home)
    view = await scene.ana.open_home()
    assert view and words(view) == "*Will you come?*"
    assert scene.app.events()[-1]["view"]["id"] == view.id
    assert (await scene.ana.press(view, "No")).payload["view"]["type"] == "home"
    wrong = await refused(scene.house.client.views_publish(user_id="U1", view=form()))
    assert wrong["error"] == "invalid_arguments"


@pytest.mark.parametrize(
    ("kind", "given", "name"),
    [
        ("datepicker", "2026-09-01", "selected_date"),
        ("users_select", "U2", "selected_user"),
        ("radio_buttons", "North", "selected_option"),
        ("multi_static_select", ["North"], "selected_options"),
        ("multi_users_select", ["U1", "U2"], "selected_users"),
    ],
)
async def test_what_can_be_entered(scene: Scene, kind: str, given: Any, name: str) -> None:
    element: Json = {"type": kind, "action_id": "a"}
    if kind in ("radio_buttons", "multi_static_select"):
        element["options"] = options("North", "South")
    accessory = {"type": "section", "block_id": "b", "text": plain("?"), "accessory": element}
    message = await scene.post([accessory])
    parcel = await scene.ana.choose(message, "b", given)
    assert parcel
    expected = options("North")[0] if name == "selected_option" else options("North") if "static" in kind else given
    assert parcel.payload["actions"][0][name] == expected
    assert parcel.payload["state"]["values"]["b"]["a"] == {"type": kind, name: expected}


async def test_whom_a_text_would_call(scene: Scene) -> None:
    blocks = [
        {
            "type": "section",
            "text": {"type": "mrkdwn", "text": "<@U1> <!channel> &lt;@U2&gt; <https://example.org|here>"},
        },
        {"type": "section", "text": {"type": "plain_text", "text": "<!here>"}},
    ]
    message = await scene.post(blocks)
    assert mentions(message) == ["@U1", "!channel"]
    assert links(message) == ["https://example.org"]


async def test_what_a_person_cannot_do(scene: Scene) -> None:
    workspace = scene.house.workspace
    room = workspace.add_channel("room", ["U2"], private=True)
    with pytest.raises(Impossible):
        await scene.ana.say(room, "let me in")
    with pytest.raises(Impossible):
        await scene.ana.join(room)
    await workspace.deactivate("U1")
    with pytest.raises(Impossible):
        await scene.ana.command("/mentoring")
