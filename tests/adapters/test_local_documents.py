"""Files to keep, on the page of the playground."""

from bot.language.messages import Document
from tests.adapters.local_stage import direct, post
from tests.adapters.test_local_web import site


async def test_a_document_is_given_to_keep_and_never_shown_as_a_page() -> None:
    async with site() as here:
        document = Document("my data<.json", "text/html", "<script>alert(1)</script>")
        receipt = await here.adapter.perform(post("d", direct("alex"), "Here", document))
        answer = await here.client.get(f"/documents/{receipt.reference}/1")
        assert (answer.status_code, answer.text) == (200, document.text)
        assert answer.headers["content-disposition"] == 'attachment; filename="my_data_.json"'
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["x-content-type-options"] == "nosniff"
        for path in (f"{receipt.reference}/0", f"{receipt.reference}/2", "x/99"):
            assert (await here.client.get(f"/documents/{path}")).status_code == 404


async def test_a_stored_file_is_given_to_keep() -> None:
    async with site() as here:
        paper = Document("Zoë.pdf", "application/pdf", file="f1", content=b"%PDF-1.7 \xff")
        dropped = Document("old.pdf", "application/pdf", file="f2")
        receipt = await here.adapter.perform(post("d", direct("alex"), paper, dropped))
        answer = await here.client.get(f"/documents/{receipt.reference}/0")
        assert (answer.status_code, answer.content) == (200, b"%PDF-1.7 \xff")
        assert (await here.client.get(f"/documents/{receipt.reference}/1")).status_code == 404
