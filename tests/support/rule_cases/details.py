"""For each rule on ecological details, safeguards, the ecological pattern, key areas, and what a layer says of treatment and names:
the one change that breaks it.
"""

from datetime import date

from tests.support.rule_cases.cases import HECTARE, Case, corridors, details, key_areas, layer, safeguards

SOIL = {"item_code": "soil_conservation_rate", "reporting_unit": "soil_conservation_rate", "item_unit": "pct"}
FOREST = {"item_code": "forest_natural", "reporting_unit": "forest_natural", "item_unit": "ha"}


def _year_before(**changed):
    return {"ecology_detail": [details()[0] | {"period": "2023"} | changed]}


def _wetland_before(**changed):
    return {"wetland": [layer("wetland", 3, period="2023")[0] | changed, *layer("wetland", 3, period="2023")[1:]]}


CASES = [
    Case("ecology_detail.unit_of_other_kind", {"item_unit": "pct"}, "item_unit", found="pct", expected="count"),
    Case(
        "ecology_detail.unit_missing",
        {"item_unit": None},
        "item_unit",
        row=1,
        expected="count",
        words="绿色矿山数没有填计量单位",
    ),
    Case(
        "ecology_detail.out_of_range",
        {"item_value": 7.0},
        "item_value",
        row=2,
        found="7",
        expected="1—6",
        words="断面水质类别 7",
    ),
    Case(
        "ecology_detail.part_exceeds_whole",
        {"item_value": 5.0},
        "item_value",
        row=1,
        found="5",
        expected="4",
        words="大于生产矿山数 4",
    ),
    Case(
        "ecology_detail.falls",
        SOIL | {"item_value": 61.2},
        "item_value",
        found="61.2",
        expected="62",
        accepted=_year_before(**SOIL, item_value=62.0),
    ),
    Case(
        "ecology_detail.changes",
        FOREST | {"item_value": 151.0},
        "item_value",
        found="151",
        expected="100",
        words="变化超过 50%",
        accepted=_year_before(**FOREST, item_value=100.0),
    ),
    Case(
        "ecology_detail.area_of_other_kind",
        {"area": "140404001"},
        "area",
        row=2,
        found="140404001",
        expected="断面",
    ),
    Case("safeguard.number_year", {"document_no": "上政发〔2023〕9号"}, "document_no", found="2023", expected="2024"),
    Case(
        "safeguard.before_plan",
        {"issued_on": date(2020, 12, 31)},
        "issued_on",
        row=1,
        found="2020-12-31",
        expected="2021",
    ),
    Case("safeguard.done_without_note", {"duty_status": "已落实", "note": None}, "note", row=2, expected="已落实"),
    Case(
        "safeguard.status_goes_back",
        {},
        "duty_status",
        found="推进中",
        expected="已落实",
        accepted={"safeguard": [safeguards()[0] | {"duty_status": "已落实"}]},
    ),
    Case(
        "safeguard.dates_differ",
        {"document_no": "文号1"},
        "issued_on",
        row=1,
        found="2024-06-11",
        expected="2024-06-10",
        words="同一文号“文号1”",
    ),
    Case(
        "mining_subsidence.treatment_missing",
        {"treatment_status": None},
        "treatment_status",
        row=1,
        words="没有填治理状态",
    ),
    Case(
        "wetland.name_changed",
        {},
        "wetland_name",
        found="湿地名称1",
        expected="海子河湿地",
        accepted=_wetland_before(wetland_name="海子河湿地"),
    ),
    Case(
        "wetland.type_changed",
        {},
        "wetland_type",
        found="河流湿地",
        expected="湖泊湿地",
        accepted=_wetland_before(wetland_type="湖泊湿地"),
    ),
    Case("corridor.name_not_in_plan", {"element_name": "淘清河"}, "element_name", found="淘清河"),
    Case(
        "corridor.kind_differs_from_plan",
        {"pattern_kind": "corridor"},
        "pattern_kind",
        row=2,
        found="corridor",
        expected="patch",
        words="“黎都公园”的格局类型",
    ),
    Case(
        "corridor.area_falls",
        {},
        "declared_area_ha",
        found="30",
        expected="32",
        whole=True,
        accepted={"corridor": [row | {"period": "2023", "area_m2": 32 * HECTARE / 3} for row in corridors()]},
    ),
    Case(
        "corridor.disappears",
        {},
        "corridor_id",
        expected="LD9",
        whole=True,
        accepted={"corridor": [corridors()[0] | {"period": "2023", "corridor_id": "LD9"}]},
    ),
    Case(
        "key_area.place_not_in_plan",
        {"place": "五龙山"},
        "place",
        row=1,
        found="五龙山",
        words="不是规划在该重点区点名的地点",
    ),
    Case(
        "key_area.area_changed",
        {},
        "declared_area_ha",
        found="30",
        expected="33",
        whole=True,
        accepted={"key_area": [row | {"period": "2023", "area_m2": 11 * HECTARE} for row in key_areas()]},
    ),
]
