"""`counterpart site build` on a real database file: a folder that can be put on any web server."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.site.writing import MARK
from storage.certificates import Certificate
from storage.database import Database
from storage.partnerships import Partnership
from storage.people import Community, Person, Program
from storage.stories import Story
from tests.cli.stage import OPENS, URL, add, counterpart, town


@pytest.fixture
def build() -> Callable[..., None]:
    """Makes the database that the command finds, with some more rows."""

    async def made(*more: Any, **changes: Any) -> None:
        database = await town(**changes)
        for row in more:
            await add(database, row)
        await database.close()

    return lambda *more, **changes: asyncio.run(made(*more, **changes))


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_site_is_built_and_built_again_the_same(build: Callable[..., None]) -> None:
    build(state="ended")
    first = counterpart("site", "build", "--out", "public", "--base-url", "https://mentoring.example.org")
    assert first.exit_code == 0, first.output
    assert "The site of Librarians Across Borders is in public: " in first.stdout and first.stderr == ""
    made = files(Path("public"))
    assert {"index.html", "apply/index.html", "stories/index.html", "feed.xml", "404.html", "sitemap.xml"} <= set(made)
    assert b"<loc>https://mentoring.example.org/apply/</loc>" in made["sitemap.xml"]
    again = counterpart("site", "build", "--out", "public", "--base-url", "https://mentoring.example.org/")
    assert again.exit_code == 0
    assert files(Path("public")) == made


def test_without_an_address_it_says_what_is_missing(build: Callable[..., None]) -> None:
    build()
    result = counterpart("site", "build", "--out", "public")
    assert result.exit_code == 0 and "--base-url" in result.stderr
    assert not Path("public/sitemap.xml").exists()


def test_a_story_that_was_taken_down_is_gone(build: Callable[..., None]) -> None:
    story: dict[str, Any] = {"title": "Two towns", "text": "x", "signed": "Ana, Kenya", "state": "published"}
    at: dict[str, Any] = {"written_at": OPENS, "published_at": OPENS}
    build(
        Person(email="ana@example.org", created_at=OPENS),
        Partnership(program_id=1, round_id=1, number=1, made_at=OPENS),
        Story(program_id=1, round_id=1, partnership_id=1, person_id=1, **story, **at),
    )
    assert counterpart("site", "build", "--out", "public").exit_code == 0
    assert b"Ana, Kenya" in files(Path("public"))["stories/1-two-towns/index.html"]
    asyncio.run(_withdraw())
    assert counterpart("site", "build", "--out", "public").exit_code == 0
    after = files(Path("public"))
    assert "stories/1-two-towns/index.html" not in after and not [each for each in after.values() if b"Ana" in each]


async def _withdraw() -> None:
    database = Database(URL)
    async with database.transaction() as session:
        (await session.get_one(Story, 1)).state = "withdrawn"
    await database.close()


def test_each_certificate_that_was_issued_has_a_page(build: Callable[..., None]) -> None:
    usual: dict[str, Any] = {"program_id": 1, "round_id": 1, "made_at": OPENS, "issued_at": OPENS}
    build(
        Person(email="ana@example.org", created_at=OPENS),
        Person(email="bo@example.org", created_at=OPENS),
        Certificate(person_id=1, code="ABCD-EFGH-JKMN", name="Ana", state="issued", **usual),
        Certificate(person_id=2, code="WXYZ-EFGH-JKMN", name="Bo", state="asked", **usual),
    )
    assert counterpart("site", "build", "--out", "public").exit_code == 0
    made = files(Path("public"))
    assert b"Yes, this certificate is real." in made["certificates/ABCD-EFGH-JKMN/index.html"]
    assert not [name for name, data in made.items() if "WXYZ" in name or b"WXYZ" in data]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--base-url", "ftp://x.example.org"), "--base-url must be a web address such as"),
        (("--base-url", "mentoring.example.org"), "--base-url must be a web address such as"),
        (("--theme", "none.css"), "There is no file none.css"),
        (("--theme", "latin.css"), "--theme latin.css: this is not UTF-8 text"),
        (("--program", "7"), "Say which program with --program NUMBER: 1 is “Librarians”"),
    ],
)
def test_what_cannot_be_used_is_said_and_nothing_is_made(
    build: Callable[..., None], words: tuple[str, ...], sentence: str
) -> None:
    build()
    Path("latin.css").write_bytes(b"/* caf\xe9 */")
    result = counterpart("site", "build", "--out", "public", *words)
    assert (result.exit_code, sentence in result.stderr) == (1, True), result.output
    assert not Path("public").exists()


def test_a_folder_with_other_files_is_refused_and_left_as_it_is(build: Callable[..., None]) -> None:
    build()
    Path("public").mkdir()
    Path("public/thesis.txt").write_text("years of work", encoding="utf-8")
    result = counterpart("site", "build", "--out", "public")
    assert result.exit_code == 1 and "(thesis.txt)" in result.stderr and "Nothing was changed" in result.stderr
    assert files(Path("public")) == {"thesis.txt": b"years of work"}


def test_a_theme_comes_from_a_file(build: Callable[..., None]) -> None:
    build()
    Path("ours.css").write_text(":root { --one: #123456; }", encoding="utf-8")
    assert counterpart("site", "build", "--out", "public", "--theme", "ours.css").exit_code == 0
    assert Path("public/style.css").read_text(encoding="utf-8").endswith(":root { --one: #123456; }\n")


def test_with_several_programs_one_must_be_named(build: Callable[..., None]) -> None:
    build(
        Community(platform="paper", external_id="village", name="The Village"),
        Program(community_id=2, kit="teachers", name="Teachers"),
    )
    assert "2 is “Teachers” on paper (The Village)" in counterpart("site", "build", "--out", "public").stderr
    told = counterpart("site", "build", "--out", "public", "--program", "2").stderr
    assert "the kit “teachers”: name that one in COUNTERPART_KIT" in told
    assert counterpart("site", "build", "--out", "public", "--program", "1").exit_code == 0
    assert MARK in {path.name for path in Path("public").iterdir()}


def test_without_a_database_it_says_what_to_do() -> None:
    result = counterpart("site", "build", "--out", "public")
    assert result.stderr == "There is no database yet. Run `counterpart migrate` first.\n"
