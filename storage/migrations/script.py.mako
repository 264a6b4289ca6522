"""${message}."""

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}
expands = False  # True, if programs of the form before can go on working with this one


def upgrade() -> None:
    """Bring the database to this form."""
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    """Refuse: the way back is a backup, which loses nothing by guessing."""
    raise NotImplementedError("restore a backup instead")
