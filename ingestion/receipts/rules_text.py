"""What became of the rules, in a receipt's one line of Chinese. Called by `report_text`."""

from contracts.rule_outcomes import OUTCOMES, RuleOutcomes


def counts_of_rules(rules: RuleOutcomes) -> str:
    """How many rules passed, failed and do not apply, counted for each reporting unit; nothing where none was kept."""
    if not rules.by_rule:
        return ""
    counted = "、".join(f"{OUTCOMES[outcome].zh} {number}" for outcome, number in rules.counts().items())
    return f"{counted}（每条规则按填报单元计；清单见 receipt.json 的 rules）"
