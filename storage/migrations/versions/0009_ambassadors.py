"""Roles know the countries that they are for."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None
expands = True


def upgrade() -> None:
    """Bring the database to this form."""
    with op.batch_alter_table("role") as table:
        table.add_column(sa.Column("countries", sa.JSON(), server_default="[]", nullable=False))


def downgrade() -> None:
    """Refuse: the way back is a backup, which loses nothing by guessing."""
    raise NotImplementedError("restore a backup instead")
