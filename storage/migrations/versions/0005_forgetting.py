"""People who asked to be forgotten, and marks by which two are not paired again."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None
expands = True


def upgrade() -> None:
    """Bring the database to this form."""
    op.create_table(
        "erasure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("told", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_erasure_person_id_person"),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name="fk_erasure_program_id_program"),
        sa.PrimaryKeyConstraint("id", name="pk_erasure"),
    )
    op.create_index("ix_erasure_person_id", "erasure", ["person_id"])
    op.create_index("ix_erasure_program_id", "erasure", ["program_id"])
    op.create_index("ix_erasure_state", "erasure", ["state"])
    op.create_table(
        "keepsake",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_keepsake"),
    )
    op.create_table(
        "no_repeat",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=True),
        sa.Column("other_mark", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["other_id"], ["person.id"], name="fk_no_repeat_other_id_person"),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name="fk_no_repeat_program_id_program"),
        sa.PrimaryKeyConstraint("id", name="pk_no_repeat"),
    )
    op.create_index("ix_no_repeat_mark", "no_repeat", ["mark"])
    op.create_index("ix_no_repeat_other_id", "no_repeat", ["other_id"])
    op.create_index("ix_no_repeat_program_id", "no_repeat", ["program_id"])


def downgrade() -> None:
    """Refuse: the way back is a backup, which loses nothing by guessing."""
    raise NotImplementedError("restore a backup instead")
