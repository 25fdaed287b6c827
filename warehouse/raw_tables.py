"""The raw tables that hold no dataset's rows, declared once: columns with type, title and meaning. Whoever fills one
takes its columns from here (`overlays`, `spatial_derivations`, `ledger_replicas`, `sync`), and dev/generate.py writes
dbt's sources from it.
"""

from dataclasses import dataclass

import pyarrow as pa

from contracts.submission_table import CRS


@dataclass(frozen=True)
class RawColumn:
    """A column: its DuckDB type, its Chinese title, what it holds, and its unit of measure as
    dbt names it.
    """

    sql_type: str
    zh: str
    en: str
    measure_unit: str | None = None


@dataclass(frozen=True)
class RawTable:
    """A table of the schema `raw`: its Chinese title, what a row is, and its columns in order."""

    zh: str
    en: str
    columns: dict[str, RawColumn]

    @property
    def types(self) -> dict[str, str]:
        """DuckDB type of each column."""
        return {name: column.sql_type for name, column in self.columns.items()}

    @property
    def arrow(self) -> pa.Schema:
        """The columns as an Arrow schema."""
        return pa.schema([(name, ARROW_TYPES[column.sql_type]) for name, column in self.columns.items()])


ARROW_TYPES: dict[str, pa.DataType] = {
    "BIGINT": pa.int64(),
    "DOUBLE": pa.float64(),
    "VARCHAR": pa.string(),
    "DATE": pa.date32(),
    "BOOLEAN": pa.bool_(),
    "TIMESTAMP": pa.timestamp("us"),
    "BLOB": pa.binary(),
    "VARCHAR[]": pa.list_(pa.string()),
    "MAP(VARCHAR, VARCHAR)": pa.map_(pa.string(), pa.string()),
}


def _text(zh: str, en: str) -> RawColumn:
    return RawColumn("VARCHAR", zh, en)


def _count(zh: str, en: str) -> RawColumn:
    return RawColumn("BIGINT", zh, en)


def _moment(zh: str, en: str) -> RawColumn:
    return RawColumn("TIMESTAMP", zh, f"{en} (UTC)")


_SUBMISSION_ID = _text("报送编号", "The submission")
_DATASET = _text("数据集", "Dataset of the contract")
_REPORTING_UNIT = _text("填报单元", "Reporting unit: accepted, held and replaced as a whole")
_PERIOD = _text("填报期", "2025, 2025Q1, 2025-03 or 2021-10-31; null where a unit has none")
_AREA_M2 = RawColumn("DOUBLE", "椭球面积", "Ellipsoidal area, GRS80", "m2")
_ROW_ID = _count("行序", "Row of the feature in its submission")
_DERIVED_AS = _text("推算文件", "File under overlays/ that the row was computed into")
_PARTITION = {
    "boundary_submission_id": _text("行政区报送", "The boundary by which it was cut"),
    "zone_submission_id": _text("规划分区报送", "The zones by which it was cut"),
}
_AREA_CELL = {
    "part_code": _text("乡镇分片代码", "Township part; null outside of every area cell"),
    "consolidation_zone": _text("整治分区", "Consolidation zone of the area cell"),
    "restoration_zone": _text("修复分区", "Restoration zone of the area cell"),
}

RAW_TABLES: dict[str, RawTable] = {
    "base_partition": RawTable(
        "空间底图",
        "Area cells of every spatial fact: township part × consolidation zone × restoration zone, of the boundary and "
        "zones in force",
        {
            **_PARTITION,
            "part_code": _AREA_CELL["part_code"],
            "township_code": _text("乡镇代码", "Township of the part"),
            "consolidation_zone": _AREA_CELL["consolidation_zone"],
            "restoration_zone": _AREA_CELL["restoration_zone"],
            "area_m2": _AREA_M2,
        },
    ),
    "overlay": RawTable(
        "图层叠加",
        "Each feature of each layer, cut by the base partition",
        {
            "dataset": _text("数据集", "Dataset of the layer"),
            "submission_id": _SUBMISSION_ID,
            **_PARTITION,
            "row_id": _ROW_ID,
            **_AREA_CELL,
            "area_m2": _AREA_M2,
        },
    ),
    "land_transition": RawTable(
        "地类流向",
        "Ground that went from class to class between two years, by township, cut by the base partition",
        {
            "derived_as": _DERIVED_AS,
            "reporting_unit": _text("乡镇代码", "Township whose parcels of two years are compared"),
            "from_period": _text("起始年度", "Year of the earlier parcels"),
            "to_period": _text("终止年度", "Year of the later parcels, the next that there is"),
            "from_submission_id": _text("原图斑报送", "The submission of the earlier parcels"),
            "to_submission_id": _text("现图斑报送", "The submission of the later parcels"),
            **_AREA_CELL,
            "from_class": _text(
                "原地类代码", "Land class in the earlier year; null where only the later parcels cover the ground"
            ),
            "to_class": _text(
                "现地类代码", "Land class in the later year; null where only the earlier parcels cover the ground"
            ),
            "area_m2": _AREA_M2,
        },
    ),
    "site_overlap": RawTable(
        "项目红线重叠",
        "Ground under the latest sites of several sub-projects, a row for each site, cut by the base partition",
        {
            "derived_as": _DERIVED_AS,
            "ground": _count("地块序号", "Number of the piece of ground; the same for every site that lies on it"),
            "submission_id": _SUBMISSION_ID,
            "row_id": _ROW_ID,
            **_AREA_CELL,
            "area_m2": _AREA_M2,
        },
    ),
    "submission": RawTable(
        "报送",
        "Every file received, from the ledger",
        {
            "submission_id": _SUBMISSION_ID,
            "file_name": _text("文件名", "Name of the file as received"),
            "dataset": _text("数据集", "Dataset that it was recognised as; null where none was"),
            "family": _text("数据类别", "Family of the dataset: statistics, project_reports or spatial"),
            "sender": _text("报送单位", "Folder of the inbox that it lay in, if any"),
            "sha256": _text("内容校验", "SHA-256 under which it is archived"),
            "received_at": _moment("收到时间", "When it arrived"),
            "state": _text("状态", "received, staged, accepted, partly_held, held, waiting, withdrawn or unreadable"),
            "rows_read": _count("读取行数", "Rows read"),
            "rows_accepted": _count("接收行数", "Rows of accepted and unchanged units"),
            "rows_held": _count("退回行数", "Rows of held and waiting units"),
            "rows_control": _count("合计行数", "Total and blank rows, which hold no facts of their own"),
        },
    ),
    "submission_unit": RawTable(
        "报送单元",
        "Every reporting unit of every file, from the ledger",
        {
            "submission_id": _SUBMISSION_ID,
            "dataset": _DATASET,
            "reporting_unit": _REPORTING_UNIT,
            "period": _PERIOD,
            "state": _text("状态", "staged, accepted, held, waiting, unchanged or withdrawn"),
            "rows": _count("行数", "Sheet rows or features of the unit"),
            "facts": _count("数值数", "Stored values of the unit"),
            "accepted_at": _moment("接收时间", "When it was accepted; null where it was not"),
            "ended_at": _moment("被替换时间", "When a later version replaced it; null while it is in force"),
            "ended_by": _text("替换它的报送", "The submission whose version replaced it"),
        },
    ),
    "finding": RawTable(
        "问题",
        "Every finding of every file, from the ledger",
        {
            "submission_id": _SUBMISSION_ID,
            "finding_no": _count("问题序号", "Its number in the submission, from 0"),
            "rule_id": _text("规则", "Rule of contracts/catalogue.csv"),
            "severity": _text("级别", "error holds the unit, warning and info do not"),
            "message": _text("说明", "What was found, in Chinese"),
            "remedy": _text("如何改正", "How to correct it, in Chinese"),
            "message_en": _text("英文说明", "What was found, in English"),
            "remedy_en": _text("英文改正方法", "How to correct it, in English"),
            "reporting_unit": _text("填报单元", "Reporting unit concerned; null: the whole file"),
            "period": _PERIOD,
            "sheet": _text("工作表", "Sheet or layer; null in a CSV"),
            "cell": _text("单元格", "A1 address or range"),
            "feature": _text("要素编号", "Feature id, or two joined by |"),
            "field": _text("字段", "Field of the contract"),
            "found": _text("实际", "The value found"),
            "expected": _text("应为", "What was expected"),
            "lifted_by": _text("依据", "The waiver (W…) or confirmation (D…) by which it no longer holds its unit"),
            "lon": RawColumn("DOUBLE", "经度", f"Longitude of the place, degrees, {CRS}"),
            "lat": RawColumn("DOUBLE", "纬度", f"Latitude of the place, degrees, {CRS}"),
        },
    ),
    "decision": RawTable(
        "决定",
        "Every decision of a person on a reporting unit, from the ledger: held ones accepted, accepted ones withdrawn",
        {
            "decision_id": _text("决定编号", "D and a number, in the order of recording"),
            "kind": _text("决定", "confirmed: accepted although it was held; withdrawn: no longer to count"),
            "submission_id": _SUBMISSION_ID,
            "dataset": _DATASET,
            "reporting_unit": _REPORTING_UNIT,
            "period": _PERIOD,
            "rules": RawColumn("VARCHAR[]", "规则", "Rules that had held it, or would have kept it as it was"),
            "because": _text("理由", "Why"),
            "decided_by": _text("决定人", "Who decided"),
            "decided_at": _moment("决定时间", "When it was decided"),
        },
    ),
    "waiver": RawTable(
        "豁免",
        "Every waiver of a rule, from the ledger",
        {
            "waiver_id": _text("豁免编号", "W and a number, in the order of recording"),
            "rule_id": _text("规则", "The rule whose findings no longer hold the unit"),
            "dataset": _text("数据集", "Of this dataset only; null: of any"),
            "reporting_unit": _REPORTING_UNIT,
            "period": _text("填报期", "Of this period only; null: of any"),
            "approver": _text("批准人", "Who approved it"),
            "because": _text("理由", "Why"),
            "until_on": RawColumn("DATE", "有效期至", "Last day of arrival for which it counts"),
            "granted_at": _moment("批准时间", "When it was granted"),
            "ended_at": _moment("终止时间", "When a person ended it before its day; null: it was not"),
            "ended_by": _text("终止人", "Who ended it"),
            "ended_because": _text("终止理由", "Why it was ended"),
        },
    ),
    "expected_report": RawTable(
        "应报",
        "Every report that is expected, and what became of it, by the as-of date of the build",
        {
            "dataset": _DATASET,
            "title_zh": _text("报表", "What the report is called"),
            "period": _text("填报期", "2025, 2025Q1 or 2025-03"),
            "reporting_unit": _text(
                "填报单元", "Township, project and township, or district where one report is expected for all"
            ),
            "unit_zh": _text("应报单位", "Who is to send it"),
            "due_on": RawColumn("DATE", "应报日期", "By the contract's cadence"),
            "state": _text("状态码", "on_time, late, held, waiting, received, missing or not_due"),
            "state_zh": _text("状态", "The same in Chinese"),
            "is_met": RawColumn("BOOLEAN", "是否已报", "Whether it was accepted, in time or late"),
            "is_overdue": RawColumn("BOOLEAN", "是否逾期", "Past its day and not accepted"),
            "days_late": RawColumn(
                "BIGINT", "逾期天数", "From the due day to its arrival, or to as_of_date while it is not accepted", "天"
            ),
            "received_at": _moment("收到时间", "Arrival of what met it, or of what came last"),
            "submission_id": _text("报送编号", "The submission that arrived then"),
            "as_of_date": RawColumn("DATE", "统计日期", "Day for which the state was computed"),
        },
    ),
}
"""By name in the schema `raw`, in the order in which dbt's sources list them."""

READINGS = RawTable(
    "读取",
    "Originals read again whose newest reading the raw tables hold; for the program alone",
    {"submission_id": _SUBMISSION_ID, "reading": _text("读取编号", "Name of the staged file that it gave")},
)
SYNC_STATE = RawTable(
    "同步状态",
    "What the build database was last synced with; one row, for the program alone",
    {
        "inputs_fingerprint": _text("输入指纹", "Of the accepted units"),
        "outcomes_fingerprint": _text("结果指纹", "Of what became of every submission, and of all overrides"),
        "as_of": _moment("截至", "Last event of the ledger that is in it"),
    },
)
