"""Answers to anonymous surveys."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None
expands = True


def upgrade() -> None:
    """Bring the database to this form."""
    op.create_table(
        "anonymous_answer",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("survey", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name="fk_anonymous_answer_program_id_program"),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name="fk_anonymous_answer_round_id_round"),
        sa.PrimaryKeyConstraint("id", name="pk_anonymous_answer"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_anonymous_answer_round_id", "anonymous_answer", ["round_id"])


def downgrade() -> None:
    """Refuse: the way back is a backup, which loses nothing by guessing."""
    raise NotImplementedError("restore a backup instead")
