"""Pairing: who is to meet whom, by the kit's wishes in strict order. Pure: no database, no platform, no clock.

`problem_of(kit, people, …)` → `solve(problem)` → a `Pairing`, which `check(problem, pairing)` proves; `reasons`,
`sentence` and `score_group` explain its groups, `pairs_csv` writes them down.
"""

from bot.program.matching.certificate import Verdict, check
from bot.program.matching.explain import (
    PHRASES,
    Reason,
    Why,
    change_in_words,
    facts,
    reasons,
    sentence,
    waiting_sentence,
)
from bot.program.matching.pairing import Group, Pairing, Progress, Wait, Waiting
from bot.program.matching.problem import Candidate, Odd, PairingError, Problem, problem_of
from bot.program.matching.proof import Certificate, certificate_of
from bot.program.matching.score import PairScore, score_group
from bot.program.matching.solver import PATIENCE, solve
from bot.program.matching.table import pairs_csv
from bot.program.matching.whatif import Obstacle, Swap, WhatIf

__all__ = [
    "PATIENCE",
    "PHRASES",
    "Candidate",
    "Certificate",
    "Group",
    "Obstacle",
    "Odd",
    "PairScore",
    "Pairing",
    "PairingError",
    "Problem",
    "Progress",
    "Reason",
    "Swap",
    "Verdict",
    "Wait",
    "Waiting",
    "WhatIf",
    "Why",
    "certificate_of",
    "change_in_words",
    "check",
    "facts",
    "pairs_csv",
    "problem_of",
    "reasons",
    "score_group",
    "sentence",
    "solve",
    "waiting_sentence",
]
