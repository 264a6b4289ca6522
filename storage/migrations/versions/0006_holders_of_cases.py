"""Cases know who has them in hand, what was done about them, and when another partner was offered."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None
expands = True


def upgrade() -> None:
    """Bring the database to this form."""
    with op.batch_alter_table("coordinator_case") as table:
        table.add_column(sa.Column("holder_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("held_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("offered_at", sa.DateTime(timezone=True), nullable=True))
        # Of what was done about earlier cases, only the last is known: it stays where it is.
        table.add_column(sa.Column("history", sa.JSON(), server_default="[]", nullable=False))
        table.create_foreign_key("fk_coordinator_case_holder_id_person", "person", ["holder_id"], ["id"])
        table.create_index("ix_coordinator_case_holder_id", ["holder_id"])


def downgrade() -> None:
    """Refuse: the way back is a backup, which loses nothing by guessing."""
    raise NotImplementedError("restore a backup instead")
