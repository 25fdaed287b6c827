"""What is expected of every dataset: the single declaration, and its loader. Every room asks here."""

from contracts.calendar import DISTRICT_TIME, TIME_ZONE
from contracts.findings import Finding, Rule, catalogue, finding
from contracts.loader import (
    UnknownDataset,
    code_lists,
    contract,
    contracts,
    correction_words,
    foreign_units,
    group_words,
    heading_words,
    in_order_of_needs,
    measure_units,
    plain_words,
    qualifier_words,
    unit_kinds,
)
from contracts.model import FAMILIES, Contract, Family, FieldSpec
from contracts.references import ContractError

__all__ = [
    "DISTRICT_TIME",
    "FAMILIES",
    "TIME_ZONE",
    "Contract",
    "ContractError",
    "Family",
    "FieldSpec",
    "Finding",
    "Rule",
    "UnknownDataset",
    "catalogue",
    "code_lists",
    "contract",
    "contracts",
    "correction_words",
    "finding",
    "foreign_units",
    "group_words",
    "heading_words",
    "in_order_of_needs",
    "measure_units",
    "plain_words",
    "qualifier_words",
    "unit_kinds",
]
