"""A contract that refers to something that is not there is refused when it is loaded, with its file and key."""

from pathlib import Path

import pytest

from contracts import ContractError, contracts
from contracts.loader import FOLDER, load

TEXT = (FOLDER / "ecology.yml").read_text(encoding="utf-8")
WIDE = (FOLDER / "land_use.yml").read_text(encoding="utf-8")
LAYER = (FOLDER / "project_site.yml").read_text(encoding="utf-8")


def loaded(folder: Path, text: str, name: str = "ecology.yml") -> str:
    """What loading a contract with this text beside the others says."""
    paths = []
    for path in sorted(FOLDER.glob("*.yml")):
        if path.name not in ("shared.yml", "heading_words.yml"):
            copy = folder / path.name
            copy.write_text(text if path.name == name else path.read_text(encoding="utf-8"), encoding="utf-8")
            paths.append(copy)
    with pytest.raises(ContractError) as caught:
        load(paths)
    return str(caught.value)


def changed(text: str, before: str, after: str) -> str:
    assert text.count(before) >= 1, before
    return text.replace(before, after, 1)


def test_the_contracts_themselves_refer_to_what_is_there() -> None:
    assert load(FOLDER / f"{name}.yml" for name in contracts()) == contracts()


@pytest.mark.parametrize(
    ("text", "file", "before", "after", "message"),
    [
        (TEXT, "ecology.yml", "unit: ha", "unit: hectare", "fields.land_area_ha.unit: no such unit: 'hectare'"),
        (
            TEXT,
            "ecology.yml",
            "unit: ha",
            "unit: t",
            "fields.land_area_ha.unit: 't' is a unit of mass, the field is of type area",
        ),
        (
            TEXT,
            "ecology.yml",
            "numerator: forest_area_ha",
            "numerator: forest_ha",
            "fields.forest_coverage_pct.numerator: no such field: 'forest_ha'",
        ),
        (
            TEXT,
            "ecology.yml",
            "denominator: land_area_ha",
            "denominator: township_code",
            "fields.forest_coverage_pct.denominator: 'township_code' is no number but of type township",
        ),
        (
            TEXT,
            "ecology.yml",
            ", denominator: land_area_ha",
            "",
            "fields.forest_coverage_pct: a fraction needs both numerator and denominator",
        ),
        (
            TEXT,
            "ecology.yml",
            "use: township_code",
            "use: town",
            "fields.township_code.use: no such shared field: 'town'",
        ),
        (TEXT, "ecology.yml", "needs: [admin_boundary]", "needs: [boundary]", "needs: no such dataset: 'boundary'"),
        (TEXT, "ecology.yml", "needs: [admin_boundary]", "needs: [ecology]", "needs: a dataset cannot need itself"),
        (TEXT, "ecology.yml", "key: [township_code", "key: [town", "key: no such field: 'town'"),
        (
            TEXT,
            "ecology.yml",
            "fields: [township_code]",
            "fields: [town]",
            "reporting_unit.fields: no such field: 'town'",
        ),
        (
            WIDE,
            "land_use.yml",
            "list: land_class",
            "list: classes",
            "fields.land_class_code.list: no such code list: 'classes'",
        ),
        (
            WIDE,
            "land_use.yml",
            "class_field: land_class_code",
            "class_field: land_class",
            "layout.class_field: no such field: 'land_class'",
        ),
        (
            WIDE,
            "land_use.yml",
            "value_field: area_ha",
            "value_field: area",
            "layout.value_field: no such field: 'area'",
        ),
        (
            LAYER,
            "project_site.yml",
            "overlaps_within: project_id",
            "overlaps_within: project",
            "layout.overlaps_within: no such field: 'project'",
        ),
        (
            LAYER,
            "project_site.yml",
            "declared_area: declared_area_ha",
            "declared_area: area_ha",
            "layout.declared_area: no such field: 'area_ha'",
        ),
    ],
)
def test_a_reference_that_leads_nowhere_is_named_with_file_and_key(
    tmp_path: Path, text: str, file: str, before: str, after: str, message: str
) -> None:
    assert f"contracts/{file}: {message}" in loaded(tmp_path, changed(text, before, after), file)


def test_every_fault_of_a_contract_is_named_at_once(tmp_path: Path) -> None:
    text = changed(changed(TEXT, "needs: [admin_boundary]", "needs: [a, b]"), "unit: ha", "unit: hectare")
    said = loaded(tmp_path, text).splitlines()
    assert [line.partition("; ")[0] for line in said] == [
        "contracts/ecology.yml: fields.land_area_ha.unit: no such unit: 'hectare'",
        "contracts/ecology.yml: needs: no such dataset: 'a'",
        "contracts/ecology.yml: needs: no such dataset: 'b'",
    ]


def test_datasets_that_need_each_other_are_named_with_file_and_key(tmp_path: Path) -> None:
    text = changed((FOLDER / "admin_boundary.yml").read_text(encoding="utf-8"), "needs: []", "needs: [ecology]")
    said = loaded(tmp_path, text, "admin_boundary.yml")
    file, key, circle = said.split(": ", 2)
    names = circle.removeprefix("the datasets need each other: ").split(" → ")
    assert (file, key) == (f"contracts/{names[0]}.yml", "needs")
    assert sorted(names[1:]) == ["admin_boundary", "ecology"] and names[0] == names[-1]


def test_a_dataset_is_declared_once(tmp_path: Path) -> None:
    assert "'ecology' is declared twice" in loaded(
        tmp_path, WIDE.replace("dataset: land_use", "dataset: ecology"), "land_use.yml"
    )
