"""A picture as an answer: brought, cleaned and kept before the next question; whatever else comes is told so kindly."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image

from bot.app import build
from bot.flows.spec import StepKind
from bot.language.acts import Act, FetchFile
from bot.language.adapter import Refused, Retry, Unknown
from bot.language.events import Said, SentFile
from bot.program.privacy import Privacy
from bot.program.sentpictures import MOST, UNUSED
from bot.testing_pictures import asking
from storage.files import StoredFile
from storage.rounds import Application
from storage.traffic import FlowRun
from tests.program.house import House, kit, opened, words
from topics.model import Kit

DAY = timedelta(days=1)
ANSWERS = ("Portugal", "Lisbon", "Public", "skip", "Metadata", "yes", "I look after maps.")
MOMENT, NEXT = "one moment", "your answers"


def kits() -> Mapping[str, Kit]:
    """The kit with nothing but a country and a picture to be asked for."""
    known = kit()["librarians"]
    asked = asking(replace(known, questions=tuple(q for q in known.questions if q.name == "country"), wishes=()))
    return {"librarians": asked}


def picture(colour: str = "red", size: int = 20) -> bytes:
    file = BytesIO()
    Image.new("RGB", (size, size), colour).save(file, "PNG")
    return file.getvalue()


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with opened(kits()) as house:
        await house.command("boss", "round open starts:2026-11-02")
        await house.type("ana", "apply")
        assert "picture" in await house.type("ana", "Portugal")
        house.paper.files |= {"one": picture(), "two": picture("blue"), "none": b"<svg/>", "long": bytes(MOST + 1)}
        yield house


def sent(reference: str = "one", name: str = "desk.png", media_type: str = "image/png", size: int = 99) -> SentFile:
    return SentFile(reference, name, media_type, size)


async def step(house: House) -> str:
    """Which question waits for Ana."""
    return (await house.rows(FlowRun))[-1].step


async def test_it_is_the_answer_once_it_was_brought(house: House) -> None:
    answers = await house.send("ana", sent())
    assert MOMENT in answers and "A picture" in answers and answers.index(MOMENT) < answers.index("A picture")
    (file,) = await house.rows(StoredFile)
    assert file.person_id == (await house.rows(FlowRun))[-1].person_id and file.drop_after is not None
    assert "one" not in file.key and "desk" not in file.name, "nothing of what it was called is kept"
    await house.type("ana", "submit")
    (file,) = await house.rows(StoredFile)
    application = next(row for row in await house.rows(Application) if row.answers)
    assert (application.answers["face"], file.drop_after) == (file.key, None)


async def test_the_same_event_twice_brings_it_once(house: House) -> None:
    event = Said(**house.head("ana"), address=house.direct("ana"), files=(sent(),))
    await house.receive(event)
    await house.receive(event)
    assert len([act for _, act in house.paper.done if isinstance(act, FetchFile)]) == 1
    assert len(await house.rows(StoredFile)) == 1


async def test_of_two_in_a_row_the_first_counts(house: House) -> None:
    events = [Said(**house.head("ana"), address=house.direct("ana"), files=(sent(name),)) for name in ("one", "two")]
    await house.receive(*events)
    (file,) = await house.rows(StoredFile)
    shown = Image.open(BytesIO(file.content)).convert("RGB").getpixel((3, 3))
    assert isinstance(shown, tuple) and shown[0] > 200, "the second came when nobody asked any more"


async def test_whoever_skips_meanwhile_has_skipped(house: House) -> None:
    events = [
        Said(**house.head("ana"), address=house.direct("ana"), files=(sent(),)),
        Said(**house.head("ana"), address=house.direct("ana"), text="skip"),
    ]
    await house.receive(*events)
    assert await step(house) == "review" and await house.rows(StoredFile) == []


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ((sent(), sent("two")), "You sent 2 files at once"),
        ((sent(media_type="video/mp4"),), "no picture that I know"),
        ((sent(media_type="application/pdf"),), "no picture that I know"),
        ((sent(size=MOST + 1),), "This picture has 16"),
    ],
    ids=["two", "film", "paper", "large"],
)
async def test_what_cannot_be_it_is_not_even_fetched(house: House, files: tuple[SentFile, ...], said: str) -> None:
    assert said in await house.send("ana", *files)
    assert not [act for _, act in house.paper.done if isinstance(act, FetchFile)]
    assert await step(house) == "face"
    assert "A picture" in await house.send("ana", sent())


@pytest.mark.parametrize(
    ("file", "said"),
    [(sent("none"), "no picture that I know"), (sent("gone"), "could not get your picture")],
    ids=["svg", "deleted"],
)
async def test_what_turns_out_to_be_none_is_told(house: House, file: SentFile, said: str) -> None:
    answers = await house.send("ana", file)
    assert MOMENT in answers and said in answers and await step(house) == "face"
    assert await house.rows(StoredFile) == []
    assert "A picture" in await house.send("ana", sent("two"))


async def test_what_the_bot_may_not_fetch_the_desk_hears_of_once_a_day(house: House) -> None:
    def refuse(act: Act) -> None:
        if isinstance(act, FetchFile):
            raise Refused("Counterpart lacks the permission files:read.")

    house.paper.refuse = refuse
    for _ in range(2):
        assert "could not get your picture" in await house.send("ana", sent())
    told = [words(post) for post in house.paper.posts("fetch:", to="desk")]
    assert len(told) == 1 and "files:read" in told[0]


async def test_it_is_fetched_again_after_any_trouble(house: House) -> None:
    troubles: list[Exception] = [Retry(5), Unknown("the connection broke"), TimeoutError()]

    def refuse(act: Act) -> None:
        if isinstance(act, FetchFile) and troubles:
            raise troubles.pop()

    house.paper.refuse = refuse
    await house.send("ana", sent())
    await house.until(house.clock.now() + timedelta(minutes=5))
    assert troubles == [] and await step(house) == "review" and len(await house.rows(StoredFile)) == 1


async def test_after_a_stop_between_fetching_and_keeping_it_is_fetched_again(house: House) -> None:
    class Died(BaseException):
        """The process ends."""

    def die(act: Act) -> None:
        if isinstance(act, FetchFile):
            raise Died

    house.paper.refuse = die
    with pytest.raises(BaseException) as ended:
        await house.send("ana", sent())
    assert isinstance(ended.value, Died)
    house.paper.refuse = lambda act: None
    anew = build(house.database, house.clock, [house.paper], kits())
    house.kits, house.engine = anew.kits, anew.engine
    await house.engine.courier.recover()
    await house.until(house.clock.now() + timedelta(minutes=5))
    assert await step(house) == "review" and len(await house.rows(StoredFile)) == 1


async def test_words_and_forged_buttons_are_no_picture(house: House) -> None:
    assert "I need a picture here, and got words" in await house.type("ana", "my desk")
    token = house.question("ana")
    await house.press("ana", token, "picture:1:1")
    assert await step(house) == "face", "nobody can name a file that they did not send"
    await house.type("ana", "no")
    assert await step(house) == "review"


async def test_files_that_nobody_asked_for_are_not_taken(house: House) -> None:
    assert "did not ask for a file" in await house.send("bo", sent())
    both = await house.send("bo", sent(), text="help")
    assert "did not ask for a file" in both and "Your words I have" in both and "apply" in both
    await house.type("ana", "skip")
    assert "did not ask for a file" in await house.send("ana", sent())
    assert await step(house) == "review"
    assert not [act for _, act in house.paper.done if isinstance(act, FetchFile)]


async def test_a_picture_whose_conversation_never_ends_is_dropped(house: House) -> None:
    kept = build(house.database, house.clock, [house.paper], kits(), privacy=Privacy(keep=30 * DAY))
    house.engine, house.kits = kept.engine, kept.kits
    await house.send("ana", sent())
    await house.type("ana", "stop")
    await house.until(house.clock.now() + UNUSED - 2 * DAY)
    assert len(await house.rows(StoredFile)) == 1
    await house.until(house.clock.now() + 4 * DAY)
    assert await house.rows(StoredFile) == []


async def test_another_picture_takes_its_place(house: House) -> None:
    await house.send("ana", sent())
    await house.type("ana", "change")
    await house.type("ana", "face")
    assert await step(house) == "face"
    await house.send("ana", sent("two"))
    await house.type("ana", "submit")
    first, second = await house.rows(StoredFile)
    application = next(row for row in await house.rows(Application) if row.answers)
    assert application.answers["face"] == second.key and second.drop_after is None
    assert first.drop_after is not None, "nobody has a use for it any more"


def test_the_kinds_of_steps_and_of_questions_are_the_same() -> None:
    (asked,) = kits().values()
    assert asked.questions[-1].kind.value == StepKind.PICTURE.value
