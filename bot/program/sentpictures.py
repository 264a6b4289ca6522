"""Pictures as answers: asked for by a question, brought by an act, cleaned, kept, and only then the answer."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from math import ceil

from sqlalchemy import update
from sqlmodel import col

from bot.engine.courier import Outcome
from bot.flows.spec import Answer, Flow, StepKind
from bot.language.acts import FetchFile
from bot.language.events import SentFile
from bot.language.markup import Markdown
from bot.program.pictures import CleanPicture, cleaned
from bot.program.turn import Turn
from storage.files import StoredFile
from storage.people import Account, Program
from storage.traffic import FlowRun

FETCHED = "picture"
"""The continuation that goes on once a picture was brought."""
MOST = 16 * 1024 * 1024
"""So large may a picture be as it is sent: a telephone's camera makes such. What is kept of it is much smaller."""
UNUSED = timedelta(days=60)
"""How long a picture is kept whose conversation never came to its end."""

Refusal = tuple[str, Mapping[str, object]]
"""Why it is no answer: the key of a text, and its values."""


async def fetch(
    turn: Turn, program: Program, run: FlowRun, account: Account, files: Sequence[SentFile], key: str, token: str
) -> Refusal | None:
    """Have the picture brought that answers the waiting question, and say so. Returns why not, where it cannot be."""
    if len(files) != 1:
        return "picture.only_one", {"count": len(files)}
    file = files[0]
    if file.media_type and not file.media_type.lower().startswith("image/"):
        return "picture.none", {"reason": "kind"}
    if file.size > MOST:
        return "picture.too_large", {"size": ceil(file.size / 2**20 * 10) / 10, "most": MOST // 2**20}
    address = await turn.direct(account)
    turn.post(address, "reply", f"{key}:moment", turn.say(program, "picture.coming"), prompted=True)
    act = FetchFile(f"{key}:picture", "file", address, file.reference, MOST)
    turn.work.enqueue(act, subject=token, then=FETCHED)
    return None


async def received(turn: Turn, program: Program, run: FlowRun, outcome: Outcome) -> str | Refusal:
    """Keep what was brought. Returns the key of its file, or why it is no answer."""
    if outcome.receipt is None:
        await _told_desk(turn, program, outcome)
        return "picture.not_had", {}
    content = outcome.receipt.content
    picture: CleanPicture | Exception = turn.work.computed(content, partial(cleaned, content))
    if not isinstance(picture, CleanPicture):
        return "picture.none", {"reason": getattr(picture, "reason", "damaged")}
    name = f"picture-{run.id}-{run.revision}"
    file = await turn.keep_file(
        program, f"picture:{run.id}:{run.revision}", f"{name}{picture.suffix}", picture.media_type, picture.content,
        drop_after=turn.now + UNUSED, person_id=run.person_id,
    )  # fmt: skip
    return file.key


async def keep_answered(turn: Turn, flow: Flow, answers: Mapping[str, Answer]) -> None:
    """A conversation has come to its end: the pictures among its answers stay for as long as the answers."""
    keys = [str(answers[step.name]) for step in flow.steps if step.kind is StepKind.PICTURE and step.name in answers]
    if keys:
        await turn.session.exec(update(StoredFile).where(col(StoredFile.key).in_(keys)).values(drop_after=None))
        turn.work.changed.add(StoredFile)


async def _told_desk(turn: Turn, program: Program, outcome: Outcome) -> None:
    """What the bot may not do somebody must allow: the desk hears of it, once a day at most."""
    if outcome.reason.startswith("refused:"):
        to = outcome.act.address
        text = turn.say(program, "files.not_fetched", reason=Markdown(outcome.reason.removeprefix("refused:").strip()))
        await turn.tell_desk(program, "notice", f"fetch:{to.platform}:{to.community}:{turn.now.date()}", text)
