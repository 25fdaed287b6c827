"""What is expected of every dataset: the single declaration, and its loader."""

from contracts.findings import Finding, Rule, catalogue, finding
from contracts.loader import UnknownDataset, code_lists, contract, contracts, in_order_of_needs, measure_units
from contracts.model import Contract, FieldSpec

__all__ = [
    "Contract",
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
