"""Stories for the public, who agreed to what, and the channel in which they are published."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None
expands = True


def upgrade() -> None:
    """Bring the database to this form."""
    op.add_column("program", sa.Column("stories", sa.String(), nullable=True))
    op.create_table(
        "story",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("edited_title", sa.String(), nullable=False),
        sa.Column("edited", sa.Text(), nullable=False),
        sa.Column("byline", sa.String(), nullable=False),
        sa.Column("signed", sa.String(), nullable=False),
        sa.Column("countries", sa.JSON(), nullable=False),
        sa.Column("picture", sa.String(), nullable=False),
        sa.Column("picture_alt", sa.Text(), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("check_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["approved_by_id"], ["person.id"], name="fk_story_approved_by_id_person"),
        sa.ForeignKeyConstraint(["partnership_id"], ["partnership.id"], name="fk_story_partnership_id_partnership"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_story_person_id_person"),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name="fk_story_program_id_program"),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name="fk_story_round_id_round"),
        sa.PrimaryKeyConstraint("id", name="pk_story"),
    )
    for column in ("approved_by_id", "check_at", "partnership_id", "person_id", "program_id", "round_id"):
        op.create_index(f"ix_story_{column}", "story", [column])
    op.create_table(
        "story_consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("story_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_story_consent_person_id_person"),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name="fk_story_consent_program_id_program"),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"], name="fk_story_consent_story_id_story"),
        sa.PrimaryKeyConstraint("id", name="pk_story_consent"),
        sa.UniqueConstraint("story_id", "person_id", "revision", name="uq_story_consent_story_id_person_id_revision"),
    )
    for column in ("person_id", "program_id", "story_id"):
        op.create_index(f"ix_story_consent_{column}", "story_consent", [column])


def downgrade() -> None:
    """Refuse: the way back is a backup, which loses nothing by guessing."""
    raise NotImplementedError("restore a backup instead")
