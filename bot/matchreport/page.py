"""The report as one HTML file that needs nothing else: no script, no network, pictures within."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.language.markup import plain
from bot.matchfile import Matched
from bot.matchreport import pictures
from bot.matchreport.facts import Facts, code_name, facts_of
from bot.program.matching import Group, PairScore
from bot.program.proof import Proof, Step
from bot.program.proofwords import step_words, verdict, waiting_words
from bot.program.receipts import FOR_COORDINATORS, Receipts
from bot.program.rounds import date_label
from bot.program.tierwords import tier_amount, tier_label, tier_total, tier_unit
from bot.program.wording import Wording
from bot.world.countries import country_name
from topics.model import Kit, QuestionKind, Rule

_HERE = Path(__file__).parent
_MOST_FLOWS = 40


def report_html(matched: Matched, source: str) -> str:
    """The whole page. `source` names the file that the applications came from."""
    facts = facts_of(matched)
    environment = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    prepared = matched.prepared
    names = {row.email: row.name for row in prepared.rows}
    with pictures.styled():
        drawn = _pictures(prepared.kit, matched.proof, facts)
    return environment.get_template("page.html").render(
        kit=prepared.kit,
        starts=date_label(prepared.dates.starts_on),
        monday=date_label(prepared.problem.on),
        source=source,
        seed=prepared.problem.seed,
        people=len(prepared.problem.people),
        groups=len(matched.pairing.groups),
        trios=sum(1 for group in matched.pairing.groups if len(group.ids) > 2),
        locked=sum(1 for group in matched.pairing.groups if group.locked),
        proof=matched.proof,
        verdict=verdict(prepared.kit, matched.proof, bool(prepared.problem.locked)),
        steps=[_step(prepared.kit, number, step) for number, step in enumerate(matched.proof.steps, start=1)],
        facts=facts,
        hours_last=bool(prepared.kit.wishes) and prepared.kit.wishes[-1].rule is Rule.OVERLAP,
        flows=[(code_name(f.one), code_name(f.other), f.count) for f in facts.flows[:_MOST_FLOWS]],
        more_flows=max(0, len(facts.flows) - _MOST_FLOWS),
        same_country=sum(flow.count for flow in facts.flows if flow.one == flow.other),
        pictures=drawn,
        waiting=[
            (names.get(one.id, ""), one.id, waiting_words(prepared.problem, one)) for one in matched.pairing.waiting
        ],
        left_out=prepared.left_out,
        fates=sorted(Counter(one.fate for one in prepared.left_out).items()),
        pairs=_pairs(matched, facts, names),
    )


def _step(kit: Kit, number: int, step: Step) -> Mapping[str, Any]:
    return {
        "number": number,
        "label": tier_label(kit, step.wish),
        "unit": tier_unit(step.wish),
        "reached": tier_total(step.wish, step.reached),
        "best": tier_total(step.wish, step.best) if step.best is not None else "",
        "most": tier_total(step.wish, step.most),
        "proved": step.proved,
        "words": step_words(step),
    }


def _pictures(kit: Kit, proof: Proof, facts: Facts) -> dict[str, str]:
    """Each picture by name; those of which there is nothing to show are left out."""
    if not facts.scores:
        return {}
    drawn = {
        "steps": pictures.steps_picture(
            "steps",
            "How far each wish went",
            [
                (
                    tier_label(kit, step.wish),
                    tier_amount(step.wish, step.reached),
                    None if step.best is None else tier_amount(step.wish, step.best),
                    tier_amount(step.wish, step.most),
                    f"{tier_total(step.wish, step.reached)} of {tier_total(step.wish, step.most)}",
                )
                for step in proof.steps
            ],
        )
    }
    if facts.flows:
        drawn["flows"] = pictures.flows_picture("flows", "Which countries meet", facts.flows, facts.countries)
    if facts.minutes:
        across = "hours of a working day that partners share"
        drawn["minutes"] = pictures.columns_picture("minutes", "Shared working hours", facts.minutes, across)
    if facts.similarity and any(bar.count for bar in facts.similarity):
        across = "similarity of interests, in per cent"
        drawn["similarity"] = pictures.columns_picture("similarity", "Similar interests", facts.similarity, across)
    if facts.types:
        drawn["types"] = pictures.shares_picture("types", "Wishes for a kind of partner", facts.types)
    return drawn


def _pairs(matched: Matched, facts: Facts, names: Mapping[str, str]) -> list[Mapping[str, Any]]:
    prepared = matched.prepared
    named = {key: name or key for key, name in names.items()}
    receipts = Receipts(Wording(prepared.kit), prepared.problem, named)
    question = prepared.kit.question_of_kind(QuestionKind.COUNTRY)
    people = prepared.problem.by_id()

    def shown(key: str) -> Mapping[str, str]:
        code = people[key].one(question.name) if question else ""
        return {"name": names.get(key, ""), "email": key, "country": country_name(code or "unknown")}

    return [
        {
            "number": number,
            "people": [shown(key) for key in group.ids],
            "locked": group.locked,
            "score": score,
            "hours": _hours(score, group),
            "reasons": [plain(one) for one in receipts.of(group, FOR_COORDINATORS)[0]],
        }
        for number, (group, score) in enumerate(zip(matched.pairing.groups, facts.scores, strict=True), start=1)
    ]


def _hours(score: PairScore, group: Group) -> str:
    minutes = score.overlap_minutes / (3 if len(group.ids) > 2 else 1)
    return f"{minutes / 60:.1f}".removesuffix(".0")
