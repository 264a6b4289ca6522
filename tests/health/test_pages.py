"""Health and numbers of a whole house, asked for over HTTP as a supervisor and Prometheus do."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from bot.app import build, kit_of
from bot.health.metrics import Metrics
from bot.health.web import Vitals, serve_health, served_as
from bot.language.adapter import Capabilities, Gone, Retry, Unknown
from bot.language.events import Said
from bot.webserver import CannotListen
from storage.database import Database
from storage.migrate import migrate, newest
from tests.program.house import BEGIN, BOSS, House, opened

HOST = "127.0.0.1"


@dataclass
class Watched:
    """A house with its health page."""

    house: House
    metrics: Metrics
    vitals: Vitals
    client: httpx.AsyncClient

    async def get(self, path: str) -> tuple[int, str]:
        answer = await self.client.get(path)
        return answer.status_code, answer.text.strip()

    async def numbers(self) -> dict[tuple[str, ...], float]:
        """Each number by its name and the values of its labels."""
        answer = await self.client.get("/metrics")
        assert answer.headers["content-type"].startswith("text/plain")
        families = text_string_to_metric_families(answer.text)
        return {
            (sample.name.removeprefix("counterpart_"), *sample.labels.values()): sample.value
            for family in families
            for sample in family.samples
        }


@asynccontextmanager
async def watched(**vitals: Any) -> AsyncIterator[Watched]:
    async with opened() as house:
        metrics = Metrics()
        made = build(house.database, house.clock, [house.paper], kit_of("librarians"), metrics)
        house.kits, house.engine = made.kits, made.engine
        await house.engine.settle()
        # Asked about its form, a scratch database says that it was never migrated.
        form = vitals.pop("form", None)
        known = Vitals(house.database, house.clock, metrics, made.program.watches, form=form, **vitals)
        async with serve_health(known, HOST, 0) as port, httpx.AsyncClient(base_url=f"http://{HOST}:{port}") as client:
            yield Watched(house, metrics, known, client)


async def test_a_house_that_works_is_alive_and_ready() -> None:
    async with watched(awaited=["paper"]) as page:
        assert await page.get("/healthz") == (200, "alive")
        assert await page.get("/readyz") == (503, "not connected: paper")
        page.metrics.connected("paper", now=True)
        assert await page.get("/readyz") == (200, "ready")
        assert (await page.numbers())["connected", "paper"] == 1
        page.metrics.connected("paper", now=False)
        assert (await page.get("/readyz"))[0] == 503


async def test_a_silent_bell_is_noticed() -> None:
    async with watched(silent=timedelta(seconds=-1)) as page:
        status, told = await page.get("/healthz")
        assert (status, told.startswith("the bell has been silent for")) == (503, True)
        page.vitals.silent = timedelta(minutes=1)
        assert (await page.get("/healthz"))[0] == 200


async def test_a_database_in_another_form_is_not_ready() -> None:
    async with watched(form="9999") as page:
        assert await page.get("/readyz") == (503, "the database is in the form none, and this version needs 9999")


async def test_beside_a_later_version_it_is_ready_as_long_as_it_can_go_on(tmp_path: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path}/test.db")
    await migrate(database)
    async with watched() as page:
        page.vitals.database, page.vitals.form = database, newest()
        assert await page.get("/readyz") == (200, "ready")
        for oldest, status in ((newest(), 200), ("9998", 503)):
            async with database.connection() as connection:
                await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
                await connection.execute(text("DELETE FROM schema_form"))
                await connection.execute(text(f"INSERT INTO schema_form VALUES (1, '{oldest}')"))
            assert (await page.get("/readyz"))[0] == status
    await database.close()


async def test_what_is_handled_and_sent_is_counted() -> None:
    async with watched() as page:
        await page.house.command(BOSS, "help")
        await page.house.type(BOSS, "hello")
        numbers = await page.numbers()
        assert numbers["events_total", "commanded", "done"] == 1
        assert numbers["events_total", "said", "done"] == 1
        assert numbers["acts_total", "reply", "sent"] == 2
        assert numbers["turn_seconds_count", "inbox"] == 2
        assert numbers["database_up",] == 1
        assert not [name for name in numbers if "dead" in name and numbers[name]]


async def test_what_goes_wrong_is_counted_by_its_kind() -> None:
    async with watched() as page:
        problems = iter([Retry(30), Unknown("lost"), None, Gone("nobody there")])

        def refuse(act: object) -> None:
            if problem := next(problems, None):
                raise problem

        page.house.paper.refuse = refuse
        await page.house.command(BOSS, "help")
        assert (await page.numbers())["outbox_due",] == 1
        await page.house.until(BEGIN + timedelta(seconds=31))
        numbers = await page.numbers()
        assert (numbers["outbox_unknown",], numbers["outbox_lag_seconds",]) == (1, 31)
        await page.house.until(BEGIN + timedelta(minutes=2))
        await page.house.command(BOSS, "help")
        numbers = await page.numbers()
        counted = {name[2]: numbers[name] for name in numbers if name[:2] == ("acts_total", "reply")}
        assert counted == {"retry": 1, "unknown": 1, "sent": 1, "dead": 1}
        assert (numbers["outbox_dead",], numbers["outbox_unknown",], numbers["outbox_due",]) == (1, 0, 0)


async def test_waits_for_the_pace_are_counted() -> None:
    async with watched() as page:
        page.house.paper.capabilities = Capabilities(per_address_second=0.1)
        made = build(page.house.database, page.house.clock, [page.house.paper], kit_of("librarians"), page.metrics)
        page.house.engine = made.engine
        for _ in range(2):
            await page.house.command(BOSS, "help")
        numbers = await page.numbers()
        assert (numbers["pace_waits_total", "paper"], numbers["pace_wait_seconds_total", "paper"]) == (1, 10)


async def test_events_that_fail_and_wait_are_counted() -> None:
    async with watched() as page:
        house = page.house
        event = Said("e", house.clock.now(), house.actor(BOSS), house.direct(BOSS), "hello")
        async with house.database.connection() as connection:
            await connection.execute(text("UPDATE program SET kit = 'a kit that is not there'"))
        await house.receive(event)
        house.clock.set(house.clock.now() + timedelta(seconds=1))
        numbers = await page.numbers()
        assert numbers["events_total", "said", "failed"] == 1
        assert (numbers["inbox_waiting",], numbers["inbox_lag_seconds",]) == (1, 1)
        await house.until(house.clock.now() + timedelta(minutes=10))
        numbers = await page.numbers()
        assert (numbers["events_total", "said", "parked"], numbers["events_total", "said", "failed"]) == (1, 4)
        assert (numbers["inbox_parked",], numbers["inbox_waiting",]) == (1, 0)


async def test_what_is_due_and_not_done_is_seen() -> None:
    async with watched() as page:
        house = page.house
        house.clock.set(BEGIN + timedelta(days=20))
        numbers = await page.numbers()
        assert numbers["moments_due",] >= 2
        assert numbers["calendar_lag_seconds", "rounds"] >= timedelta(days=15).total_seconds()
        await house.engine.settle()
        numbers = await page.numbers()
        assert (numbers["moments_due",], numbers["calendar_lag_seconds", "rounds"]) == (0, 0)


async def test_without_a_database_it_lives_and_is_not_ready(tmp_path: Any) -> None:
    file = tmp_path / "test.db"
    database = Database(f"sqlite+aiosqlite:///{file}")
    await migrate(database)
    await database.close()
    async with watched() as page:
        page.vitals.database = Database(f"sqlite+aiosqlite:///{tmp_path}/no/such/folder/x.db")
        assert (await page.get("/healthz"))[0] == 200
        assert await page.get("/readyz") == (503, "the database does not answer")
        numbers = await page.numbers()
        assert numbers["database_up",] == 0
        page.vitals.database = database
        page.vitals.watches = ()
        assert (await page.numbers())["database_up",] == 1
    await database.close()


async def test_only_what_is_meant_is_served() -> None:
    async with watched() as page:
        assert (await page.get("/"))[0] == 404
        assert (await page.client.post("/healthz")).status_code == 405


async def test_an_address_that_is_taken_is_named() -> None:
    async with watched() as page:
        with socket.create_server((HOST, 0)) as taken:
            port = taken.getsockname()[1]
            with pytest.raises(CannotListen, match=f"port {port} .*COUNTERPART_HEALTH_PORT"):
                async with serve_health(page.vitals, HOST, port):
                    pass
        async with served_as(page.vitals, HOST, 0):
            assert page.client.base_url.port, "nothing else is served, and nothing is raised"
