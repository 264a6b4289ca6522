"""Why these people are together, in words: for coordinators (`why.…`) and for the partners themselves (`told.…`)."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import numpy as np

from bot.language.markup import Markdown
from bot.program.matching import Group, Problem, Reason, facts, reasons
from bot.program.matching.hours import working_minutes
from bot.program.matching.tiers import zone_of
from bot.program.wording import Wording
from bot.world.zones import load_zone
from topics.model import QuestionKind, Rule, Wish

FOR_COORDINATORS, FOR_PARTNERS = "coordinators", "partners"


class Receipts:
    """Puts the reasons of a pairing into a kit's words. Made once for all its groups: it has everybody at hand."""

    def __init__(self, wording: Wording, problem: Problem, names: Mapping[str, str]) -> None:
        self._wording = wording
        self._problem = problem
        self._names = names
        self._people = problem.by_id()
        self._wishes = {wish.name: wish for wish in problem.wishes}

    def of(self, group: Group, *readers: str) -> list[list[Markdown]]:
        """Each wish that these people meet or miss as a sentence, once for each of the readers."""
        found, count = reasons(self._problem, group), len(group.ids)
        said = [[self.in_words(reason, reader, count) for reason in found] for reader in readers]
        return [list(dict.fromkeys(one for one in each if one)) for each in said]

    def in_words(self, reason: Reason, reader: str, count: int = 2) -> Markdown:
        """One reason as a sentence; `count` says how many people the group has."""
        kit, wish, key = self._wording.kit, self._wishes[reason.wish], reason.key
        if reason.rule is Rule.DIFFERENT and kit.question(wish.question).kind is QuestionKind.COUNTRY:
            key = key.replace("different", "country")
        clocks = self._clocks(wish, reason) if reason.rule is Rule.OVERLAP else ("", "")
        values: dict[str, Any] = {
            **facts(kit, reason, reason.asker, self._names),
            "asker": self._names.get(reason.asker, ""),
            "count": count,
            "asker_clock": clocks[0],
            "partner_clock": clocks[1],
        }
        return self._wording.say(f"told.{key}" if reader == FOR_PARTNERS else f"why.{key}", **values)

    def _clocks(self, wish: Wish, reason: Reason) -> tuple[str, str]:
        """What the clocks of the two show when their common working time begins; where they have none, when the
        asker's day begins. Empty where a time zone is not known."""
        zones = [zone_of(self._people[key], wish.question) for key in (reason.asker, reason.partner)]
        try:
            here = [load_zone(zone) for zone in zones]
        except KeyError:
            return "", ""
        begin = _common_start(zones, self._problem.on, wish.hours)
        at = begin or datetime.combine(self._problem.on, wish.hours[0], here[0])
        return f"{at.astimezone(here[0]):%H:%M}", f"{at.astimezone(here[1]):%H:%M}"


def _common_start(zones: Sequence[str], on: date, hours: tuple[time, time]) -> datetime | None:
    """The first minute of the day on which all begin to be within these hours of their own clocks."""
    common = np.logical_and.reduce([working_minutes(zone, on, hours) for zone in zones])
    # The UTC day is a circle here: what they share may run over its midnight.
    starts = np.flatnonzero(common & ~np.roll(common, 1))
    if not len(starts):
        return None
    return datetime.combine(on, time(), UTC) + timedelta(minutes=int(starts[0]))
