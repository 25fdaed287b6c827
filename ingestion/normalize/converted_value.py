"""What converting one cell or attribute value gives: the typed value, and what is wrong with it. Made by `values` and
`townships`, used by the rows of a sheet and the attributes of a layer alike.
"""

from dataclasses import dataclass
from dataclasses import field as attribute
from typing import Any


@dataclass(frozen=True)
class ValueProblem:
    """What becomes a finding once the reporting unit of its row is known.

    field: the contract's; cell: where it differs from the field's own cell; operands: of the rule's message.
    """

    rule_id: str
    field: str
    cell: str | None = None
    operands: dict[str, Any] = attribute(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ConvertedValue:
    """A value in the field's type and unit; None where the cell has none, or none that can be taken.

    percent_sign: it was written, or is shown, with a percent sign. conversion: its kind
    (`contracts.normalization_log.CONVERSION_KINDS`), None where the value was typed plainly.
    """

    value: Any = None
    problems: tuple[ValueProblem, ...] = ()
    percent_sign: bool = False
    conversion: str | None = None
