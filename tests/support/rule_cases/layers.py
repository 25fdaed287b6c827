"""For each rule on layers: the one change that breaks it."""

from datetime import date

from contracts import contract
from contracts.reference import table
from tests.support.rule_cases.cases import HECTARE, Case, acceptance, boundary, layer, ledger, parcels, sites, square
from tests.support.submission_tables import good_rows


def _before(dataset, **changed):
    """The clean layer of the year before, with one feature changed."""
    first, *others = layer(dataset, period="2023")
    return {dataset: [first | changed, *others]}


def _declared(field, each):
    """An ecological report of all townships in which each declares so much."""
    rows = good_rows(contract("ecology"), len(table("township")))
    areas = {"wetland_area_ha": 3.0, "protected_wetland_area_ha": 3.0, "forest_area_ha": 3.0}
    return {"ecology": [row | areas | {field: each} for row in rows]}


def _plan(**changed):
    return {
        "project_ledger": [
            ledger()[0] | {"project_id": "A1-02", "reporting_unit": "A1-02", "planned_area_ha": 10.0} | changed
        ]
    }


CASES = [
    Case(
        "project_site.subproject_of_other_project",
        {"subproject_id": "C1-01"},
        "subproject_id",
        found="C1-01",
        expected="A1",
    ),
    Case(
        "project_site.outside_ledger_townships",
        {"geometry": square(113.0, 0.012), "area_m2": 144 * HECTARE},
        "subproject_id",
        found="苏店镇",
        expected="韩店街道",
        accepted=_plan(township_codes=["140404001"], planned_area_ha=144.0),
    ),
    Case(
        "project_site.differs_from_plan",
        {},
        "declared_area_ha",
        found="10",
        expected="9.5",
        words="A1-02红线面积 10 公顷",
        accepted=_plan(planned_area_ha=9.5),
    ),
    Case(
        "project_site.sites_exceed_plan",
        {},
        "project_id",
        found="10",
        expected="9",
        accepted=_plan(project_id="A1", planned_area_ha=9.0),
    ),
    Case(
        "project_site.area_change",
        {},
        "declared_area_ha",
        found="10",
        expected="9",
        accepted={"project_site": [sites()[0] | {"period": "2024-05", "area_m2": 9 * HECTARE}]},
    ),
    Case(
        "project_site.status_goes_back",
        {},
        "site_status",
        found="在建",
        expected="验收",
        accepted={"project_site": [sites()[0] | {"period": "2024-05", "site_status": "验收"}]},
    ),
    Case(
        "project_site.subproject_disappears",
        {},
        "subproject_id",
        expected="A1-08",
        accepted={
            "project_site": [
                sites()[0] | {"period": "2024-05", "subproject_id": "A1-08"},
                sites()[0] | {"period": "2024-04", "subproject_id": "A1-09"},
            ]
        },
    ),
    Case(
        "project_site.behind_acceptance",
        {},
        "site_status",
        found="在建",
        expected="2024-05-31",
        accepted={
            "project_acceptance": [acceptance()[0] | {"project_id": "A1-02", "acceptance_date": date(2024, 5, 31)}],
        },
    ),
    Case(
        "project_site.name_of_other_project",
        {"project_name": "农用地整治工程"},
        "project_name",
        found="农用地整治工程",
        words="编号 A1-02 的名称写成了 A3",
    ),
    Case(
        "wetland.area_change",
        {},
        "declared_area_ha",
        found="30",
        expected="32",
        whole=True,
        words="变化超过 5%",
        accepted=_before("wetland", area_m2=12 * HECTARE, is_protected=False),
    ),
    Case(
        "wetland.protected_area_falls",
        {"is_protected": False},
        "declared_area_ha",
        found="20",
        expected="30",
        whole=True,
        accepted={"wetland": [row | {"wetland_id": f"X{row['row_id']}"} for row in layer("wetland", period="2023")]},
    ),
    Case(
        "wetland.protection_lost",
        {"is_protected": False},
        "is_protected",
        found="False",
        expected="True",
        words="湿地 湿地编号1",
        accepted={
            "wetland": [
                row | {"is_protected": row["row_id"] == 0, "area_m2": (0 if row["row_id"] == 0 else 15) * HECTARE}
                for row in layer("wetland", period="2023")
            ]
        },
        also={1: {"is_protected": False}, 2: {"is_protected": False}},
    ),
    Case(
        "wetland.crosscheck_area",
        {},
        "declared_area_ha",
        found="30",
        expected="31",
        whole=True,
        words="相差 3.23%",
        accepted=_declared("wetland_area_ha", 3.1),
    ),
    Case(
        "wetland.crosscheck_protected",
        {},
        "declared_area_ha",
        found="30",
        expected="29",
        whole=True,
        accepted=_declared("protected_wetland_area_ha", 2.9),
    ),
    Case(
        "forest_land.forest_area_falls",
        {"is_forest": False},
        "declared_area_ha",
        found="20",
        expected="30",
        whole=True,
        accepted=_before("forest_land"),
    ),
    Case(
        "forest_land.area_change",
        {},
        "declared_area_ha",
        found="30",
        expected="34",
        whole=True,
        accepted=_before("forest_land", area_m2=14 * HECTARE, is_forest=False),
    ),
    Case(
        "forest_land.crosscheck_area",
        {},
        "declared_area_ha",
        found="30",
        expected="31",
        whole=True,
        accepted=_declared("forest_area_ha", 3.1),
    ),
    Case("forest_land.open_land_counted", {"land_class_name": "其他林地"}, "is_forest", row=1, found="其他林地"),
    Case(
        "forest_land.trees_not_counted",
        {"land_class_name": "乔木林地", "is_forest": False},
        "is_forest",
        row=1,
        found="乔木林地",
    ),
    Case(
        "ecological_redline.area_falls",
        {},
        "declared_area_km2",
        found="1.05",
        expected="1.0525",
        whole=True,
        accepted={
            "ecological_redline": [row | {"area_m2": 350833.4} for row in layer("ecological_redline", period="2023")],
        },
    ),
    Case(
        "ecological_redline.crosscheck_area",
        {},
        "declared_area_km2",
        found="1.05",
        expected="1.1",
        whole=True,
        accepted=_declared("redline_area_km2", 0.11),
    ),
    Case(
        "ecological_redline.below_target",
        {"area_m2": 33 * HECTARE},
        "declared_area_km2",
        found="1.03",
        expected="1.04",
        whole=True,
        words="低于规划 2025 年目标 1.04",
    ),
    Case(
        "ecological_redline.redline_disappears",
        {},
        "redline_id",
        expected="HX9",
        whole=True,
        accepted={
            "ecological_redline": layer("ecological_redline", 1, period="2023", redline_id="HX9"),
        },
    ),
    Case(
        "mining_subsidence.area_falls",
        {},
        "declared_area_ha",
        found="30",
        expected="31",
        whole=True,
        accepted=_before("mining_subsidence", area_m2=11 * HECTARE),
    ),
    Case(
        "mining_subsidence.disappears",
        {},
        "subsidence_id",
        expected="TX9",
        whole=True,
        accepted={
            "mining_subsidence": layer("mining_subsidence", 1, period="2023", subsidence_id="TX9"),
        },
    ),
    Case(
        "mining_subsidence.treatment_undone",
        {"treatment_status": "治理中"},
        "treatment_status",
        found="治理中",
        expected="已治理",
        accepted={"mining_subsidence": layer("mining_subsidence", 1, period="2023", treatment_status="已治理")},
    ),
    Case(
        "mining_subsidence.mine_changed",
        {"mine_name": "高河煤矿"},
        "mine_name",
        found="高河煤矿",
        expected="矿区名称1",
        accepted={"mining_subsidence": layer("mining_subsidence", 1, period="2023")},
    ),
    Case("mining_subsidence.mine_missing", {"mine_name": None}, "mine_name", row=2, words="没有填矿区名称"),
    Case(
        "land_parcel.class_vs_land_use",
        {"area_m2": 11 * HECTARE},
        "declared_area_m2",
        found="31",
        expected="30",
        words="水田图斑合计 31 公顷",
        accepted={"land_use": [good_rows(contract("land_use"), 1)[0] | {"land_class_code": "0101", "area_ha": 30.0}]},
    ),
    Case(
        "land_parcel.count_change",
        {},
        "parcel_id",
        found="3",
        expected="2",
        whole=True,
        accepted={
            "land_parcel": [row | {"period": "2023", "area_m2": 15 * HECTARE} for row in parcels()[:2]],
        },
    ),
    Case(
        "land_parcel.class_name_differs",
        {"land_class_name": "旱地"},
        "land_class_name",
        row=1,
        found="旱地",
        expected="水田",
        words="1 个图斑",
    ),
    Case(
        "land_parcel.class_of_planning_list",
        {"land_class_code": "1207", "land_class_name": "城镇村道路用地"},
        "land_class_code",
        row=1,
        found="城镇村道路用地",
        expected="裸岩石砾地",
        words="1 个图斑的地类编码 1207",
    ),
    Case(
        "land_parcel.cropland_falls",
        {},
        "land_class_code",
        found="30",
        expected="36",
        whole=True,
        accepted={"land_parcel": [row | {"period": "2023", "area_m2": 12 * HECTARE} for row in parcels()]},
    ),
    Case(
        "admin_boundary.area_change",
        {},
        "township_code",
        found="1000",
        expected="1020",
        words="韩店街道面积由上一版 1020",
        accepted={
            "admin_boundary": [row | {"period": "2020-01-01"} for row in boundary(1020, 990.5, 990.5)],
        },
    ),
    Case(
        "admin_boundary.district_area_change",
        {},
        "township_code",
        found="3000",
        expected="3009",
        whole=True,
        accepted={
            "admin_boundary": [row | {"period": "2020-01-01"} for row in boundary(1003, 1003, 1003)],
        },
    ),
    Case(
        "planning_zone.zone_missing",
        {},
        "zone_code",
        found="南部山区地质灾害防治和生物多样性保护区",
        expected="rz_south",
        whole=True,
        also={4: {"area_m2": 2000 * HECTARE}},
        without=(5,),
    ),
    Case("planning_zone.zone_name_differs", {"zone_name": "河谷区"}, "zone_name", row=1, found="河谷区"),
    Case(
        "planning_zone.zoning_differs",
        {"zoning": "restoration"},
        "zoning",
        found="restoration",
        expected="consolidation",
        accepted={"admin_boundary": []},
    ),
    Case(
        "planning_zone.covers_district",
        {"area_m2": 1010 * HECTARE},
        "zoning",
        found="3010",
        expected="3000",
        whole=True,
    ),
]
