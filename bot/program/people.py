"""Who somebody is: from the identity a platform names to a person, an account and their standing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam
from sqlmodel import col, select

from bot.language.events import (
    Answered,
    Commanded,
    Event,
    Installed,
    Joined,
    Left,
    RoomGone,
    Said,
    Uninstalled,
)
from bot.language.places import Actor, Place
from bot.program import admission
from bot.program.access import Standing
from bot.program.batch import expect
from bot.program.programs import community_of, forget_nearest, talked_to
from bot.program.turn import Turn
from bot.world.names import clean_email, clean_name
from storage.partnerships import Member, Partnership
from storage.people import Account, Community, Person, Program, Role


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody who did something: their rows, and the program they talk to."""

    community: Community
    program: Program
    account: Account
    person: Person


# Made once: these are asked for each batch of events, and making a statement costs more than running it.
_ACCOUNTS = (
    select(Account, Person)
    .join(Person, col(Person.id) == Account.person_id)
    .where(
        Account.community_id == bindparam("community"),
        col(Account.external_id).in_(bindparam("users", expanding=True)),
    )
)

_TAKEN = select(Person.email).where(col(Person.email).in_(bindparam("emails", expanding=True)))
_ROLES = select(Role).where(
    Role.program_id == bindparam("program"),
    col(Role.person_id).in_(bindparam("people", expanding=True)),
)
_MEMBERSHIPS = (
    select(Member.person_id, Member.partnership_id)
    .join(Partnership, col(Partnership.id) == Member.partnership_id)
    .where(
        Member.program_id == bindparam("program"),
        col(Member.person_id).in_(bindparam("people", expanding=True)),
        col(Member.left_at).is_(None),
        Partnership.state != "ended",
    )
)


async def preload(turn: Turn, events: Sequence[Event]) -> None:
    """Read the accounts and people of a batch of events in a few queries, and standings where they decide.

    Whoever is new is made known at once with all others who are.
    """
    by_community: dict[tuple[str, str], dict[str, Actor]] = {}
    deciding: set[str] = set()
    speaking = {event.actor.user for event in events if event.address.place is Place.DIRECT}
    coming = {event.actor.user for event in events if makes_known(event)}
    for event in events:
        if isinstance(event, Installed | Uninstalled):
            continue
        by_community.setdefault((event.actor.platform, event.actor.community), {}).setdefault(
            event.actor.user, event.actor
        )
        if isinstance(event, Commanded) or (isinstance(event, Answered) and not event.token.startswith("flow:")):
            deciding.add(event.actor.user)
    for (platform, external_id), users in by_community.items():
        community = await community_of(turn, platform, external_id)
        if community is None:
            continue
        rows = await turn.session.exec(_ACCOUNTS, params={"community": community.id, "users": sorted(users)})
        known: list[tuple[Account, Person]] = list(rows)
        _keep_at_hand(turn, community, known)
        expect(turn, [account.person_id for account, _ in known if account.external_id in speaking])
        programs = await turn.programs(community.id)
        if not programs:
            continue
        found = {account.external_id for account, _ in known}
        new = [actor for user, actor in users.items() if user in coming and user not in found]
        await _make_known(turn, community, programs, new)
        people = [account.person_id for account, _ in known if account.external_id in deciding]
        for program in programs:
            await _preload_standings(turn, program, people)


def makes_known(event: Event) -> bool:
    """Whether rows are made for somebody of whom nothing is known when they do this.

    Not for one who goes. And not for one who answers a question or talks in a room: whoever has either was known once,
    and may have been forgotten.
    """
    if isinstance(event, Answered):
        return not event.token.startswith("flow:")
    if isinstance(event, Said | Joined):
        return event.address.place is not Place.ROOM
    return not isinstance(event, Left | RoomGone)


async def identify(turn: Turn, actor: Actor, *, made_known: bool = True) -> Known | None:
    """The person behind an actor, made known if new, unless that is not wanted. None where no program runs.

    The program is the one that they talk to in private: see `bot.program.whose` for other places.
    """
    community = await community_of(turn, actor.platform, actor.community)
    programs = await turn.programs(community.id) if community is not None else ()
    if community is None or not programs:
        return None
    key = ("account", community.id, actor.user)
    if key not in turn.work.cache:
        rows = await turn.session.exec(_ACCOUNTS, params={"community": community.id, "users": [actor.user]})
        found = rows.first()
        if found is None and not made_known:
            return None
        turn.work.cache[key] = found or await _new_account(turn, community, programs, actor)
    account, person = turn.work.cache[key]
    name = clean_name(actor.name)
    if name and account.name != name:
        account.name = name
        person.name = name
    return Known(community, await talked_to(turn, community, account), account, person)


async def standing(turn: Turn, program: Program, person: Person) -> Standing:
    """What somebody is in a program at this moment."""
    key = ("standing", program.id, person.id)
    if key not in turn.work.cache:
        await _preload_standings(turn, program, [_id(person)])
    return turn.work.cache[key]


async def person_by_email(turn: Turn, email: str) -> Person | None:
    """The person with that e-mail address, however it is typed."""
    cleaned = clean_email(email)
    if cleaned is None:
        return None
    rows = await turn.session.exec(select(Person).where(Person.email == cleaned))
    return rows.first()


async def make_person(turn: Turn, email: str, name: str) -> Person:
    """The person with that e-mail address, made if there is none yet."""
    person = await person_by_email(turn, email)
    if person is None:
        person = Person(email=clean_email(email), name=clean_name(name), created_at=turn.now)
        await turn.add(person)
    return person


async def account_in(turn: Turn, community: Community, person: Person) -> Account | None:
    """The person's account in that community."""
    rows = await turn.session.exec(
        select(Account)
        .where(Account.community_id == community.id, Account.person_id == person.id, col(Account.gone_at).is_(None))
        .order_by(col(Account.id).desc())
        .limit(1)
    )
    return rows.first()


async def make_coordinator(turn: Turn, program: Program, person_id: int) -> None:
    """Give somebody the coordinators' role in a program; whoever has it keeps it."""
    rows = await turn.session.exec(
        select(Role.id).where(Role.program_id == program.id, Role.person_id == person_id, Role.role == "coordinator")
    )
    if rows.first() is None:
        turn.session.add(Role(program_id=program.id or 0, person_id=person_id, role="coordinator", since=turn.now))
        turn.work.cache.pop(("standing", program.id, person_id), None)
        forget_nearest(turn, person_id)


async def _new_account(
    turn: Turn, community: Community, programs: Sequence[Program], actor: Actor
) -> tuple[Account, Person]:
    name = clean_name(actor.name)
    email = clean_email(actor.email) if actor.email else None
    known = await person_by_email(turn, email) if email else None
    person = known or await turn.add(Person(email=email, name=name, zone=actor.zone, created_at=turn.now))
    account = await turn.add(_account_of(community, person, actor))
    for program in programs if known is not None else ():
        await admission.join(turn, program, person, account)
    return account, person


def _keep_at_hand(turn: Turn, community: Community, known: Iterable[tuple[Account, Person]]) -> None:
    cache = turn.work.cache
    for account, person in known:
        cache["account", community.id, account.external_id] = (account, person)
        cache[Account, account.id], cache[Person, person.id] = account, person


async def _make_known(turn: Turn, community: Community, programs: Sequence[Program], actors: Sequence[Actor]) -> None:
    """Make the accounts of people who were never heard of; an address that is known is for `_new_account`."""
    emails = {actor.user: clean_email(actor.email) if actor.email else None for actor in actors}
    wanted = sorted({email for email in emails.values() if email})
    taken = set(await turn.session.exec(_TAKEN, params={"emails": wanted})) if wanted else set[str | None]()
    people: dict[str, Person] = {}
    for actor in actors:
        email = emails[actor.user]
        if email is None or email not in taken:
            person = Person(email=email, name=clean_name(actor.name), zone=actor.zone, created_at=turn.now)
            people[actor.user] = person
            taken.add(email)
    turn.session.add_all(people.values())
    await turn.session.flush()
    new = [
        (_account_of(community, people[actor.user], actor), people[actor.user])
        for actor in actors
        if actor.user in people
    ]
    turn.session.add_all(account for account, _ in new)
    await turn.session.flush()
    _keep_at_hand(turn, community, new)
    expect(turn, [_id(person) for person in people.values()])
    for person in people.values():
        for program in programs:
            turn.work.cache["standing", program.id, person.id] = Standing(_id(person))


def _account_of(community: Community, person: Person, actor: Actor) -> Account:
    return Account(
        community_id=_id(community),
        person_id=_id(person),
        external_id=actor.user,
        name=clean_name(actor.name),
        locale=actor.locale,
    )


async def _preload_standings(turn: Turn, program: Program, people: Iterable[int]) -> None:
    wanted = [person for person in people if ("standing", program.id, person) not in turn.work.cache]
    if not wanted:
        return
    asked = {"program": program.id, "people": wanted}
    roles = list(await turn.session.exec(_ROLES, params=asked))
    coordinators = {each.person_id for each in roles if each.role == "coordinator"}
    countries = {each.person_id: frozenset(each.countries) for each in roles if each.role == "ambassador"}
    members = await turn.session.exec(_MEMBERSHIPS, params=asked)
    partnerships: dict[int, set[int]] = {}
    for person, partnership in members:
        partnerships.setdefault(person, set()).add(partnership)
    for person in wanted:
        turn.work.cache["standing", program.id, person] = Standing(
            person,
            person in coordinators,
            partnerships=frozenset(partnerships.get(person, ())),
            countries=countries.get(person, frozenset()),
        )


def _id(row: Community | Person) -> int:
    if row.id is None:
        raise ValueError("a row that is not stored has no id")
    return row.id
