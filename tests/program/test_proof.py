"""What is proved of a pairing, in words and as it is kept: nothing is claimed that was not checked."""

import json
from dataclasses import replace
from random import Random

import pytest

from bot.cli.given import read_kit
from bot.matchfile import prepare
from bot.program.matching import check, solve
from bot.program.matching.tiers import UNIT
from bot.program.proof import LARGEST, Proof, Step, certificate_from, proof_from, proof_json, proof_of
from bot.program.proofwords import step_words, verdict
from bot.program.tierwords import tier_label, tier_total
from bot.simulate import Choices
from tests.journeys.applicants import export
from topics.model import Rule, Wish

KIT = read_kit("librarians")
COUNTRY, TYPE, INTERESTS, HOURS = KIT.wishes


def proof(*best: int | None, reached: tuple[int, ...] = (54, 27, 23, 11 * UNIT, 5160)) -> Proof:
    wishes = (None, *KIT.wishes)
    return Proof(tuple(Step(w, r, b, 10**6) for w, r, b in zip(wishes, reached, best, strict=True)))


def test_a_real_pairing_is_proved_and_keeps_its_proof() -> None:
    problem = prepare(KIT, export(seed=3, people=61), (), Choices()).problem
    pairing = solve(problem)
    found = proof_of(problem, pairing)
    assert found.proved and found.gap is None and [step.wish for step in found.steps] == [None, *KIT.wishes]
    kept = proof_json(found, pairing.certificate)
    assert proof_from(kept, KIT.wishes) == found
    assert kept["certificate"]["prices"]


def test_what_does_not_hold_is_never_called_proved() -> None:
    problem = prepare(KIT, export(seed=3, people=60), (), Choices()).problem
    pairing = solve(problem)
    for wrong in (
        replace(pairing, certificate=None),
        replace(pairing, totals=tuple(total + 1 for total in pairing.totals)),
        replace(pairing, groups=pairing.groups[1:]),
    ):
        found = proof_of(problem, wrong)
        assert found.refused and not found.proved
        assert "does not hold" in verdict(KIT, found)


def test_what_is_kept_can_be_checked_again() -> None:
    problem = prepare(KIT, export(seed=3, people=40), (), Choices()).problem
    pairing = solve(problem)
    kept = json.loads(json.dumps(proof_json(proof_of(problem, pairing), pairing.certificate)))
    assert certificate_from(kept) == pairing.certificate
    assert check(problem, replace(pairing, certificate=certificate_from(kept))).optimal
    assert certificate_from({}) is None


def test_a_long_certificate_is_packed_and_one_that_is_too_large_is_not_kept() -> None:
    problem = prepare(KIT, export(seed=3, people=40), (), Choices()).problem
    pairing = solve(problem)
    assert pairing.certificate is not None
    price = next(iter(pairing.certificate.prices.values()))
    found = proof_of(problem, pairing)
    draw = Random(1)
    for people, packed in ((2_000, True), (20_000, False)):
        prices = {f"{draw.getrandbits(256):064x}": price for _ in range(people)}
        long = replace(pairing.certificate, prices=prices)
        kept = proof_json(found, long)
        assert ("packed" in kept["certificate"], kept["proved"]) == (packed, True), "the verdict is kept all the same"
        assert certificate_from(kept) == (long if packed else None)
        assert len(json.dumps(kept["certificate"])) <= LARGEST + 20


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (proof(54, 27, 23, 11 * UNIT, 5160), "Proved: nobody can do better."),
        (proof(54, 27, 25, None, None), "Within 2 wishes (8.7 %) of the best possible in step 3 (Wishes met"),
        (proof(54, 27, 23, 11 * UNIT + UNIT // 4, None), "Within 0.25 points (2.3 %) of the best possible in step 4"),
        (proof(56, None, None, None, None), "Within 2 people (3.7 %) of the best possible in step 1"),
        (proof(None, None, None, None, None), "Not proved"),
    ],
)
def test_the_verdict_in_words(found: Proof, said: str) -> None:
    words = verdict(KIT, found)
    assert words.startswith(said)
    assert ("Everything above step" in words) == (found.gap is not None and found.gap.wish is not None)


def test_each_tier_in_words() -> None:
    assert step_words(Step(TYPE, 3, 3, 9)) == "the best possible"
    assert step_words(Step(TYPE, 3, 5, 9)).startswith("at most 2 wishes")
    assert step_words(Step(TYPE, 3, None, 9)) == "not proved"
    assert step_words(Step(TYPE, 0, 1, 9)) == "at most 1 wish more could be possible"
    assert tier_label(KIT, None) == "People with a partner"
    assert tier_label(KIT, Wish("x", Rule.DIFFERENT, "library_type")) == "Pairs that differ in type of library"
    assert (tier_total(HOURS, 90), tier_total(HOURS, 120), tier_total(INTERESTS, UNIT // 2)) == ("1.5", "2", "0.50")


def test_a_proof_of_other_wishes_is_none() -> None:
    kept = proof_json(proof(54, 27, 23, 11 * UNIT, 5160), None)
    assert proof_from(kept, KIT.wishes[:2]) is None
    assert proof_from({}, KIT.wishes) is None
