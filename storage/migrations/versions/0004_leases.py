"""Processes that share a database: leases, and how old a program may be that works beside a newer one."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None
expands = True


def upgrade() -> None:
    """Bring the database to this form."""
    op.create_table(
        "lease",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_lease"),
    )
    op.create_table(
        "schema_form",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("compatible_from", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_schema_form"),
    )


def downgrade() -> None:
    """Refuse: the way back is a backup, which loses nothing by guessing."""
    raise NotImplementedError("restore a backup instead")
