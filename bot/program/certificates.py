"""Codes of certificates: made so that nobody can guess one, read however they were typed, and confirmed."""

import secrets
import unicodedata
from dataclasses import dataclass
from datetime import date

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.certificates import Certificate
from storage.people import Program
from storage.rounds import Round

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Figures and letters that are hard to take for each other: no I, L, O or U."""
LENGTH, GROUP = 12, 4
"""Signs of a code, and how many stand together. Twelve are 60 bits: trying them out leads nowhere."""
LONGEST = 64
"""Characters of what somebody typed that are looked at."""
_ALIKE = str.maketrans({"O": "0", "I": "1", "L": "1"})


@dataclass(frozen=True, slots=True)
class Verified:
    """What a code confirms: all that stands on the certificate, and nothing else."""

    name: str
    program: str
    round: str
    starts_on: date
    ends_on: date
    issued_on: date
    """The day in UTC."""


def new_code() -> str:
    """A code that nobody can guess, in its groups: `7KQ2-M9XT-4BHD`."""
    return _grouped("".join(secrets.choice(ALPHABET) for _ in range(LENGTH)))


def read_code(typed: str) -> str:
    """The code that somebody meant: in any case, with or without what stands between the groups, O for 0, I or L for 1.

    Empty for what cannot be one.
    """
    if len(typed) > LONGEST:
        return ""
    plain = unicodedata.normalize("NFKC", typed).upper()
    signs = "".join(c for c in plain if c.isalnum()).translate(_ALIKE)
    return _grouped(signs) if len(signs) == LENGTH and set(signs) <= set(ALPHABET) else ""


async def verify(session: AsyncSession, code: str) -> Verified | None:
    """What this code confirms; None for one that was never given out, whose person was forgotten, or that is no code.

    Nothing tells these apart, and only the whole code finds anything.
    """
    rows = await session.exec(
        select(Certificate, Program.name, Round)
        .select_from(Certificate)
        .join(Program, col(Program.id) == Certificate.program_id)
        .join(Round, col(Round.id) == Certificate.round_id)
        .where(Certificate.code == read_code(code), Certificate.state == "issued")
    )
    found = rows.first()
    if found is None or found[0].issued_at is None:
        return None
    certificate, program, round_row = found
    issued_at = found[0].issued_at
    return Verified(
        name=certificate.name,
        program=program,
        round=round_row.name,
        starts_on=round_row.starts_on,
        ends_on=round_row.ends_on,
        issued_on=issued_at.date(),
    )


def _grouped(signs: str) -> str:
    return "-".join(signs[at : at + GROUP] for at in range(0, len(signs), GROUP))
