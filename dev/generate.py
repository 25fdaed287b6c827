"""Files derived from the contracts and committed: python -m dev.generate [--check].

dbt cannot read a contract, so what its models need of them is written out: sources and staging models with their
columns (dev.dbt_yaml, dev.dbt_sql), the units with their factors, the fields with their units; so are the data dictionary and what each
rule is about (dev.rule_reach). Of requirements.lock come the lock of servers and the licences. `--check`
writes nothing and fails when a file is not what the contracts now say.
"""

import csv
import functools
import io
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from contracts import contracts, measure_units
from contracts.reference import COUNTY_CODE, COUNTY_NAME
from contracts.rule_outcomes import CODES, OUTCOMES, REASONS
from dev.data_dictionary import data_dictionary
from dev.dbt_sql import BY, layer_features_sql, staging_sql, township_figures_sql
from dev.dbt_yaml import SYSTEM_COLUMN_TITLES, SYSTEM_COLUMN_UNITS, sources_yaml, staging_yaml
from dev.licences import REPORT, licence_report
from dev.lock import RUNTIME_LOCK, runtime_lock
from dev.rooms_picture import rooms_picture
from dev.rule_reach import rule_reach
from warehouse.home import CHECKOUT

DBT = CHECKOUT / "dbt_project"


def dbt_sources() -> str:
    """dbt_project/models/staging/_sources.yml."""
    return f"# {BY}\n{sources_yaml()}"


def staging_models() -> str:
    """dbt_project/models/staging/_staging.yml."""
    return f"# {BY}\n{staging_yaml()}"


def _csv(header: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def unit_seed() -> str:
    """Every way of writing a unit, with its exact factor to the canonical unit of its kind."""
    rows = []
    for measure_unit in measure_units().values():
        for spelling in dict.fromkeys((measure_unit.name, *measure_unit.spellings)):
            rows.append(
                (
                    spelling,
                    measure_unit.name,
                    measure_unit.kind,
                    measure_unit.factor.numerator,
                    measure_unit.factor.denominator,
                )
            )
    return _csv(("spelling", "measure_unit", "kind", "factor_numerator", "factor_denominator"), rows)


def contract_field_seed() -> str:
    """Every stored field of every dataset: title, type and unit, and the measured area of layers."""
    rows: list[tuple[object, ...]] = []
    for contract in contracts().values():
        rows += [
            (contract.dataset, name, field.zh, field.en, field.type, field.measure_unit)
            for name, field in contract.columns.items()
        ]
        if contract.is_layer:
            rows += [
                (contract.dataset, name, *SYSTEM_COLUMN_TITLES[name], "area", measure_unit)
                for name, measure_unit in SYSTEM_COLUMN_UNITS.items()
            ]
    return _csv(("dataset", "field", "title_zh", "title_en", "type", "measure_unit"), rows)


def dataset_seed() -> str:
    """Every dataset with its titles."""
    rows = [(one.dataset, one.title.zh, one.title.en) for one in contracts().values()]
    return _csv(("dataset", "title_zh", "title_en"), rows)


def district_seed() -> str:
    """The district itself."""
    return _csv(("district_code", "district_name"), [(COUNTY_CODE, COUNTY_NAME)])


def rule_outcome_code_seed() -> str:
    """The letters by which rule outcomes are stored: outcome and reason, with their Chinese."""
    rows = [
        (code, outcome, reason, OUTCOMES[outcome].zh, REASONS[reason].zh if reason else None)
        for code, (outcome, reason) in CODES.items()
    ]
    return _csv(("code", "outcome", "reason", "outcome_zh", "reason_zh"), rows)


def dictionary() -> str:
    """docs/data_dictionary.md."""
    return f"<!-- {BY} -->\n{data_dictionary(DBT / 'models' / 'marts')}"


GENERATED: dict[Path, Callable[[], str]] = {
    DBT / "models" / "staging" / "_sources.yml": dbt_sources,
    DBT / "models" / "staging" / "_staging.yml": staging_models,
    **{
        DBT / "models" / "staging" / f"stg_{one.dataset}.sql": functools.partial(staging_sql, one)
        for one in contracts().values()
    },
    DBT / "models" / "intermediate" / "int_township_figure.sql": township_figures_sql,
    DBT / "models" / "intermediate" / "int_layer_feature.sql": layer_features_sql,
    DBT / "seeds" / "generated" / "measure_unit.csv": unit_seed,
    DBT / "seeds" / "generated" / "contract_field.csv": contract_field_seed,
    DBT / "seeds" / "generated" / "dataset.csv": dataset_seed,
    DBT / "seeds" / "generated" / "district.csv": district_seed,
    DBT / "seeds" / "generated" / "rule_outcome_code.csv": rule_outcome_code_seed,
    CHECKOUT / "docs" / "data_dictionary.md": dictionary,
    CHECKOUT / "docs" / "rooms.svg": rooms_picture,
    CHECKOUT / "expectations" / "reach.json": rule_reach,
    RUNTIME_LOCK: runtime_lock,
    REPORT: licence_report,
}


def stale() -> list[Path]:
    """Generated files that are missing, or differ from what the contracts and models declare now."""
    return [
        path for path, text in GENERATED.items() if not path.is_file() or path.read_text(encoding="utf-8") != text()
    ]


def main(arguments: list[str] | None = None) -> int:
    """Write what is stale; with --check only say so. Exit status 1 when --check found any."""
    check = "--check" in (sys.argv[1:] if arguments is None else arguments)
    found = stale()
    for path in found:
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(GENERATED[path](), encoding="utf-8")
        print(f"{'stale' if check else 'written'}: {path.relative_to(CHECKOUT)}")
    return 1 if check and found else 0


if __name__ == "__main__":
    sys.exit(main())
