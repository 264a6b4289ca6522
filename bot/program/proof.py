"""How good a pairing is: what each tier reached, the best that is possible, and whether that is proved."""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zlib import compress, decompress

from bot.program.matching import Certificate, Pairing, Problem, certificate_of, check
from bot.program.matching.tiers import UNIT, asks_similar, wanted
from topics.model import Rule, Wish

LARGEST = 500_000
"""Characters of a certificate that is kept, enough for some twenty thousand people. A larger one can be made again."""
PLAIN = 50_000
"""Characters up to which it is kept as it is. A longer one is packed to a quarter of that."""


@dataclass(frozen=True, slots=True)
class Step:
    """One tier, in the units of the solver: what was reached, what nobody can exceed, and what was asked for at most.

    `wish` is None for the first of all, the people placed. `best` is None where nothing is proved: below a tier that
    could still be better, what the lower ones could be is not known.
    """

    wish: Wish | None
    reached: int
    best: int | None
    most: int

    @property
    def proved(self) -> bool:
        """Whether nobody can do better in this tier."""
        return self.best == self.reached


@dataclass(frozen=True, slots=True)
class Proof:
    """What is known of a pairing. `refused` is what the check of its certificate found wrong; empty where nothing."""

    steps: tuple[Step, ...]
    refused: str = ""

    @property
    def proved(self) -> bool:
        """Whether this is the best pairing that there is."""
        return not self.refused and all(step.proved for step in self.steps)

    @property
    def gap(self) -> Step | None:
        """The first tier that may not be the best possible."""
        return next((step for step in self.steps if not step.proved), None)


def proof_of(problem: Problem, pairing: Pairing) -> Proof:
    """Have the certificate of a pairing checked, by code that shares nothing with the solver."""
    verdict = check(problem, pairing)
    known = verdict.proved_tiers
    # Below a tier that could still be better, the bounds say nothing: there, the lower ones may be anything.
    best: list[int | None] = [*verdict.bounds[: known + 1]]
    best += [None] * (len(pairing.totals) - len(best))
    wishes: list[Wish | None] = [None, *problem.wishes]
    most = [len(problem.people), *(_most(problem, wish, len(pairing.groups)) for wish in problem.wishes)]
    return Proof(
        # In a trio a wish counts towards each of the other two, so that more can be reached than was asked for.
        tuple(
            Step(wish, reached, bound, max(asked, reached))
            for wish, reached, bound, asked in zip(wishes, pairing.totals, best, most, strict=True)
        ),
        verdict.fault,
    )


def _most(problem: Problem, wish: Wish, groups: int) -> int:
    """What a tier could be if nothing stood against it: everybody who asks gets all of it."""
    match wish.rule:
        case Rule.DIFFERENT:
            return groups
        case Rule.WISHED:
            return sum(1 for person in problem.people if wanted(wish, person))
        case Rule.SIMILAR:
            return UNIT * sum(1 for person in problem.people if asks_similar(wish, person))
        case Rule.OVERLAP:
            begin, end = (hour.hour * 60 + hour.minute for hour in wish.hours)
            return groups * ((end - begin) % 1440 or 1440)


def proof_json(proof: Proof, certificate: Certificate | None) -> dict[str, Any]:
    """The proof as it is kept with a proposal: what it says, and the certificate where that is not too large."""
    return {
        "proved": proof.proved,
        "refused": proof.refused,
        "reached": [step.reached for step in proof.steps],
        "best": [step.best for step in proof.steps],
        "most": [step.most for step in proof.steps],
        "certificate": _kept(certificate) if certificate is not None else {},
    }


def _kept(certificate: Certificate) -> dict[str, Any]:
    plain = certificate.plain()
    text = json.dumps(plain, separators=(",", ":"))
    if len(text) <= PLAIN:
        return plain
    packed = b64encode(compress(text.encode())).decode()
    return {"packed": packed} if len(packed) <= LARGEST else {}


def certificate_from(kept: Mapping[str, Any]) -> Certificate | None:
    """The certificate that `proof_json` kept, to be checked again; None where it was too large."""
    plain: Mapping[str, Any] = kept.get("certificate", {})
    if "packed" in plain:
        plain = json.loads(decompress(b64decode(plain["packed"])))
    return certificate_of(plain) if plain else None


def proof_from(kept: Mapping[str, Any], wishes: Sequence[Wish]) -> Proof | None:
    """The proof that `proof_json` kept; None where nothing is known, or the kit has other wishes since."""
    columns: list[Sequence[Any]] = [kept.get(name, ()) for name in ("reached", "best", "most")]
    if any(len(column) != len(wishes) + 1 for column in columns):
        return None
    steps = tuple(Step(*each) for each in zip((None, *wishes), *columns, strict=True))
    return Proof(steps, str(kept.get("refused", "")))
