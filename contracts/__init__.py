"""What is expected of every dataset: the single declaration, and its loader."""

from contracts.calendar import DISTRICT_TIME, TIME_ZONE
from contracts.findings import Finding, Rule, catalogue, finding
from contracts.loader import UnknownDataset, code_lists, contract, contracts, in_order_of_needs, measure_units
from contracts.model import FAMILIES, Contract, Family, FieldSpec

__all__ = [
    "DISTRICT_TIME",
    "FAMILIES",
    "TIME_ZONE",
    "Contract",
    "Family",
    "FieldSpec",
    "Finding",
    "Rule",
    "UnknownDataset",
    "catalogue",
    "code_lists",
    "contract",
    "contracts",
    "finding",
    "in_order_of_needs",
    "measure_units",
]
