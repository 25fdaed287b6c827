"""The column `unit` is called `reporting_unit`, beside units of measure; findings keep up with rules that were renamed."""

from alembic import op

from warehouse.ledger.migrations.renamed_rules import FAMILY, FORMER_FAMILY, RENAMED

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = ("submission_unit", "finding", "event", "decision", "waiver")


def upgrade() -> None:
    for table in TABLES:
        op.execute(f"alter table {table} rename column unit to reporting_unit")
    for former, rule in RENAMED.items():
        _rename(f"'{rule}'", f"rule_id = '{former}'")
        _rename_in_decisions(former, rule)
    _rename(f"'{FAMILY}' || substr(rule_id, {len(FORMER_FAMILY) + 1})", f"rule_id like '{FORMER_FAMILY}%'")


def downgrade() -> None:
    for table in TABLES:
        op.execute(f"alter table {table} rename column reporting_unit to unit")
    for former, rule in RENAMED.items():
        _rename(f"'{former}'", f"rule_id = '{rule}'")
        _rename_in_decisions(rule, former)
    _rename(f"'{FORMER_FAMILY}' || substr(rule_id, {len(FAMILY) + 1})", f"rule_id like '{FAMILY}%'")


def _rename(to: str, where: str) -> None:
    for table in ("finding", "waiver"):
        op.execute(f"update {table} set rule_id = {to} where {where}")


def _rename_in_decisions(former: str, rule: str) -> None:
    """Decisions list the rules that they lifted as JSON."""
    text = f"replace(cast(rules as text), '\"{former}\"', '\"{rule}\"')"
    is_postgres = op.get_bind().dialect.name == "postgresql"
    op.execute(f"update decision set rules = {f'cast({text} as json)' if is_postgres else text}")
