"""Forms to write an answer in. What a form is for stands in its own id, so that it can be sent after a restart."""

from adapters.discord.marks import CUSTOM_ID, FORM, Field, Mark
from bot.language.payload import Json

LABEL, TEXT_INPUT = 18, 4
"""Types of components."""
_SHORT, _LONG = 1, 2
_LABEL, _TEXT = 45, 4_000
_HINTS = {"number": "A number, for example 17", "date": "A date, for example 2027-09-01"}
_NUMBER, _DATE = 40, 60


def answer_form(mark: Mark) -> Json | None:
    """The form that a `WRITE` button opens; None where it does not say for what."""
    field = Field.parse(mark.value)
    form = Mark(FORM, mark.guild, mark.act, mark.token)
    if not mark.token or len(str(form)) > CUSTOM_ID:
        return None
    entry: Json = {
        "type": TEXT_INPUT,
        "custom_id": "answer",
        "style": _LONG if field.kind == "long" else _SHORT,
        "required": True,
        "max_length": {"number": _NUMBER, "date": _DATE}.get(field.kind, _TEXT),
    }
    if hint := _HINTS.get(field.kind):
        entry["placeholder"] = hint
    label: Json = {"type": LABEL, "label": (field.label.strip() or "Your answer")[:_LABEL], "component": entry}
    return {"custom_id": str(form), "title": "Your answer", "components": [label]}
