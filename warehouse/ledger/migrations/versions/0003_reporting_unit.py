"""The column `unit` is called `reporting_unit`, beside units of measure."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = ("submission_unit", "finding", "event", "decision", "waiver")


def upgrade() -> None:
    for table in TABLES:
        op.execute(f"alter table {table} rename column unit to reporting_unit")


def downgrade() -> None:
    for table in TABLES:
        op.execute(f"alter table {table} rename column reporting_unit to unit")
