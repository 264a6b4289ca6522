"""How far the analysis can be trusted: many simulated histories with effects of known size, and nothing else in them.

Prints for each effect that was put in how often it was found and how often its 95 % interval holds the truth; how often
intervals of what is not there hold nought; and how many of all claims are false.

    python -m benchmarks.analysis --seeds 100 --people 500
"""

import argparse
import json
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial

from bot.evaluation.analysis import analyse
from bot.evaluation.findings import Verdict
from tests.planted import Plan, histories, truth
from topics.kit import find_kit, load_kit

KIT = "librarians"


@dataclass(frozen=True, slots=True)
class Seen:
    """One comparison of one history: what was meant, and what came of it. `truth` None: there, of no exact size."""

    name: str
    truth: float | None
    found: bool
    enough: bool
    covered: bool
    right_way: bool


def look(plan: Plan, seed: int) -> list[Seen]:
    """Every comparison of the history of one seed."""
    kit = load_kit(find_kit(KIT))
    seen: list[Seen] = []
    for finding in analyse(histories(kit, seed, plan), kit).findings:
        true = truth(finding.outcome, finding.exposure, kit, plan)
        name = f"{finding.outcome} / {finding.exposure.kind} {finding.exposure.name}".strip()
        enough = finding.effect is not None and finding.low is not None and finding.high is not None
        covered = enough and true is not None and (finding.low or 0) <= true <= (finding.high or 0)
        right_way = true is None or (finding.effect or 0) * true > 0
        seen.append(Seen(name, true, finding.verdict is Verdict.FOUND, enough, covered, right_way))
    return seen


def figures(runs: list[list[Seen]]) -> dict[str, object]:
    """What many histories come to."""
    planted: dict[str, Counter[str]] = {}
    nulls, held, claims, false, with_false = 0, 0, 0, 0, 0
    for run in runs:
        wrong = 0
        for one in run:
            claims += one.found
            if one.truth:
                counts = planted.setdefault(one.name, Counter(seeds=0, found=0, covered=0))
                counts.update(seeds=one.enough, found=one.found, covered=one.covered)
                wrong += one.found and not one.right_way
            elif one.truth == 0:
                nulls, held = nulls + one.enough, held + one.covered
                wrong += one.found
        false, with_false = false + wrong, with_false + (wrong > 0)
    return {
        "histories": len(runs),
        "planted": {name: dict(counts) for name, counts in planted.items()},
        "comparisons of what is not there": nulls,
        "their intervals that hold nought": round(held / nulls, 4) if nulls else None,
        "claims": claims,
        "false claims": false,
        "share of claims that are false": round(false / claims, 4) if claims else 0.0,
        "histories with a false claim": with_false,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--people", type=int, default=500, help="people of each round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--nothing", action="store_true", help="put nothing in: every claim is false")
    parser.add_argument("--workers", type=int, default=1)
    given = parser.parse_args()
    plan = Plan(people=given.people, rounds=given.rounds)
    if given.nothing:
        plan = Plan(people=given.people, rounds=given.rounds, similar=0.0, far=0.0, poor=Plan().chance)
    seeds = range(given.first, given.first + given.seeds)
    if given.workers > 1:
        with ProcessPoolExecutor(given.workers) as pool:
            runs = list(pool.map(partial(look, plan), seeds))
    else:
        runs = [look(plan, seed) for seed in seeds]
    sys.stdout.write(json.dumps(figures(runs), indent=2) + "\n")


if __name__ == "__main__":
    main()
