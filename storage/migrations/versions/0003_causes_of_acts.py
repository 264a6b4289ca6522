"""Acts remember the event that caused them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None
expands = True


def upgrade() -> None:
    """Bring the database to this form."""
    # Of acts that were enqueued before, or by an earlier version that still runs, the cause is not known.
    op.add_column("outbox_act", sa.Column("cause", sa.String(), server_default="", nullable=False))


def downgrade() -> None:
    """Refuse: the way back is a backup, which loses nothing by guessing."""
    raise NotImplementedError("restore a backup instead")
