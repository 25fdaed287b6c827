"""For each rule on statistics: the one change that breaks it."""

from contracts import contract
from tests.support.rule_cases.cases import HECTARE, Case, boundary, ecology, land_use, layer, square, waste, year_before
from tests.support.submission_tables import good_rows

LAST_QUARTER = {"period": "2024Q1"}
TOWNSHIP = "140404001"


def _quarter_before(**changed):
    return {"rural_waste": [waste()[0] | LAST_QUARTER | {"waste_generated_t": 310.0} | changed]}


def _in_first_township(dataset, **changed):
    """A feature of the year before the clean tables' boundary: the ground of its first township."""
    row = good_rows(contract(dataset), 1)[0] | {"period": "2024", "geometry": square(113.0)} | changed
    return {dataset: [row]}


CASES = [
    Case(
        "land_use.class_sum_mismatch",
        {"area_ha": 400.02},
        "land_area_ha",
        found="1000",
        expected="1000.02",
        words="相差 0.02 公顷",
    ),
    Case(
        "land_use.land_total_vs_boundary",
        {},
        "land_area_ha",
        found="1000",
        expected="1002",
        words="相差 0.2%",
        accepted={"admin_boundary": boundary(1002, 1000, 1000)},
    ),
    Case(
        "land_use.yoy_class_change",
        {},
        "area_ha",
        found="400",
        expected="320",
        words="水田由 320 变为 400 公顷，变化 25%，超过 20%",
        accepted={"land_use": year_before(land_use()[:1], area_ha=320.0)},
    ),
    Case(
        "land_use.total_changed",
        {},
        "land_area_ha",
        found="1000",
        expected="1001",
        words="由上年 1001 变为 1000 公顷",
        accepted={"land_use": year_before(land_use(), land_area_ha=1001.0)},
    ),
    Case(
        "land_use.cropland_falls",
        {},
        "area_ha",
        row=1,
        found="1000",
        expected="1070",
        words="减少 6.5%，超过 5%",
        accepted={
            "land_use": [row | {"area_ha": row["area_ha"] + 35} for row in year_before(land_use())],
        },
    ),
    Case(
        "land_use.class_missing",
        {},
        "land_class_code",
        expected="12",
        words="果园上年有 12 公顷",
        accepted={
            "land_use": year_before(land_use()[:1], land_class_code="0201", area_ha=12.0),
        },
    ),
    Case(
        "land_use.class_vs_parcels",
        {},
        "area_ha",
        found="400",
        expected="390",
        words="水田填报 400 公顷，同年地类图斑为 390 公顷，相差 2.56%",
        accepted={
            "land_parcel": [
                row | {"area_m2": area * HECTARE, "reporting_unit": TOWNSHIP, "land_class_code": code}
                for row, area, code in zip(
                    layer("land_parcel", 3), (290, 100, 600), ("0101", "0101", "0103"), strict=True
                )
            ]
        },
    ),
    Case(
        "ecology.land_total_vs_boundary",
        {},
        "land_area_ha",
        found="1000",
        expected="66.6667",
        words="疑为亩写在公顷栏",
        accepted={"admin_boundary": boundary(1000 / 15, 1000, 1000)},
    ),
    Case(
        "ecology.part_exceeds_whole",
        {"protected_wetland_area_ha": 60.5},
        "protected_wetland_area_ha",
        row=1,
        found="60.5",
        expected="60",
        words="受保护湿地面积 60.5 公顷，大于湿地面积 60 公顷",
    ),
    Case(
        "ecology.declared_pct_mismatch",
        {"forest_coverage_pct": 33.35},
        "forest_coverage_pct",
        row=2,
        found="33.35",
        expected="33.33",
        words="按森林面积/土地总面积应为 33.33%，相差 0.02 个百分点",
    ),
    Case(
        "ecology.forest_area_drop",
        {},
        "forest_area_ha",
        found="333.33",
        expected="360",
        words="减少 7.4%，超过 5%",
        accepted={"ecology": year_before(ecology()[:1], forest_area_ha=360.0)},
    ),
    Case(
        "ecology.crosscheck_redline",
        {"redline_area_km2": 100.0},
        "redline_area_km2",
        row=1,
        found="100",
        words="疑为公顷写在平方千米栏",
        accepted={
            "ecological_redline": [
                good_rows(contract("ecological_redline"), 1)[0] | {"period": "2024", "geometry": square(113.01)},
            ]
        },
    ),
    Case(
        "ecology.land_area_changed",
        {},
        "land_area_ha",
        found="1000",
        expected="1001",
        accepted={"ecology": year_before(ecology()[:1], land_area_ha=1001.0)},
    ),
    Case(
        "ecology.crosscheck_land_use",
        {},
        "land_area_ha",
        found="1000",
        expected="1010",
        words="相差 0.99%",
        accepted={
            "land_use": [
                row | {"land_area_ha": None, "area_ha": area}
                for row, area in zip(land_use(), (400.0, 610.0), strict=True)
            ],
        },
    ),
    Case(
        "ecology.wetland_change",
        {},
        "wetland_area_ha",
        found="60",
        expected="56",
        words="变化 7.1%，超过 5%",
        accepted={"ecology": year_before(ecology()[:1], wetland_area_ha=56.0)},
    ),
    Case(
        "ecology.protected_wetland_falls",
        {},
        "protected_wetland_area_ha",
        found="20",
        expected="20.5",
        accepted={"ecology": year_before(ecology()[:1], protected_wetland_area_ha=20.5)},
    ),
    Case(
        "ecology.redline_falls",
        {},
        "redline_area_km2",
        found="0",
        expected="0.25",
        accepted={"ecology": year_before(ecology()[:1], redline_area_km2=0.25)},
    ),
    Case(
        "ecology.crosscheck_forest",
        {},
        "forest_area_ha",
        found="333.33",
        expected="100.0385",
        words="林地图层中的森林为 100.0385",
        without=(1, 2),
        accepted=_in_first_township("forest_land"),
    ),
    Case(
        "ecology.crosscheck_wetland",
        {"protected_wetland_area_ha": 0.0, "wetland_protection_pct": 0.0},
        "wetland_area_ha",
        found="60",
        without=(1, 2),
        accepted=_in_first_township("wetland", is_protected=False),
    ),
    Case(
        "ecology.crosscheck_protected_wetland",
        {"wetland_area_ha": 99.9, "wetland_protection_pct": 20.02},
        "protected_wetland_area_ha",
        found="20",
        without=(1, 2),
        accepted=_in_first_township("wetland"),
    ),
    Case(
        "rural_waste.part_exceeds_whole",
        {"villages_covered": 17},
        "villages_covered",
        found="17",
        expected="16",
        words="大于行政村数 16",
    ),
    Case(
        "rural_waste.declared_pct_mismatch",
        {"treatment_pct": 60.0},
        "treatment_pct",
        row=1,
        found="60",
        expected="66.67",
        words="相差 6.67 个百分点",
    ),
    Case(
        "rural_waste.village_count_changed",
        {},
        "village_count",
        found="16",
        expected="18",
        accepted=_quarter_before(village_count=18),
    ),
    Case(
        "rural_waste.coverage_falls",
        {"villages_covered": 14},
        "villages_covered",
        found="14",
        expected="16",
        accepted=_quarter_before(),
    ),
    Case(
        "rural_waste.households_change",
        {},
        "households",
        found="1400",
        expected="1300",
        words="变化 7.7%",
        accepted=_quarter_before(households=1300),
    ),
    Case(
        "rural_waste.generated_change",
        {},
        "waste_generated_t",
        found="300",
        expected="190",
        words="相差 57.9%",
        accepted=_quarter_before(waste_generated_t=190.0),
    ),
    Case(
        "rural_waste.treatment_rate_falls",
        {},
        "treatment_pct",
        found="66.67",
        expected="72",
        words="超过 5 个百分点",
        accepted=_quarter_before(treatment_pct=72.0),
    ),
    Case(
        "rural_waste.same_as_previous",
        {},
        "waste_generated_t",
        found="300",
        expected="300",
        accepted=_quarter_before(waste_generated_t=300.0),
    ),
    Case(
        "rural_waste.waste_per_household_high",
        {"households": 350},
        "waste_generated_t",
        found="300",
        expected="280",
        words="每户每季产生 857.1 千克，高于 800 千克",
    ),
    Case(
        "rural_waste.waste_per_household_low",
        {"households": 14000},
        "waste_generated_t",
        row=1,
        found="300",
        expected="700",
        words="21.4 千克，低于 50 千克",
    ),
    Case("rural_waste.treated_without_coverage", {"villages_covered": 0}, "waste_treated_t", found="200", expected="0"),
    Case(
        "rural_waste.all_treated_while_uncovered",
        {"villages_covered": 15, "waste_treated_t": 300.0, "treatment_pct": 100.0},
        "treatment_pct",
        row=2,
        found="100",
        words="1 个村未被",
    ),
    Case(
        "rural_waste.no_villages",
        {"village_count": 0, "villages_covered": 0, "waste_treated_t": 0.0, "treatment_pct": 0.0},
        "village_count",
        found="0",
        expected="300",
    ),
]
