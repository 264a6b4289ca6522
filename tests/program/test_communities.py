"""Where the bot is installed, how a new community is set up, and what stands still where it was taken out."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from bot.app import House, build
from bot.engine.clock import VirtualClock
from bot.language.acts import Act, Edit, OpenRoom, Post, Receipt, ShowHome
from bot.language.adapter import Capabilities, Receive
from bot.language.events import Answered, Commanded, Event, Installed, Left, Opened, RoomGone, Said, Uninstalled
from bot.language.markup import plain
from bot.language.messages import Choices, Message, Text
from bot.language.places import Actor, Address, Place
from storage.people import Account, Community, Role
from storage.scratch import ScratchDatabase
from topics.kit import find_kit, load_kit

T0 = datetime(2027, 1, 4, 9, tzinfo=UTC)
ADMIN = Actor("tin", "T1", "U1", "Amina", "amina@example.org", "Europe/Paris", owner=True)
ANA = Actor("tin", "T1", "U2", "Ana", "ana@example.org", "Europe/Lisbon")
NOBODY = replace(ADMIN, user="")
HALL = Address("tin", "T1", Place.HALL, "C1")
WORKSPACE = Address("tin", "T1", Place.HALL, "")


class TinPlatform:
    """A platform with home pages and answers in place, that keeps what it is asked to do."""

    name = "tin"
    capabilities = Capabilities(home=True, replies_in_place=True, edits_answered=True, rooms_per_minute=20)

    def __init__(self) -> None:
        self.done: list[Act] = []

    async def start(self, receive: Receive) -> None:
        pass

    async def stop(self) -> None:
        pass

    async def perform(self, act: Act) -> Receipt:
        self.done.append(act)
        at = T0
        if isinstance(act, OpenRoom):
            return Receipt(at, "G1", Address("tin", act.address.community, Place.ROOM, "G1"), act.members)
        return Receipt(at, f"m{len(self.done)}")

    async def find(self, act: Act, since: datetime | None = None) -> Receipt | None:
        return None

    def posts(self, only_for: str | None = None) -> list[str]:
        """The words of the posts, of those only that one account sees where given."""
        acts = [act for act in self.done if isinstance(act, Post)]
        return [words(act.message) for act in acts if only_for is None or act.only_for == only_for]


def words(message: Message) -> str:
    return "\n".join(plain(part.markdown) for part in message.elements if isinstance(part, Text))


class Workspace:
    """A house whose only platform is made of tin."""

    def __init__(self) -> None:
        self.platform, self.clock = TinPlatform(), VirtualClock(T0)
        self.database = ScratchDatabase()
        kits = {"teachers": load_kit(find_kit("teachers"))}
        self.house: House = build(self.database, self.clock, [self.platform], kits)
        self.numbers = itertools.count(1)

    async def __aenter__(self) -> "Workspace":
        await self.database.create_tables()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.database.close()

    async def hear(self, *events: Event) -> None:
        await self.house.engine.inbox.receive(events)
        await self.house.engine.settle()

    async def installed(self, actor: Actor = NOBODY, event_id: str = "install:1") -> None:
        await self.hear(Installed(event_id, self.clock.now(), actor, WORKSPACE, "Readers"))

    async def command(self, actor: Actor, text: str, at: Address) -> None:
        await self.hear(Commanded(f"e{next(self.numbers)}", self.clock.now(), actor, at, text))

    async def say(self, actor: Actor, text: str) -> None:
        await self.hear(Said(f"e{next(self.numbers)}", self.clock.now(), actor, actor.direct, text))

    async def press(self, actor: Actor, token: str, value: str, at: Address) -> None:
        await self.hear(Answered(f"e{next(self.numbers)}", self.clock.now(), actor, at, token, (value,)))

    async def community(self) -> Community:
        async with self.database.transaction() as session:
            return await session.get_one(Community, 1)


async def test_an_administrator_sets_a_new_workspace_up() -> None:
    async with Workspace() as place:
        await place.say(ANA, "hello")
        assert place.platform.done == [], "nothing runs there yet"
        await place.installed()
        await place.installed()
        await place.command(ADMIN, "setup", HALL)
        rooms = [act for act in place.platform.done if isinstance(act, OpenRoom)]
        assert [(room.name, room.members) for room in rooms] == [("mentoring-desk", ("U1",))]
        [answer] = place.platform.posts(only_for="U1")
        assert "is set up" in answer and "announced in this channel" in answer
        assert "coordinators' desk" in place.platform.posts()[-1]
        community = await place.community()
        assert (community.name, community.hall, community.desk) == ("Readers", "C1", "G1")


async def test_without_a_public_channel_it_says_what_is_missing() -> None:
    async with Workspace() as place:
        await place.installed()
        await place.command(ADMIN, "setup", ADMIN.direct)
        assert any("One thing is missing" in text for text in place.platform.posts())
        await place.command(ADMIN, "setup", HALL)
        community = await place.community()
        assert community.hall == "C1"
        async with place.database.transaction() as session:
            assert [role.person_id for role in await session.exec(select(Role))] == [1], "once a coordinator"


OTHER = Address("tin", "T1", Place.HALL, "C2")


@pytest.mark.parametrize(
    ("answer", "hall", "told"), [("move", "C2", "from now on"), ("stay", "C1", "nothing has changed")]
)
async def test_while_a_round_is_on_its_channel_is_moved_only_on_purpose(answer: str, hall: str, told: str) -> None:
    async with Workspace() as place:
        await place.installed()
        await place.command(ADMIN, "setup", HALL)
        await place.command(ADMIN, "setup", OTHER)
        assert (await place.community()).hall == "C2", "nothing was announced yet"
        await place.command(ADMIN, "setup", HALL)
        await place.command(ADMIN, "round open starts:2027-02-01 weeks:8", ADMIN.direct)
        await place.command(ADMIN, "setup", OTHER)
        assert (await place.community()).hall == "C1"
        assert "channel that was chosen before" in place.platform.posts(only_for="U1")[-2]
        assert "instead?" in place.platform.posts(only_for="U1")[-1]
        await place.say(ANA, "hello")
        await place.press(ANA, "hall:1:C2", "move", OTHER)
        assert (await place.community()).hall == "C1", "she does not coordinate"
        await place.press(ADMIN, "hall:1:C2", "elsewhere", OTHER)
        await place.press(ADMIN, "hall:9:C2", "move", OTHER)
        assert (await place.community()).hall == "C1"
        await place.press(ADMIN, "hall:1:C2", answer, OTHER)
        assert (await place.community()).hall == hall
        assert told in place.platform.posts(only_for="U1")[-1]


async def test_nobody_else_may_set_it_up() -> None:
    async with Workspace() as place:
        await place.installed()
        await place.command(ANA, "setup", HALL)
        assert place.platform.posts(only_for="U2") == [
            "Only an administrator of this workspace or server can set up Classrooms in Touch. "
            "Please ask one to type /mentoring setup."
        ]
        assert (await place.community()).hall == ""


async def test_whoever_installed_it_coordinates() -> None:
    async with Workspace() as place:
        await place.installed(ANA)
        await place.command(ANA, "setup", HALL)
        assert (await place.community()).hall == "C1"


async def test_a_new_coordinator_is_brought_to_the_desk() -> None:
    async with Workspace() as place:
        await place.installed()
        await place.command(ADMIN, "setup", HALL)
        await place.say(ANA, "hello")
        await place.command(ADMIN, "coordinator ana@example.org", Address("tin", "T1", Place.ROOM, "G1"))
        rooms = [act for act in place.platform.done if isinstance(act, OpenRoom)]
        assert rooms[-1].members == ("U1", "U2") and rooms[-1].name == "mentoring-desk"
        assert sum("coordinators' desk" in text for text in place.platform.posts()) == 1, "welcomed once"


async def test_what_stood_still_goes_on_when_the_bot_is_back() -> None:
    async with Workspace() as place:
        await place.installed()
        await place.command(ADMIN, "setup", HALL)
        await place.command(ADMIN, "round open starts:2027-02-01 weeks:8", ADMIN.direct)
        before = len(place.platform.done)
        await place.hear(Uninstalled("gone:1", place.clock.now(), NOBODY, WORKSPACE))
        assert (await place.community()).gone_at == T0
        place.clock.set(T0 + timedelta(days=40))
        place.house.engine.pulse.look()
        await place.house.engine.settle()
        assert len(place.platform.done) == before, "its round stands still"
        await place.installed(event_id="install:2")
        assert (await place.community()).gone_at is None
        place.clock.set(place.clock.now() + timedelta(hours=3))
        await place.house.engine.settle()
        assert any("back after being away" in text for text in place.platform.posts())


async def test_nobody_is_made_known_by_going() -> None:
    async with Workspace() as place:
        await place.installed()
        now = place.clock.now()
        stranger = replace(ANA, user="U9", email="", name="")
        await place.hear(Left("l1", now, stranger, WORKSPACE))
        await place.hear(RoomGone("g1", now, replace(ANA, user="", email=""), Address("tin", "T1", Place.ROOM, "G7")))
        async with place.database.transaction() as session:
            assert list(await session.exec(select(Account))) == []


async def test_the_home_page_shows_where_somebody_stands() -> None:
    async with Workspace() as place:
        await place.installed()
        await place.command(ADMIN, "setup", HALL)
        await place.hear(Opened("o1", place.clock.now(), ANA, ANA.direct))
        [home] = [act for act in place.platform.done if isinstance(act, ShowHome)]
        assert home.address == ANA.direct and "no round" in words(home.message)
        await place.command(ADMIN, "round open starts:2027-02-01 weeks:8", ADMIN.direct)
        await place.hear(Opened("o2", place.clock.now(), ANA, ANA.direct))
        home = [act for act in place.platform.done if isinstance(act, ShowHome)][-1]
        assert "You have not applied" in words(home.message)
        assert any(isinstance(part, Choices) and part.token.startswith("apply:") for part in home.message.elements)
        await place.hear(Opened("o3", place.clock.now(), ADMIN, ADMIN.direct))
        home = [act for act in place.platform.done if isinstance(act, ShowHome)][-1]
        assert "For coordinators" in words(home.message) and "Open cases: 0" in words(home.message)


async def test_an_answered_question_says_so_and_loses_its_buttons() -> None:
    async with Workspace() as place:
        await place.installed()
        await place.command(ADMIN, "setup", HALL)
        await place.command(ADMIN, "round open starts:2027-02-01 weeks:8", ADMIN.direct)
        await place.say(ANA, "apply")
        await place.say(ANA, "what?")
        await place.say(ANA, "Portugal")
        edits = [act for act in place.platform.done if isinstance(act, Edit)]
        assert ["go on below" in words(edit.message) for edit in edits] == [True, False]
        assert words(edits[-1].message).endswith("Your answer: Portugal")
        assert not any(isinstance(part, Choices) for edit in edits for part in edit.message.elements)
        asked = [act for act in place.platform.done if isinstance(act, Post) and act.key.startswith("flow:")]
        assert edits[0].target == f"m{place.platform.done.index(asked[0]) + 1}"
