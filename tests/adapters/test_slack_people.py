"""Who comes and goes in Slack, what is lost there, and what is known of people."""

from datetime import UTC, datetime

import pytest

from adapters.slack.inbound import event_of
from adapters.slack.people import Facts, facts_of
from adapters.slack.places import team_of
from bot.language.events import (
    Commanded,
    Event,
    Joined,
    Left,
    RoomGone,
    Said,
    Uninstalled,
    event_from_json,
    event_to_json,
)
from bot.language.places import Address, Place
from tests.adapters.slack_inward import Connected, open_way
from tests.slackserver.bench import got
from tests.slackserver.state import Channel, Json

NOW = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
TEAM = "T0A00000001"
DIRECT = Address("slack", TEAM, Place.DIRECT, "U1")


def room_at(channel: Channel | str) -> Address:
    return Address("slack", TEAM, Place.ROOM, channel if isinstance(channel, str) else channel.id)


def a_room(slack: Connected, *members: str) -> Channel:
    return slack.house.workspace.add_channel("mentoring-1", members or ("U1", "U2"), private=True, bot=True)


def heard(payload: Json) -> Event | None:
    event = event_of(payload, "UBOT", NOW)
    if event is not None:
        assert event_from_json(event_to_json(event)) == event
    return event


# Who comes and goes


async def test_who_comes_into_a_room_and_goes() -> None:
    async with open_way() as slack:
        workspace, room, bot = slack.house.workspace, a_room(slack, "U1"), slack.house.workspace.bot
        await slack.person().invite(room, "U2")
        await slack.person("U2").leave(room)
        await workspace.remove_from(room, "U1", by="U2")
        told = [
            (type(event), event.actor.user, event.address) for event in slack.inbox.news if not isinstance(event, Said)
        ]
        assert told == [(Joined, "U2", room_at(room)), (Left, "U2", room_at(room)), (Left, "U1", room_at(room))]
        made = await got(slack.house.client.conversations_create(name="made-by-the-bot", is_private=True))
        await slack.server.settled()
        assert len(slack.inbox.news) == 3, "its own coming is no news"
        assert bot not in {event.actor.user for event in slack.inbox.news}
        await got(slack.house.client.conversations_archive(channel=made["channel"]["id"]))
        await slack.server.settled()
        assert slack.inbox.of(RoomGone) == []


async def test_a_room_is_lost() -> None:
    async with open_way() as slack:
        workspace = slack.house.workspace
        rooms = [workspace.add_channel(f"room-{n}", ["U1", "U2"], private=True, bot=True) for n in range(3)]
        await workspace.archive(rooms[0], by="U2")
        await workspace.delete(rooms[1], by="U2")
        await workspace.remove_from(rooms[2], workspace.bot, by="U2")
        events = slack.inbox.of(RoomGone)
        assert [(event.address, event.actor.user) for event in events] == [(room_at(room), "U2") for room in rooms]


@pytest.mark.parametrize("kind", ["channel_archive", "group_deleted", "channel_left", "member_left_channel"])
def test_older_names_of_the_same(kind: str) -> None:
    event = {"type": kind, "channel": "C1", "user": "UBOT", "actor_id": "U2", "event_ts": "1788249600.000100"}
    gone = heard({"type": "event_callback", "team_id": TEAM, "event": event})
    assert isinstance(gone, RoomGone)
    assert (gone.address, gone.actor.user) == (room_at("C1"), "U2")
    assert gone.event_id, "an event without an id of its own is still one event"


async def test_who_leaves_the_workspace_and_returns() -> None:
    async with open_way() as slack:
        workspace, hall = slack.house.workspace, Address("slack", TEAM, Place.HALL, "")
        await workspace.reactivate("U1")
        assert slack.inbox.news == [], "a profile changed, and nothing else"
        await workspace.deactivate("U1")
        await workspace.reactivate("U1")
        await workspace.reactivate("U1")
        told = [(type(event), event.actor.user, event.address) for event in slack.inbox.news]
        assert told == [(Left, "U1", hall), (Joined, "U1", hall)]
        assert slack.inbox.news[-1].actor.name == "Ana Ruiz"


async def test_the_app_is_taken_out() -> None:
    async with open_way() as slack:
        await slack.house.workspace.uninstall()
        assert {type(event) for event in slack.inbox.news} == {Uninstalled}
        assert slack.inbox.of(Uninstalled)[0].address == Address("slack", TEAM, Place.HALL, "")
        assert await slack.inward.workspaces.workspace(TEAM) is None
    revoked = {"type": "tokens_revoked", "tokens": {"oauth": ["U1"], "bot": []}}
    assert heard({"type": "event_callback", "event_id": "Ev1", "team_id": TEAM, "event": revoked}) is None


# Workspaces and people


def test_which_workspace() -> None:
    assert team_of({"team_id": "T2", "authorizations": [{"team_id": "T1"}]}) == "T1"
    assert team_of({"team_id": "T2", "authorizations": [{"team_id": None}], "context_team_id": "T1"}) == "T1"
    assert team_of({"team": {"id": "T2"}, "view": {"app_installed_team_id": "T1"}}) == "T1"
    assert team_of({"team": None, "user": {"id": "U1", "team_id": "T1"}}) == "T1"
    assert team_of({"team_id": "T1", "enterprise_id": "E1", "is_enterprise_install": "true"}) == "T1"
    assert team_of({}) == ""


def test_facts() -> None:
    user: Json = {
        "id": "U1", "team_id": TEAM, "name": "ana", "tz": "Europe/Madrid", "locale": "es-ES", "is_owner": True,
        "is_email_confirmed": True, "profile": {"real_name": " Ana\u202e  Ruiz ", "email": "ana@example.org"},
    }  # fmt: skip
    assert facts_of(user, TEAM) == Facts("Ana Ruiz", "ana@example.org", "Europe/Madrid", "es-ES", True)
    assert facts_of({**user, "is_email_confirmed": False}, TEAM).email == ""
    assert facts_of({**user, "tz": "Nowhere/At all"}, TEAM).zone == ""
    # Somebody from another workspace may run that one; here they are a guest, and who vouches for the address?
    guest = facts_of({**user, "team_id": "T2"}, TEAM)
    assert (guest.name, guest.email, guest.owner) == ("Ana Ruiz", "", False)
    assert facts_of({**user, "is_stranger": True}, TEAM).email == ""
    sister = {**user, "team_id": "T2", "enterprise_user": {"teams": ["T2", TEAM]}}
    assert facts_of(sister, TEAM).email == "ana@example.org"
    assert facts_of({}, TEAM) == Facts()


async def test_whoever_runs_the_workspace_is_known() -> None:
    async with open_way() as slack:
        slack.house.workspace.add_user("U3", "cy", is_admin=True)
        await slack.person("U3").command("/mentoring", "help")
        assert slack.inbox.of(Commanded)[0].actor.owner


async def test_without_the_scope_there_is_no_address() -> None:
    async with open_way() as slack:
        slack.house.workspace.installation.scopes.discard("users:read.email")
        ana = slack.person()
        await ana.say(ana.direct, "hello")
        assert (slack.inbox.news[0].actor.name, slack.inbox.news[0].actor.email) == ("Ana Ruiz", "")
