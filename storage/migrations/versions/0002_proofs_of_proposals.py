"""Proposals keep what is proved of them."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database to this form."""
    # Of proposals made before there were proofs, nothing is known.
    op.add_column("proposal", sa.Column("proof", sa.JSON(), server_default="{}", nullable=False))


def downgrade() -> None:
    """Refuse: the way back is a backup, which loses nothing by guessing."""
    raise NotImplementedError("restore a backup instead")
