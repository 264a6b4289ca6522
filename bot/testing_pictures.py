"""A journey of somebody who sends a picture, written once and played on every platform."""

from dataclasses import replace

from bot.testing import ANA, Venue, Where, answer_to, heard, set_up
from topics.model import Kit, Question, QuestionKind

PICTURE = Question("face", QuestionKind.PICTURE, "Would you like to send a picture of your desk?", required=False)
"""What a kit is given for this journey, after its own questions."""


def asking(kit: Kit) -> Kit:
    """The kit with a picture as its last question."""
    return replace(kit, questions=(*kit.questions, PICTURE))


async def a_picture_is_sent(venue: Venue, kit: Kit, picture: bytes, *, restarts: bool = False) -> None:
    """Somebody applies, and answers with a picture: words, a file that is none, and files nobody asked for are not
    taken. `kit` is what `asking` made."""
    await set_up(venue)
    await venue.send_picture(ANA, "early.png", picture)
    await heard(venue, ANA, "I did not ask for a file just now")
    await venue.press(ANA, "Apply", Where.HALL)
    for question in kit.questions[:-1]:
        await heard(venue, ANA, question.prompt)
        await venue.say(ANA, answer_to(question, ANA))
    await heard(venue, ANA, PICTURE.prompt)
    await venue.say(ANA, "It is a very tidy desk.")
    await heard(venue, ANA, "I need a picture here, and got words")
    await venue.send_picture(ANA, "desk.png", b"These are words that call themselves a picture.")
    await heard(venue, ANA, "This is no picture that I know")
    if restarts:
        await venue.restart()
    await venue.send_picture(ANA, "desk.jpg", picture)
    await heard(venue, ANA, "one moment: I am looking at your picture")
    review = await heard(venue, ANA, "A picture")
    assert "Submit" in review.labels, review
    await venue.send_picture(ANA, "more.jpg", picture)
    await heard(venue, ANA, "I did not ask for a file just now")
    await venue.press(ANA, "Submit")
    await heard(venue, ANA, "you have a place")
