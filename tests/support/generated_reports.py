"""Small reports with figures from a short list, so that many steps read few different files: CSV files of two
townships, by quarter and by year, of which the latter need the boundaries in samples/.
"""

from tests.support.answers import SAMPLES
from tests.support.warehouse_oracle import FAULTY, Figures

A, B = "140404001", "140404101"
NAMES = {A: "韩店街道", B: "苏店镇"}
WASTE, ECOLOGY, BOUNDARY = "rural_waste", "ecology", "admin_boundary"
REPORTS = (WASTE, ECOLOGY)
NEEDS = {ECOLOGY: BOUNDARY}
BOUNDARIES: Figures = {("layer", "2021-10-31"): "boundaries"}
PERIODS = {WASTE: ("2025Q1", "2025Q2"), ECOLOGY: ("2023", "2024")}
WAIVABLE = {WASTE: "rural_waste.part_exceeds_whole", ECOLOGY: "ecology.part_exceeds_whole"}
"""The rule that figures whose name begins with FAULTY break."""
# Tons treated of 100 generated; hectares of wetland under protection, of 120.
MEASURED = {
    WASTE: {"first": 90.0, "second": 91.5, "third": 93.0, FAULTY: 120.0},
    ECOLOGY: {"first": 30.0, "second": 31.5, "third": 33.0, FAULTY: 150.0},
}
KINDS = tuple(MEASURED[WASTE])
LAND_HA = {A: 3448.98, B: 8104.81}  # of the boundaries in samples/, in which ecology.land_total_vs_boundary believes
WASTE_HEAD = "乡镇,乡镇代码,填报期,行政村数（个）,收运处置体系覆盖村数（个）,农户数（户）,产生量（吨）,无害化处理量（吨）,处理率（%）"
ECOLOGY_HEAD = "乡镇,乡镇代码,年度,土地总面积（公顷）,森林面积（公顷）,湿地面积（公顷）,受保护湿地面积（公顷）,生态保护红线面积（平方千米）"


def report(dataset: str, figures: Figures) -> bytes:
    """A file that says these figures; of boundaries, that of samples/."""
    if dataset == BOUNDARY:
        return next((SAMPLES / "clean" / BOUNDARY).iterdir()).read_bytes()
    lines = [
        _line(dataset, reporting_unit, period, MEASURED[dataset][name])
        for (reporting_unit, period), name in sorted(figures.items())
    ]
    return "\n".join([WASTE_HEAD if dataset == WASTE else ECOLOGY_HEAD, *lines, ""]).encode()


def _line(dataset: str, reporting_unit: str, period: str, measured: float) -> str:
    start = f"{NAMES[reporting_unit]},{reporting_unit},{period[:4]}年"
    if dataset == WASTE:
        return f"{start}第{'一二三四'[int(period[-1]) - 1]}季度,10,9,1000,100,{measured},{measured}"
    return f"{start},{LAND_HA[reporting_unit]},500,120,{measured},0.5"


def file_name(dataset: str, is_renamed: bool) -> str:
    """What a file is called."""
    return f"{dataset}{'-2' if is_renamed else ''}.{'gpkg' if dataset == BOUNDARY else 'csv'}"


SHOWN = {
    WASTE: "select reporting_unit, period, waste_treated_t",
    ECOLOGY: "select reporting_unit, period, protected_wetland_area_ha",
    BOUNDARY: "select distinct reporting_unit, period, 0.0",
}
"""What a mart of figures shows of each place; `name_of` gives the name of the figures."""


def name_of(dataset: str, measured: float) -> str:
    """The name of the figures that a report said."""
    if dataset == BOUNDARY:
        return "boundaries"
    return next(name for name, value in MEASURED[dataset].items() if abs(value - measured) < 1e-6)
