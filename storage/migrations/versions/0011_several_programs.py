"""A community may have several programs, each with its own channels; people say which one they talk to."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None
expands = True


def upgrade() -> None:
    """Bring the database to this form."""
    # Nothing is copied: without channels of its own, a program has those of its community, as it had before, and an
    # earlier version that still runs goes on reading and writing them there.
    op.add_column("program", sa.Column("hall", sa.String(), nullable=True))
    op.add_column("program", sa.Column("desk", sa.String(), nullable=True))
    with op.batch_alter_table("account") as table:
        table.add_column(sa.Column("program_id", sa.Integer(), nullable=True))
        table.create_foreign_key("fk_account_program_id_program", "program", ["program_id"], ["id"])


def downgrade() -> None:
    """Refuse: the way back is a backup, which loses nothing by guessing."""
    raise NotImplementedError("restore a backup instead")
