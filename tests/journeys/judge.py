"""An independent judge of a rehearsed round: what people are owed, read from its files alone.

It shares no code with the program: it asks only `bot.world` for countries and time zones. Each rule is a function of
the evidence that yields complaints, one sentence each.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import combinations, pairwise
from math import ceil
from pathlib import Path

from tests.journeys.evidence import Evidence, Line, Pair, Rules, common, hour, read

TWO = 2
WIDEST, USUAL = (7, 22), (8, 20)
"""Nobody is written to outside the first; topics keep to the second where all partners share such hours."""
TOLD = {
    "ineligible": ("cannot offer you a place",),
    "late": ("closed on",),
    "waitlisted": ("waiting list",),
    "waiting": ("could not find a partner for you", "did not find a partner for you"),
}
"""What somebody must have read in private."""
ALARMS = ("@everyone", "@here", "@channel", "<!channel>", "<!everyone>", "<!here>", "<@", "<#", "](http", "<http")
"""What would call everybody, or lead elsewhere, if it reached a platform as it is."""


def judge(applicants: Path, out: Path, rules: Rules | None = None) -> list[str]:
    """What is wrong with the round in `out` that was played on the file `applicants`; empty when all is well."""
    evidence = read(applicants, out, rules or Rules())
    return [f"{rule.__name__.strip('_')}: {complaint}" for rule in RULES for complaint in rule(evidence)]


def every_row_has_a_fate(seen: Evidence) -> Iterator[str]:
    """Each line of the file is in participants.csv, once."""
    expected = Counter(row.email for row in seen.rows) + Counter({"": seen.unreadable})
    found = Counter(email for email, _ in seen.statuses)
    for email in sorted(expected.keys() | found.keys()):
        if expected[email] != found[email]:
            yield f"{email or 'unreadable rows'}: {expected[email]} in the file, {found[email]} in participants.csv"
    for email, count in Counter(email for email, status in seen.statuses if status == "accepted").items():
        if count > 1:
            yield f"{email} is accepted {count} times"


def eligible_people_are_accepted(seen: Evidence) -> Iterator[str]:
    """Everyone eligible has a place; or, within a capacity, those do whose counting submission came first."""
    eligible = [row for row in seen.counting.values() if row.eligible]
    accepted, waiting = seen.with_status("accepted"), seen.with_status("waitlisted")
    withdrawn = seen.with_status("withdrawn")
    limit = max(1, int(seen.rules.country_cap * (seen.rules.capacity or len(eligible)) + 1e-9))
    free, countries = seen.rules.capacity or len(eligible), Counter[str]()
    by_hand = [row for row in eligible if row.email in withdrawn]
    for row in eligible:
        if row.email in withdrawn:
            continue
        capped = bool(seen.rules.country_cap) and countries[row.country] >= limit
        if free and not capped:
            free -= 1
            countries[row.country] += 1
            if row.email not in accepted:
                yield f"{row.email} (applied {row.at}) should have a place"
        elif row.email in accepted and not by_hand:
            yield f"{row.email} (applied {row.at}) has a place that belongs to somebody who came before"
        elif row.email not in accepted | waiting:
            yield f"{row.email} should be on the waiting list"
    for email in sorted((accepted | waiting) - {row.email for row in eligible}):
        yield f"{email} is accepted or waits, and is not eligible or applied at another time"


def accepted_people_are_placed(seen: Evidence) -> Iterator[str]:
    """Whoever has a place had a partner, but for the odd one out where that one waits; nobody else had."""
    accepted = seen.with_status("accepted")
    placed = {email for pair in seen.pairs for email in pair.emails}
    alone = sorted(accepted - placed)
    allowed = 1 if seen.rules.odd == "waitlist" and len(accepted) % 2 else 0
    if len(alone) > allowed:
        yield f"never placed: {', '.join(alone)}"
    for email in sorted(placed - accepted - seen.with_status("withdrawn")):
        yield f"{email} is in a partnership without a place"


def nobody_meets_whom_they_must_not(seen: Evidence) -> Iterator[str]:
    """No former or unwanted partner, in either direction, and no pair twice."""
    met = Counter[frozenset[str]]()
    for pair in seen.pairs:
        for one, other in combinations(pair.emails, 2):
            met[frozenset((one, other))] += 1
            a, b = seen.known.get(one), seen.known.get(other)
            if one == other:
                yield f"{one} is their own partner in partnership {pair.number}"
            if (a and other in a.apart) or (b and one in b.apart):
                yield f"{one} and {other} must not be partners (partnership {pair.number})"
    for both, count in met.items():
        if count > 1:
            yield f"{' and '.join(sorted(both))} were partners {count} times"


def partners_live_in_different_countries(seen: Evidence) -> Iterator[str]:
    """No partners of one country that could be avoided: as long as no country has more than half of the people."""
    accepted = [row for email in seen.with_status("accepted") if (row := seen.counting.get(email))]
    largest = max(Counter(row.country for row in accepted).values(), default=0)
    unavoidable = max(0, ceil((2 * largest - len(accepted)) / 2))
    alike = [
        f"{one} and {other} both live in {seen.known[one].country} (partnership {pair.number})"
        for pair in seen.pairs
        for one, other in combinations(pair.emails, 2)
        if one in seen.known and other in seen.known and seen.known[one].country == seen.known[other].country
    ]
    if len(alike) > unavoidable:
        yield from alike


def live_pairs_get_every_topic(seen: Evidence) -> Iterator[str]:
    """A pair that lived from the start to the end got each topic once and in order, by day."""
    topics: dict[str, list[Line]] = {}
    for line in seen.ledger:
        if line.kind == "topic":
            topics.setdefault(line.to, []).append(line)
    rooms = {pair.room: pair for pair in seen.pairs}
    for room, pair in rooms.items():
        lines = topics.setdefault(room, [])
        for before in sorted(topics.keys() - rooms.keys()) if len(pair.emails) > TWO else ():
            # Where a third came in, or one of three went, the others go on in a room of their own.
            if all(line.key.split(":")[2:] == [pair.number] for line in topics[before]):
                lines[:0] = topics.pop(before)
        got = [line.key.split(":")[1] for line in lines]
        if any(count > 1 for count in Counter(got).values()):
            yield f"partnership {pair.number} got a topic twice: {got}"
        if got != sorted(got, key=int):
            yield f"partnership {pair.number} got its topics out of order: {got}"
        early = pair.opened is not None and pair.opened < seen.rules.starts + timedelta(days=3)
        if pair.state == "live" and early and tuple(got) != seen.rules.topics:
            yield f"partnership {pair.number} got the topics {got}"
        yield from _topics_by_day(seen, pair, lines)
    for room in sorted(topics.keys() - rooms.keys()):
        yield f"topics went to {room}, which is no partnership's room"


def _topics_by_day(seen: Evidence, pair: Pair, topics: Sequence[Line]) -> Iterator[str]:
    for line in topics:
        # Those who see it: a third who came in later was in nobody's room yet.
        zones = [zone for email in pair.emails if email in line.emails and (zone := seen.zone(email))]
        for first, last in (WIDEST, USUAL):
            outside = [zone.key for zone in zones if not first <= hour(line.at, zone) < last]
            if outside and common(zones, line.at, first, last) and not line.prompted:
                yield f"{line.key} at {line.at} is not within {first} and {last} o'clock in {', '.join(outside)}"
                break


def nights_are_quiet(seen: Evidence) -> Iterator[str]:
    """Nobody got a message in their night that they had not asked for a moment ago."""
    for line in seen.ledger:
        # What is said in a room was asked for by one of the partners at most; a public channel wakes nobody.
        if line.place == "hall" or line.kind == "edit" or (line.prompted and line.place != "room"):
            continue
        zones = [zone for email in line.emails if (zone := seen.zone(email))]
        awake = [WIDEST[0] <= hour(line.at, zone) < WIDEST[1] for zone in zones]
        avoidable = len(zones) == 1 or common(zones, line.at, *WIDEST)
        if avoidable and not all(awake) and not (line.prompted and any(awake)):
            yield f"{line.kind} {line.key} reached {', '.join(line.emails)} at {line.at}"


def nothing_comes_twice(seen: Evidence) -> Iterator[str]:
    """No key twice, and no text twice to one address unless it was asked for."""
    for key, count in Counter(line.key for line in seen.ledger).items():
        if count > 1:
            yield f"the key {key} went out {count} times"
    unasked = Counter((line.to, line.text) for line in seen.ledger if not line.prompted and line.kind != "edit")
    for (to, text), count in unasked.items():
        if count > 1:
            yield f"{to} read {count} times: {text[:80]!r}"
    questions = Counter((line.to, line.key, line.text) for line in seen.ledger)
    for (to, _, text), count in questions.items():
        if count > 1:
            yield f"{to} was asked {count} times: {text[:80]!r}"


def everybody_was_told(seen: Evidence) -> Iterator[str]:
    """Whoever is late, not eligible or waits read that, after they applied."""
    late = [row for row in seen.rows if row.at >= seen.rules.closes]
    refused = [row for row in seen.counting.values() if not row.eligible]
    for row in late:
        if row.email not in seen.with_status("late"):
            yield f"{row.email} came late, and participants.csv does not say so"
    for row in refused:
        if row.email not in seen.with_status("ineligible"):
            yield f"{row.email} is not eligible, and participants.csv does not say so"
    waiting = seen.with_status("waitlisted")
    asked = [(row.email, "late", seen.rules.closes) for row in late]
    asked += [(row.email, "ineligible", row.at) for row in refused]
    asked += [(row.email, "waitlisted", row.at) for row in seen.counting.values() if row.email in waiting]
    for email, what, since in asked:
        if not _read(seen, email, what, since - timedelta(minutes=1)):
            yield f"{email} was not told: {what}"


def accepted_people_hear_how_it_goes(seen: Evidence) -> Iterator[str]:
    """Whoever has a place was told so, and was introduced to somebody or told that they wait."""
    welcomed = {email for line in seen.ledger if line.kind == "welcome" for email in line.emails}
    met = {email for line in seen.ledger if line.kind == "introduction" for email in line.emails}
    for email in sorted(seen.with_status("accepted")):
        if email not in welcomed:
            yield f"{email} was not told of their place"
        if email not in met and not _read(seen, email, "waiting", seen.rules.opens):
            yield f"{email} never heard what became of them"


def introductions_come_first(seen: Evidence) -> Iterator[str]:
    """Each room begins with one introduction that all partners can read, and then its first topic.

    A room to which some went on of whom there were three begins with a word to them.
    """
    said: dict[str, list[Line]] = {}
    for line in seen.ledger:
        if line.place == "room":
            said.setdefault(line.to, []).append(line)
    for pair in seen.pairs:
        lines = said.get(pair.room, [])
        if sum(line.kind == "introduction" for line in lines) > 1:
            yield f"partnership {pair.number} was introduced more than once"
        moved = bool(lines) and len(pair.emails) > TWO and lines[0].key.startswith("new_room:")
        if lines and not moved and (lines[0].kind != "introduction" or set(lines[0].emails) != set(pair.emails)):
            yield f"the room of partnership {pair.number} begins with {lines[0].kind} for {lines[0].emails}"
        if pair.opened and not lines:
            yield f"partnership {pair.number} was opened, and nothing was said there"


def time_runs_forward(seen: Evidence) -> Iterator[str]:
    """Each line of the ledger is at or after the one before."""
    for before, line in pairwise(seen.ledger):
        if line.at < before.at:
            yield f"{line.key} is dated before {before.key}"


def names_stay_names(seen: Evidence) -> Iterator[str]:
    """No text calls everybody or leads elsewhere because of somebody's name."""
    for line in seen.ledger:
        for alarm in ALARMS:
            if alarm in line.text:
                yield f"{line.key} contains {alarm!r}"


def _read(seen: Evidence, email: str, what: str, since: datetime) -> bool:
    return any(
        line.at >= since and any(words in line.text for words in TOLD[what]) for line in seen.direct.get(email, ())
    )


RULES: tuple[Callable[[Evidence], Iterator[str]], ...] = (
    every_row_has_a_fate,
    eligible_people_are_accepted,
    accepted_people_are_placed,
    nobody_meets_whom_they_must_not,
    partners_live_in_different_countries,
    live_pairs_get_every_topic,
    nights_are_quiet,
    nothing_comes_twice,
    everybody_was_told,
    accepted_people_hear_how_it_goes,
    introductions_come_first,
    time_runs_forward,
    names_stay_names,
)
