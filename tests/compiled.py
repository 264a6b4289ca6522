"""Has the core of the pairing compiled and kept: the first time takes most of a minute."""

from datetime import date

from bot.program.matching import Candidate, Problem, check, solve
from topics.model import Rule, Wish

WISHES = (
    Wish("country", Rule.DIFFERENT, "country"),
    Wish("type", Rule.WISHED, "wanted", of="type", same="same", anything="any"),
    Wish("interests", Rule.SIMILAR, "interests", asked_by="similar"),
)


def main() -> None:
    """Pair an even and an odd number of people."""
    for size in (40, 41):
        solve_and_check(size)


def solve_and_check(size: int) -> None:
    """Pair so many people, and have the proof checked. Raises what those raise."""
    people = tuple(
        Candidate(
            f"p{number}",
            {
                "country": f"c{number % 5}",
                "type": f"t{number % 3}",
                "wanted": "any" if number % 2 else "t1",
                "interests": (f"i{number % 4}", f"i{number % 7}"),
                "similar": "yes",
            },
        )
        for number in range(size)
    )
    problem = Problem(people, WISHES, date(2026, 9, 7))
    check(problem, solve(problem))


if __name__ == "__main__":
    main()
