"""Partnerships keep the time that the partners chose to meet."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None
expands = True


def upgrade() -> None:
    """Bring the database to this form."""
    # An earlier version that still runs writes partnerships without it.
    op.add_column("partnership", sa.Column("meeting", sa.JSON(), server_default="{}", nullable=False))


def downgrade() -> None:
    """Refuse: the way back is a backup, which loses nothing by guessing."""
    raise NotImplementedError("restore a backup instead")
