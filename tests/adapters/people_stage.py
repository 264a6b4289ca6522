"""A tiny scripted bot on the real local platform, with real questions, for simulated people to talk to."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from adapters.local.journal import Journal
from adapters.local.people import Coordinator, Profile, Temper, cast
from adapters.local.platform import Platform
from adapters.local.records import Account, Edited, Posted, RoomOpened
from bot.flows import engine
from bot.flows.messages import question_message
from bot.flows.spec import Answer, Flow, Step, StepKind
from bot.flows.state import Ask, Done, Given, Outcome, Pressed, Reject, State, Typed, is_stale, make_token, parse_token
from bot.language.acts import Edit, OpenRoom, Post
from bot.language.events import Answered, Commanded, Event, Left, Said
from bot.language.messages import Choices, Element, Option, say
from bot.language.places import Address, Place

KIT = Path(__file__).parents[2] / "topics" / "librarians"
OPENS = datetime(2026, 7, 1, tzinfo=UTC)
CLOSES = datetime(2026, 8, 1, tzinfo=UTC)


def at(month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


START = at(9, 1, 9)
ZONES = ("Asia/Kolkata", "America/Chicago", "Pacific/Auckland", "Europe/Kyiv", "Africa/Lagos", "Asia/Kathmandu")
ASK = (
    Option("fine", "All is well", "primary"),
    Option("busy", "We are busy, but here"),
    Option("elsewhere", "We talk somewhere else"),
    Option("away", "I am away for a while"),
    Option("another", "I would like another partner"),
    Option("stop", "I want to stop"),
)
TOPIC = (Option("another", "Another topic"), Option("talked", "We talked about it"))


def steps_of(questions: Sequence[Mapping[str, Any]]) -> tuple[Step, ...]:
    """The steps of a kit's questions. A scale is a choice of five, a matrix one such choice for each of its rows."""
    marks = tuple(Option(str(mark), str(mark)) for mark in range(1, 6))
    return tuple(
        Step(
            name=question["name"] + (f".{row['value']}" if row else ""),
            kind=StepKind("choice" if question["kind"] in ("scale", "matrix") else question["kind"]),
            prompt=question["prompt"],
            options=marks
            if question["kind"] in ("scale", "matrix")
            else tuple(Option(option["value"], option["label"]) for option in question.get("options", ())),
            required=question.get("required", True),
            minimum=question.get("minimum"),
            maximum=question.get("maximum"),
        )
        for question in questions
        for row in question.get("rows", (None,))
    )


def application() -> Flow:
    content = tomllib.loads((KIT / "program.toml").read_text(encoding="utf-8"))
    return Flow("registration", "Your application", steps_of(content["questions"]))


def survey(name: str) -> Flow:
    content = tomllib.loads((KIT / "surveys.toml").read_text(encoding="utf-8"))
    found = next(each for each in content["surveys"] if each["name"] == name)
    return Flow(f"survey-{name}", found["title"], steps_of(found["questions"]), review=False)


class Hands:
    """A clock that is turned by hand."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def set(self, now: datetime) -> None:
        self._now = max(now, self._now)


@dataclass
class Talk:
    account: str
    flow: Flow
    kind: str
    state: State
    done: Mapping[str, Answer] | None = None
    done_at: datetime | None = None
    rejected: list[str] = field(default_factory=list[str])


class Stage:
    def __init__(
        self,
        profiles: Sequence[Profile],
        *,
        seed: int = 7,
        start: datetime = OPENS,
        coordinators: Sequence[Coordinator] = (),
        opens: datetime | None = None,
        prompt: bool = False,
        flow: Flow | None = None,
        keep_texts: bool = False,
        journal: Journal | None = None,
    ) -> None:
        self.clock = Hands(start)
        self.crowd = cast(seed, profiles, coordinators, opens=opens, prompt=prompt)
        self.platform = Platform(self.clock, journal, crowd=self.crowd, keep_texts=keep_texts)
        self.events: list[Event] = []
        self.talks: dict[str, Talk] = {}
        self.flow = flow or application()
        self.closes = CLOSES
        self._posts = 0
        for profile in profiles:
            self.platform.add(Account(profile.account, profile.name, profile.email, profile.zone, simulated=True))
        for each in coordinators:
            self.platform.add(Account(each.account, "Desk", role="coordinator", simulated=True))

    # What the bot does

    def post(self, address: Address, kind: str, *parts: str | Element) -> str:
        self._posts += 1
        act = Post(f"key-{self._posts}", kind, address, say(*parts))
        return self.platform.commit(Posted(self.clock.now(), act)).reference

    def edit(self, address: Address, kind: str, target: str, *parts: str | Element) -> None:
        self._posts += 1
        act = Edit(f"key-{self._posts}", kind, address, target, say(*parts))
        self.platform.commit(Edited(self.clock.now(), act))

    def direct(self, account: str) -> Address:
        return self.platform.world.address(Place.DIRECT, account)

    def room(self, *accounts: str) -> Address:
        act = OpenRoom(f"room-{accounts}", "room", self.platform.world.hall, "-".join(accounts), "Room", accounts)
        receipt = self.platform.commit(RoomOpened(self.clock.now(), act))
        assert receipt.room is not None
        return receipt.room

    def invite(self) -> str:
        button = Choices("apply:1", (Option("apply", "Apply", "primary"),))
        return self.post(self.platform.world.hall, "invitation", "Applications are open.", button)

    def start(self, account: str, flow: Flow, kind: str) -> str:
        run = f"{len(self.talks) + 1}"
        outcome = engine.begin(flow, {})
        assert isinstance(outcome, Ask)
        self.talks[run] = Talk(account, flow, kind, outcome.state)
        self._ask(run, outcome)
        return run

    def remind(self, run: str) -> None:
        talk = self.talks[run]
        outcome = engine.resume(talk.flow, talk.state)
        assert isinstance(outcome, Ask)
        talk.state = outcome.state
        self._ask(run, outcome)

    # What happens

    def until(self, end: datetime) -> None:
        """Let time pass, and people and the bot answer each other."""
        while (due := self.platform.next_due()) is not None and due <= end:
            self.clock.set(due)
            self.platform.let_people_act()
            for event in tuple(self.platform.waiting.values()):
                self.platform.acknowledge((event.event_id,))
                self.events.append(event)
                self._handle(event)
        self.clock.set(end)

    def of(self, account: str) -> list[Event]:
        return [event for event in self.events if event.actor.user == account]

    def answers(self, account: str) -> Mapping[str, Answer] | None:
        return next((talk.done for talk in self.talks.values() if talk.account == account and talk.done), None)

    def talk(self, account: str) -> Talk:
        return next(talk for talk in self.talks.values() if talk.account == account)

    def _handle(self, event: Event) -> None:
        user = event.actor.user
        match event:
            case Answered(token=token) if token.startswith("apply:"):
                self._apply(user)
            case Answered(token=token) if token.startswith("flow:"):
                run, step, revision = parse_token(token)
                if is_stale(self.talks[run].state, step, revision):
                    self.post(self.direct(user), "reply", "That is already answered.")
                else:
                    self._advance(run, Pressed(event.values), event.at)
            case Said(address=address, text="apply") if address.place is Place.DIRECT:
                self._apply(user)
            case Said(address=address) if address.place is Place.DIRECT:
                run = next(run for run, talk in self.talks.items() if talk.account == user and talk.done is None)
                self._advance(run, Typed(event.text), event.at)
            case Answered() | Commanded() | Said() | Left() | _:
                pass

    def _apply(self, user: str) -> None:
        if OPENS <= self.clock.now() <= self.closes:
            self.start(user, self.flow, "question")
        else:
            self.post(self.direct(user), "reply", "Applications are closed.")

    def _advance(self, run: str, given: Given, at: datetime) -> None:
        talk = self.talks[run]
        outcome: Outcome = engine.advance(talk.flow, talk.state, given, date(2026, 7, 1))
        talk.state = outcome.state
        if isinstance(outcome, Done):
            talk.done, talk.done_at = outcome.answers, at
            self.post(self.direct(talk.account), "thanks", "Thank you.")
        elif isinstance(outcome, Ask | Reject):
            if isinstance(outcome, Reject):
                talk.rejected.append(f"{outcome.step.name}: {outcome.reason}")
            self._ask(run, outcome)

    def _ask(self, run: str, outcome: Ask | Reject) -> None:
        talk = self.talks[run]
        token = make_token(run, outcome.state)
        message = question_message(talk.flow, outcome, token, _key, self.clock.now())
        self.post(self.direct(talk.account), talk.kind, *message.elements)


def _key(key: str, **_: object) -> str:
    return key


def people(temper: Temper, count: int = 12) -> list[Profile]:
    return [Profile(f"{temper}-{n}", "Somebody", zone=ZONES[n % len(ZONES)], temper=temper) for n in range(count)]


def introduced(profiles: Iterable[Profile], *, seed: int = 5) -> tuple[Stage, dict[str, Address]]:
    stage = Stage(list(profiles), seed=seed, start=START)
    rooms = {account: stage.room(account) for account in stage.crowd.accounts}
    for address in rooms.values():
        stage.post(address, "introduction", "This is your room.")
    return stage, rooms


def topic(stage: Stage, rooms: dict[str, Address], number: int) -> None:
    for account, address in rooms.items():
        stage.post(address, "topic", f"Topic {number}", Choices(f"topic:{account}:{number}", TOPIC))


def ask(stage: Stage, name: str = "1") -> None:
    for account in stage.crowd.accounts:
        stage.post(stage.direct(account), "nudge", "Are you there?", Choices(f"checkin:{account}:{name}", ASK))
