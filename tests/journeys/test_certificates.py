"""Whoever completes a round gets a certificate, on every platform, and its code is confirmed."""

from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlmodel import col, select

from bot.app import kit_of
from bot.program.certificates import verify
from bot.testing import KIT
from bot.testing_certificates import FILE, a_certificate_is_given, certifying
from storage.files import StoredFile
from tests.journeys.test_sent_pictures import venue_on

TEACHERS = certifying(kit_of(KIT)[KIT])


@pytest.mark.parametrize("restarts", [False, True], ids=["", "restarts"])
@pytest.mark.parametrize("platform", ["playground", "slack", "discord"])
async def test_a_certificate_is_given_and_confirmed(platform: str, restarts: bool, tmp_path: Path) -> None:
    async with venue_on(platform, tmp_path, TEACHERS) as (venue, database):
        name, code = await a_certificate_is_given(venue, TEACHERS, restarts=restarts)
        async with database.transaction() as session:
            confirmed = await verify(session, code.lower().replace("-", " "))
            assert confirmed is not None and confirmed.name == name
            assert await verify(session, "0000-0000-0000") is None, "one that was made up"
            newest = select(StoredFile).where(StoredFile.name == FILE).order_by(col(StoredFile.id).desc())
            file = (await session.exec(newest)).first()
        assert file is not None
        sheet = PdfReader(BytesIO(file.content)).pages[0].extract_text()
        assert name in sheet and code in sheet
