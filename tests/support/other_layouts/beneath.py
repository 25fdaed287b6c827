"""Other tables that an office leaves below its report, on the same sheet."""

from typing import Any

from tests.support.other_layouts.grid import Sheet

CONTACTS = (
    ("序号", "乡镇", "联系人", "联系电话", "备注"),
    (1, "苏店镇", "张某", 13800000000, None),
    (2, "韩店街道", "李某", "0355-8012345", "兼职"),
    (3, "荫城镇", "王某", "13900000000", None),
)
INSTRUCTIONS = (
    ("填表说明",),
    ("填写项", "说明"),
    ("面积", "按国土变更调查口径，以亩为单位填写，保留两位小数"),
    ("报送时间", "次年2月底前"),
)
OTHERS: dict[str, tuple[tuple[Any, ...], ...]] = {
    "nothing": (),
    "contacts": CONTACTS,
    "titled contacts": (("联系人表",), *CONTACTS),
    "instructions": INSTRUCTIONS,
    "numbered instructions": (
        INSTRUCTIONS[0],
        (1, "面积单位：亩，保留两位小数"),
        (2, "2021年以前的数据不填"),
        (3, "合计由系统计算"),
    ),
}


def put_beneath(sheet: Sheet, name: str, left: int) -> None:
    """Writes one of OTHERS two rows below all that is on the sheet, from a column on."""
    top = sheet.height + 3
    for down, row in enumerate(OTHERS[name]):
        for right, value in enumerate(row):
            sheet.put(top + down, left + right, value)
