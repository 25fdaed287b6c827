"""What goes between the caller and the children of the sandbox arrives as it was."""

from contracts.rule_outcomes import FAILED, PASSED, RuleOutcomes
from ingestion.sandbox.protocol import decoded, encoded


def test_rule_outcomes_arrive_as_they_were() -> None:
    sent = RuleOutcomes({("ecology.part_exceeds_whole", None): {("A", "2025"): PASSED, ("B", None): FAILED}})
    assert decoded(RuleOutcomes, encoded(sent)) == sent
    assert decoded(RuleOutcomes, encoded(RuleOutcomes())) == RuleOutcomes()
