"""Since when somebody waits for a partner, and pairs that are asked to take one in as a third."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None
expands = True


def upgrade() -> None:
    """Bring the database to this form."""
    op.add_column("application", sa.Column("seeking_since", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "third_ask",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["partnership_id"], ["partnership.id"], name="fk_third_ask_partnership_id_partnership"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_third_ask_person_id_person"),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name="fk_third_ask_program_id_program"),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name="fk_third_ask_round_id_round"),
        sa.PrimaryKeyConstraint("id", name="pk_third_ask"),
        sa.UniqueConstraint("person_id", "partnership_id", name="uq_third_ask_person_id_partnership_id"),
    )
    for column in ("partnership_id", "person_id", "program_id", "round_id"):
        op.create_index(f"ix_third_ask_{column}", "third_ask", [column])


def downgrade() -> None:
    """Refuse: the way back is a backup, which loses nothing by guessing."""
    raise NotImplementedError("restore a backup instead")
