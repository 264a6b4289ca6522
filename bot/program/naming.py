"""Whom somebody means: a person of the program by e-mail address, mention or full name."""

import re

from sqlmodel import col, select

from bot.errors import Problem
from bot.program.access import Standing
from bot.program.people import account_in, person_by_email
from bot.program.scope import within
from bot.program.turn import Turn
from bot.world.names import clean_email, clean_name
from storage.people import Account, Community, Person, Program
from storage.rounds import Application

_MENTION = re.compile(r"<@!?([A-Za-z0-9]+)(?:\|[^>]*)?>")


async def person_called(turn: Turn, program: Program, text: str, standing: Standing) -> Person:
    """The person of this program whom a coordinator or ambassador means. Raises Problem for none, or several.

    Those whom an ambassador may not know of are nobody.
    """
    mentioned, email = _MENTION.search(text), clean_email(text)
    name = clean_name(text.removeprefix("@")).casefold()
    if email:
        person = await person_by_email(turn, email)
        found = [person] if person is not None and await _is_here(turn, program, person) else []
    else:
        accounts = await turn.session.exec(
            select(Account, Person)
            .join(Person, col(Person.id) == Account.person_id)
            .where(Account.community_id == program.community_id, col(Account.gone_at).is_(None))
        )
        here = list(accounts)
        if mentioned:
            met = [person for account, person in here if account.external_id == mentioned[1]]
        else:
            met = [p for a, p in here if name and name in (p.name.casefold(), a.name.casefold())]
        found = list({person.id: person for person in met}.values())
    found = await within(turn, program, standing, found)
    if len(found) != 1:
        raise Problem("person.several" if found else "person.nobody", who=text[:80])
    return found[0]


async def _is_here(turn: Turn, program: Program, person: Person) -> bool:
    applied = await turn.session.exec(
        select(Application.id).where(Application.program_id == program.id, Application.person_id == person.id)
    )
    account = await account_in(turn, await turn.get(Community, program.community_id), person)
    return account is not None or applied.first() is not None
