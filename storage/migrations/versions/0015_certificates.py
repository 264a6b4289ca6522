"""Certificates for those who completed a round, with a code that confirms them."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None
expands = True


def upgrade() -> None:
    """Bring the database to this form."""
    op.create_table(
        "certificate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name="fk_certificate_program_id_program"),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name="fk_certificate_round_id_round"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_certificate_person_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_certificate"),
        sa.UniqueConstraint("code", name="uq_certificate_code"),
        sa.UniqueConstraint("round_id", "person_id", name="uq_certificate_round_id_person_id"),
    )
    for column in ("program_id", "round_id", "person_id", "due_at"):
        op.create_index(f"ix_certificate_{column}", "certificate", [column])


def downgrade() -> None:
    """Refuse: the way back is a backup, which loses nothing by guessing."""
    raise NotImplementedError("restore a backup instead")
