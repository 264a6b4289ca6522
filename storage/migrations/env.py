"""Run by Alembic for each migration. The connection, and the transaction around it, come from `storage.migrate`."""

from alembic import context
from sqlmodel import SQLModel

from storage.migrate import rendered

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_item=rendered,
    # SQLite cannot alter most of a table: Alembic then makes it anew and copies its rows.
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
