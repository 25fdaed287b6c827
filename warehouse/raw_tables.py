"""The raw tables that hold no dataset's rows, declared once: columns with type, title and meaning. Whoever fills one
takes its columns from here (`overlays`, `spatial_derivations`, `ledger_replicas`, `sync`), and dev/generate.py writes
dbt's sources from it.
"""

from contracts.submission_table import CRS
from warehouse.raw_columns import (
    PERIOD,
    REPORTING_UNIT,
    SUBMISSION_ID,
    RawColumn,
    RawTable,
    count_column,
    moment_column,
    text_column,
)
from warehouse.raw_intake_tables import INTAKE_TABLES

_DATASET = text_column("数据集", "Dataset of the contract")
_AREA_M2 = RawColumn("DOUBLE", "椭球面积", "Ellipsoidal area, GRS80", "m2")
_ROW_ID = count_column("行序", "Row of the feature in its submission")
_DERIVED_AS = text_column("推算文件", "File under overlays/ that the row was computed into")
_PARTITION = {
    "boundary_submission_id": text_column("行政区报送", "The boundary by which it was cut"),
    "zone_submission_id": text_column("规划分区报送", "The zones by which it was cut"),
}
_AREA_CELL = {
    "part_code": text_column("乡镇分片代码", "Township part; null outside of every area cell"),
    "consolidation_zone": text_column("整治分区", "Consolidation zone of the area cell"),
    "restoration_zone": text_column("修复分区", "Restoration zone of the area cell"),
}

RAW_TABLES: dict[str, RawTable] = {
    "base_partition": RawTable(
        "空间底图",
        "Area cells of every spatial fact: township part × consolidation zone × restoration zone, of the boundary and "
        "zones in force",
        {
            **_PARTITION,
            "part_code": _AREA_CELL["part_code"],
            "township_code": text_column("乡镇代码", "Township of the part"),
            "consolidation_zone": _AREA_CELL["consolidation_zone"],
            "restoration_zone": _AREA_CELL["restoration_zone"],
            "area_m2": _AREA_M2,
        },
    ),
    "overlay": RawTable(
        "图层叠加",
        "Each feature of each layer, cut by the base partition",
        {
            "dataset": text_column("数据集", "Dataset of the layer"),
            "submission_id": SUBMISSION_ID,
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
            "reporting_unit": text_column("乡镇代码", "Township whose parcels of two years are compared"),
            "from_period": text_column("起始年度", "Year of the earlier parcels"),
            "to_period": text_column("终止年度", "Year of the later parcels, the next that there is"),
            "from_submission_id": text_column("原图斑报送", "The submission of the earlier parcels"),
            "to_submission_id": text_column("现图斑报送", "The submission of the later parcels"),
            **_AREA_CELL,
            "from_class": text_column(
                "原地类代码", "Land class in the earlier year; null where only the later parcels cover the ground"
            ),
            "to_class": text_column(
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
            "ground": count_column(
                "地块序号", "Number of the piece of ground; the same for every site that lies on it"
            ),
            "submission_id": SUBMISSION_ID,
            "row_id": _ROW_ID,
            **_AREA_CELL,
            "area_m2": _AREA_M2,
        },
    ),
    "site_in_redline": RawTable(
        "红线内的项目",
        "Ground of the latest sites of sub-projects inside the newest ecological red line, cut by the base partition",
        {
            "derived_as": _DERIVED_AS,
            "submission_id": SUBMISSION_ID,
            "row_id": _ROW_ID,
            "redline_submission_id": text_column("红线报送", "The submission of the red line"),
            "redline_row_id": count_column("红线行序", "Row of the red line's feature in its submission"),
            **_AREA_CELL,
            "area_m2": _AREA_M2,
        },
    ),
    "site_line": RawTable(
        "线状项目红线",
        "Length of the latest sites of sub-projects that are drawn as lines, cut by the base partition",
        {
            "derived_as": _DERIVED_AS,
            "submission_id": SUBMISSION_ID,
            "row_id": _ROW_ID,
            **_AREA_CELL,
            "length_m": RawColumn("DOUBLE", "长度", "Geodesic length, GRS80", "m"),
        },
    ),
    "submission": RawTable(
        "报送",
        "Every file received, from the ledger",
        {
            "submission_id": SUBMISSION_ID,
            "file_name": text_column("文件名", "Name of the file as received"),
            "dataset": text_column("数据集", "Dataset that it was recognised as; null where none was"),
            "family": text_column("数据类别", "Family of the dataset: statistics, project_reports or spatial"),
            "sender": text_column("报送单位", "Folder of the inbox that it lay in, if any"),
            "sha256": text_column("内容校验", "SHA-256 under which it is archived"),
            "received_at": moment_column("收到时间", "When it arrived"),
            "state": text_column(
                "状态", "received, staged, accepted, partly_held, held, waiting, withdrawn or unreadable"
            ),
            "rows_read": count_column("读取行数", "Rows read"),
            "rows_accepted": count_column("接收行数", "Rows of accepted and unchanged units"),
            "rows_held": count_column("退回行数", "Rows of held and waiting units"),
            "rows_control": count_column("合计行数", "Total and blank rows, which hold no facts of their own"),
        },
    ),
    "submission_unit": RawTable(
        "报送单元",
        "Every reporting unit of every file, from the ledger",
        {
            "submission_id": SUBMISSION_ID,
            "dataset": _DATASET,
            "reporting_unit": REPORTING_UNIT,
            "period": PERIOD,
            "state": text_column("状态", "staged, accepted, held, waiting, unchanged or withdrawn"),
            "rows": count_column("行数", "Sheet rows or features of the unit"),
            "facts": count_column("数值数", "Stored values of the unit"),
            "accepted_at": moment_column("接收时间", "When it was accepted; null where it was not"),
            "ended_at": moment_column("被替换时间", "When a later version replaced it; null while it is in force"),
            "ended_by": text_column("替换它的报送", "The submission whose version replaced it"),
        },
    ),
    "finding": RawTable(
        "问题",
        "Every finding of every file, from the ledger",
        {
            "submission_id": SUBMISSION_ID,
            "finding_no": count_column("问题序号", "Its number in the submission, from 0"),
            "rule_id": text_column("规则", "Rule of contracts/catalogue.csv"),
            "severity": text_column("级别", "error holds the unit, warning and info do not"),
            "message": text_column("说明", "What was found, in Chinese"),
            "remedy": text_column("如何改正", "How to correct it, in Chinese"),
            "message_en": text_column("英文说明", "What was found, in English"),
            "remedy_en": text_column("英文改正方法", "How to correct it, in English"),
            "reporting_unit": text_column("填报单元", "Reporting unit concerned; null: the whole file"),
            "period": PERIOD,
            "sheet": text_column("工作表", "Sheet or layer; null in a CSV"),
            "cell": text_column("单元格", "A1 address or range"),
            "feature": text_column("要素编号", "Feature id, or two joined by |"),
            "field": text_column("字段", "Field of the contract"),
            "found": text_column("实际", "The value found"),
            "expected": text_column("应为", "What was expected"),
            "lifted_by": text_column(
                "依据", "The waiver (W…) or confirmation (D…) by which it no longer holds its unit"
            ),
            "lon": RawColumn("DOUBLE", "经度", f"Longitude of the place, degrees, {CRS}"),
            "lat": RawColumn("DOUBLE", "纬度", f"Latitude of the place, degrees, {CRS}"),
        },
    ),
    "decision": RawTable(
        "决定",
        "Every decision of a person on a reporting unit, from the ledger: held ones accepted, accepted ones withdrawn",
        {
            "decision_id": text_column("决定编号", "D and a number, in the order of recording"),
            "kind": text_column("决定", "confirmed: accepted although it was held; withdrawn: no longer to count"),
            "submission_id": SUBMISSION_ID,
            "dataset": _DATASET,
            "reporting_unit": REPORTING_UNIT,
            "period": PERIOD,
            "rules": RawColumn("VARCHAR[]", "规则", "Rules that had held it, or would have kept it as it was"),
            "because": text_column("理由", "Why"),
            "decided_by": text_column("决定人", "Who decided"),
            "decided_at": moment_column("决定时间", "When it was decided"),
        },
    ),
    "waiver": RawTable(
        "豁免",
        "Every waiver of a rule, from the ledger",
        {
            "waiver_id": text_column("豁免编号", "W and a number, in the order of recording"),
            "rule_id": text_column("规则", "The rule whose findings no longer hold the unit"),
            "dataset": text_column("数据集", "Of this dataset only; null: of any"),
            "reporting_unit": REPORTING_UNIT,
            "period": text_column("填报期", "Of this period only; null: of any"),
            "approver": text_column("批准人", "Who approved it"),
            "because": text_column("理由", "Why"),
            "until_on": RawColumn("DATE", "有效期至", "Last day of arrival for which it counts"),
            "granted_at": moment_column("批准时间", "When it was granted"),
            "ended_at": moment_column("终止时间", "When a person ended it before its day; null: it was not"),
            "ended_by": text_column("终止人", "Who ended it"),
            "ended_because": text_column("终止理由", "Why it was ended"),
        },
    ),
    "expected_report": RawTable(
        "应报",
        "Every report that is expected, and what became of it, by the as-of date of the build",
        {
            "dataset": _DATASET,
            "title_zh": text_column("报表", "What the report is called"),
            "period": text_column("填报期", "2025, 2025Q1 or 2025-03"),
            "reporting_unit": text_column(
                "填报单元", "Township, project and township, or district where one report is expected for all"
            ),
            "unit_zh": text_column("应报单位", "Who is to send it"),
            "due_on": RawColumn("DATE", "应报日期", "By the contract's cadence"),
            "state": text_column("状态码", "on_time, late, held, waiting, received, missing or not_due"),
            "state_zh": text_column("状态", "The same in Chinese"),
            "is_met": RawColumn("BOOLEAN", "是否已报", "Whether it was accepted, in time or late"),
            "is_overdue": RawColumn("BOOLEAN", "是否逾期", "Past its day and not accepted"),
            "days_late": RawColumn(
                "BIGINT", "逾期天数", "From the due day to its arrival, or to as_of_date while it is not accepted", "天"
            ),
            "received_at": moment_column("收到时间", "Arrival of what met it, or of what came last"),
            "submission_id": text_column("报送编号", "The submission that arrived then"),
            "as_of_date": RawColumn("DATE", "统计日期", "Day for which the state was computed"),
        },
    ),
    **INTAKE_TABLES,
}
"""By name in the schema `raw`, in the order in which dbt's sources list them."""

READINGS = RawTable(
    "读取",
    "Originals read again whose newest reading the raw tables hold; for the program alone",
    {"submission_id": SUBMISSION_ID, "reading": text_column("读取编号", "Name of the staged file that it gave")},
)
SYNC_STATE = RawTable(
    "同步状态",
    "What the build database was last synced with; one row, for the program alone",
    {
        "inputs_fingerprint": text_column("输入指纹", "Of the accepted units"),
        "outcomes_fingerprint": text_column("结果指纹", "Of what became of every submission, and of all overrides"),
        "as_of": moment_column("截至", "Last event of the ledger that is in it"),
    },
)
