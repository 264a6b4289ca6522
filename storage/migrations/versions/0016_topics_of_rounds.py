"""The topics of a round are kept, since the kit's may change before the next one."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None
expands = True


def upgrade() -> None:
    """Bring the database to this form."""
    with op.batch_alter_table("round") as table:
        table.add_column(sa.Column("topics", sa.JSON(), server_default="[]", nullable=False))


def downgrade() -> None:
    """Refuse: the way back is a backup, which loses nothing by guessing."""
    raise NotImplementedError("restore a backup instead")
