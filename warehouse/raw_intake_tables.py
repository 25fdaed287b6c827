"""The raw tables of how files were read and checked: rule outcomes, and the reading record. `raw_tables` lists them,
`ledger_replicas` fills them.
"""

from warehouse.raw_columns import SUBMISSION_ID, RawColumn, RawTable, count_column, text_column

INTAKE_TABLES: dict[str, RawTable] = {
    "rule_outcome": RawTable(
        "规则结果",
        "What became of the rules of a submission: one row for all reporting units with equal outcomes, from the ledger",
        {
            "submission_id": SUBMISSION_ID,
            "group_no": count_column("组号", "1-based number of these units in the submission"),
            "rules": RawColumn("VARCHAR[]", "规则", "Ids of the rules"),
            "fields": RawColumn(
                "VARCHAR[]", "字段", "Field of each rule; null where a rule is one of the whole dataset"
            ),
            "outcomes": RawColumn("VARCHAR[]", "结果", "Letter of each rule's outcome (contracts/rule_outcomes.py)"),
            "reporting_units": RawColumn("VARCHAR[]", "填报单元", "Reporting units with these outcomes"),
            "periods": RawColumn("VARCHAR[]", "填报期", "Period of each of them"),
        },
    ),
    "reading_item": RawTable(
        "读取记录",
        "The reading record of every submission: sheets, rows, columns, periods and conversions, from the ledger",
        {
            "submission_id": SUBMISSION_ID,
            "item_no": count_column("序号", "1-based order in the record of the submission"),
            "sheet": text_column("工作表", "Sheet or layer; null in a CSV, and for conversions"),
            "part": text_column("部分", "sheet, rows, column, period, declared_day or conversion"),
            "kind": text_column("种类", "What was done with it, as contracts/reading_record.py names it"),
            "place": text_column("位置", "Cell of a heading; where a period is named"),
            "first_row": count_column("起始行", "First of these rows, 1-based"),
            "last_row": count_column("终止行", "Last of these rows"),
            "items": count_column("数量", "Rows, or values converted; 1 for anything else"),
            "written": text_column("原文", "Heading, subtotal or period as it was written; why a sheet was not read"),
            "read_as": text_column("读作", "Field of the contract, or canonical period"),
            "score": RawColumn("DOUBLE", "相似度", "0 to 100, of a column known by a similar heading or its content"),
            "measure_unit": text_column("计量单位", "Unit of measure that the column was read in"),
        },
    ),
}
