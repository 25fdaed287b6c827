"""Rules that were renamed, for the migrations that read what was recorded under their former ids."""

RENAMED = {
    "conform.value_repaired": "normalize.value_converted",
    "reading.evidence_kept": "reading.attachment_kept",
    "reading.evidence_unlinked": "reading.attachment_unlinked",
    "layer.undeclared_ground": "layer.zoning_mismatch",
    "version.rows_vanished": "version.rows_dropped",
}
FORMER_FAMILY, FAMILY = "conform.", "normalize."


def present_rule(rule_id: str) -> str:
    """Today's id of a rule."""
    if rule_id in RENAMED:
        return RENAMED[rule_id]
    return FAMILY + rule_id.removeprefix(FORMER_FAMILY) if rule_id.startswith(FORMER_FAMILY) else rule_id
