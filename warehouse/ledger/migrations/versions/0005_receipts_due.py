"""Receipts that are due: entered with what happened to a submission, taken out when its receipt shows it.

Of what an earlier version left without any receipt, the first one is due. Whether one that is there shows the last
decision, an earlier version did not say.
"""

import sqlalchemy as sa
from alembic import op

from warehouse.ledger.schema_base import Moment

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "receipt_due",
        sa.Column("submission_id", sa.String(32), nullable=False),
        sa.Column("due_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("submission_id", name="pk_receipt_due"),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.submission_id"], name="fk_receipt_due_submission_id"),
    )
    op.execute(
        "insert into receipt_due (submission_id, due_at) select submission_id, coalesce(settled_at, received_at) "
        "from submission where receipt_as is null and state not in ('received', 'staged')"
    )


def downgrade() -> None:
    op.drop_table("receipt_due")
