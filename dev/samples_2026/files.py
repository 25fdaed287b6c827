"""Which files samples/2026 holds, and the tables or layers that each is made of."""

from collections.abc import Callable
from pathlib import Path

from dev.samples_2026 import layers, records, tables
from dev.samples_2026.writing import Table

WORKBOOKS: dict[str, Callable[[], list[Table]]] = {
    "project_ledger/重点工程台账（2026年1月更新）.xlsx": lambda: [tables.ledger()],
    "project_progress/重点工程进度月报汇编.xlsx": lambda: list(tables.progress()),
    "project_acceptance/上党区2026年上半年验收台账.xlsx": lambda: [tables.acceptances()],
    "project_funds/1_重点工程资金台账汇编.xlsx": lambda: list(tables.funds()),
    "annual_task/上党区2026年度任务分解表.xlsx": lambda: [records.tasks()],
    "public_feedback/上党区2026年群众与专家意见.xlsx": lambda: [records.opinions()],
    "safeguard/上党区2026年实施保障台账.xlsx": lambda: [records.safeguards()],
    "supervision/上党区2026年重点工程监督检查记录.xlsx": lambda: [records.inspections()],
    "performance/上党区2026年度重点工程绩效评价表.xlsx": lambda: [records.evaluations()],
    "ecology_detail/上党区2026年度生态状况明细年报.xlsx": lambda: [records.details()],
    "rural_waste/上党区2026年一季度农村生活垃圾处理季报.xlsx": lambda: [records.waste_table(1)],
}
LISTS: dict[str, Callable[[], Table]] = {  # as CSV
    "project_funds/2_重点工程资金台账2026年3月（更正）.csv": tables.correction,
    "rural_waste/上党区2026年二季度农村生活垃圾处理季报.csv": lambda: records.waste_table(2),
}
LAYERS: dict[str, tuple[Callable[[Path], None], Callable[[], int]]] = {  # its writer, and how many features it has
    "mining_subsidence/采空塌陷区2026.geojson": (layers.write_subsidences, lambda: len(layers.subsidences())),
    "key_area/重点区范围2026.geojson": (layers.write_extents, lambda: len(layers.extents())),
}
