"""The local platform as a stage: with simulated people on it, for the playground and for headless rounds."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import cast as typed

from adapters.local.control import Counter, Entry, Overview, Stage, Suggestion
from adapters.local.crowd import Say
from adapters.local.outbound import Delivered, LocalAdapter
from adapters.local.people import Profile, Temper, cast, coordinator, playground_profiles, tempers
from adapters.local.records import Account
from adapters.local.web import PageServer, page_server, web_app
from adapters.local.wiring import build as build_adapter
from bot.language.adapter import Receive
from bot.language.places import Address, Place
from bot.language.rehearsal import Control, Delivery, Glance, Player, TurnableClock, Watch, Web
from bot.language.rehearsal import Stage as AnyStage
from bot.world.names import clean_email

_SIMULATED = ("applicant", "coordinator")
_NEVER = datetime.max.replace(tzinfo=UTC)
_AT_DESK = ("coordinator", "visiting coordinator")


class LocalStage:
    """`bot.language.rehearsal.Stage` on the local platform."""

    def __init__(self, adapter: LocalAdapter) -> None:
        self.adapter = adapter

    async def start(self, receive: Receive) -> None:
        """Begin to hand in events, first those that were left over at a restart."""
        await self.adapter.start(receive)

    def next_due(self) -> datetime | None:
        """When a simulated person does something next."""
        return self.adapter.platform.next_due()

    async def let_people_act(self) -> int:
        """Let simulated people do what they have in mind up to now, and hand it in."""
        return await self.adapter.let_people_act()

    def move_clock(self, now: datetime, speed: float = 0.0) -> None:
        """Turn the clock, and remember it over a restart."""
        self.adapter.platform.move_clock(now, speed)

    def touch(self) -> None:
        """Tell the page that the overview has changed."""
        self.adapter.platform.touch()

    async def say(self, user: str, text: str) -> None:
        """Have an account write to the bot."""
        platform = self.adapter.platform
        address = Address(self.adapter.name, platform.world.hall.community, Place.DIRECT, user)
        await self.adapter.act(Say(user, address, text, platform.clock.now()))


class LocalStages:
    """`bot.language.rehearsal.Stages` for the local platform."""

    def build(
        self,
        clock: TurnableClock,
        players: Sequence[Player],
        *,
        seed: int,
        opens: datetime | None = None,
        journal: Path | None = None,
        keep_texts: bool = True,
        lively: bool = False,
        watch: Watch | None = None,
    ) -> LocalStage:
        """A stage with these players, as it was when its journal was last written."""
        drawn = tempers(seed, [player.user for player in players])
        profiles = _one_after_another([_profile(p, drawn[p.user]) for p in players if p.part == "applicant"])
        desk = [coordinator(p.user, p.zone or "UTC") for p in players if p.part == "coordinator"]
        crowd = cast(seed, profiles, desk, opens=opens, prompt=lively)
        adapter = build_adapter(
            clock,
            journal=journal,
            accounts=[_account(player) for player in players],
            crowd=crowd,
            keep_texts=keep_texts,
            watch=_Told(watch) if watch else None,
        )
        return LocalStage(adapter)

    def playground(self, seed: int, starts: datetime) -> Sequence[Player]:
        """About twenty invented applicants, and the seats of a visitor and of a visiting coordinator."""
        people = [
            Player(p.account, p.name, p.email, p.zone, p.country, "applicant", p.answers, p.applies_at, p.temper.value)
            for p in playground_profiles(seed, starts)
        ]
        visitor = Player("alex", "Alex (you)", "alex@example.org", "Europe/Lisbon", part="visitor")
        desk = Player("desk", "Coordinator (you)", "desk@example.org", "Europe/Lisbon", part="visiting coordinator")
        return [visitor, desk, *people]

    def page(self, stage: AnyStage, control: Control, port: int, beside: Mapping[str, Web] | None = None) -> PageServer:
        """The page on which everybody's screens are shown, on 127.0.0.1; `beside` it others, each by its path."""
        adapter = typed(LocalStage, stage).adapter
        return page_server(web_app(adapter, _PageControl(control), beside), port)


STAGES = LocalStages()


class _PageControl:
    """The page's `Control`, on top of the core's."""

    def __init__(self, control: Control) -> None:
        self._control = control
        self.step, self.run = control.step, control.run
        self.pause, self.settle = control.pause, control.settle

    def overview(self) -> Overview:
        """Where the round stands now, in the page's own terms."""
        return _overview(self._control.glance())


def _overview(glance: Glance) -> Overview:
    return Overview(
        round=glance.round,
        state=glance.state,
        dates=glance.dates,
        hint=glance.hint,
        progress=glance.progress,
        stages=[Stage(name=s.name, title=s.title, state=s.state, detail=s.detail) for s in glance.steps],
        counters=[Counter(label=c.label, value=c.value, total=c.total) for c in glance.counters],
        calendar=[Entry(at=e.at.isoformat(), title=e.title, detail=e.detail) for e in glance.coming],
        happened=[Entry(at=e.at.isoformat(), title=e.title, detail=e.detail) for e in glance.happened],
        commands=[Suggestion(text=c.text, help=c.help, role=c.role) for c in glance.commands],
    )


def _one_after_another(profiles: Sequence[Profile]) -> list[Profile]:
    """Whoever applies twice does so one after the other: in the middle of both, each would answer for the other."""
    first: dict[str, Profile] = {}
    for profile in profiles:
        earlier = first.setdefault(_address(profile), profile)
        if (profile.applies_at or _NEVER) < (earlier.applies_at or _NEVER):
            first[_address(profile)] = profile
    return [profile if first[_address(profile)] is profile else replace(profile, again=True) for profile in profiles]


def _address(profile: Profile) -> str:
    return clean_email(profile.email) or profile.account


def _profile(player: Player, drawn: Temper) -> Profile:
    return Profile(
        account=player.user,
        name=player.name,
        email=player.email,
        zone=player.zone,
        country=player.country,
        answers=player.answers,
        temper=Temper(player.temper) if player.temper else drawn,
        applies_at=player.applies_at,
    )


def _account(player: Player) -> Account:
    return Account(
        user=player.user,
        name=player.name,
        email=player.email,
        zone=player.zone,
        role="coordinator" if player.part in _AT_DESK else "participant",
        simulated=player.part in _SIMULATED,
    )


class _Told:
    """Hands each delivered message on in the language's own words."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch

    def __call__(self, seen: Delivered) -> None:
        self._watch(
            Delivery(seen.at, seen.kind, seen.key, seen.address, seen.emails, seen.text, seen.edited, seen.prompted)
        )
