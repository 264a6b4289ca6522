"""When people write and were asked is kept; and when somebody had a place."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None
expands = True


def upgrade() -> None:
    """Bring the database to this form."""
    op.create_table(
        "writing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_writing_member_id_member"),
        sa.ForeignKeyConstraint(["partnership_id"], ["partnership.id"], name="fk_writing_partnership_id_partnership"),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name="fk_writing_program_id_program"),
        sa.PrimaryKeyConstraint("id", name="pk_writing"),
    )
    op.create_index("ix_writing_partnership_id", "writing", ["partnership_id"])
    with op.batch_alter_table("member") as table:
        table.add_column(sa.Column("asked", sa.JSON(), server_default="[]", nullable=False))
        table.add_column(sa.Column("behaviour", sa.JSON(), server_default="{}", nullable=False))
    op.add_column("application", sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Refuse: the way back is a backup, which loses nothing by guessing."""
    raise NotImplementedError("restore a backup instead")
