"""Which texts anybody may read: what is known before anybody sends anything."""

import pytest

from reporting.known_texts import HIDDEN, hidden, is_known


@pytest.mark.parametrize(
    "text",
    [
        *("2025", "2025Q1", "2025-06", "2021-10-31", "A1-01", "140404101E", "140404202、140404203"),
        *("荫城镇", "区农业农村局", "荫城镇人民政府", "北张断面", "荫城煤矿区", "在建、验收", "河流湿地"),
        *("浊漳河河谷盆地国土综合整治区", "苏店镇：滞后3个月、停滞", "没有验收成果，也没有工程填报", "未填矿区"),
    ],
)
def test_the_plan_code_lists_and_the_words_of_models_are_known(text: str) -> None:
    assert is_known(text)


@pytest.mark.parametrize(
    "text",
    [
        *("赵悟饭主任", "责任人：钱多多 晋D66T88", "北张断面（联系人：卫青云）", "谢安石", "首阳山（范仲淹护林点）"),
        *(
            "韩非子家宅基地复垦 晋DA1234",
            "区财政局何仙姑 wanghao[at]163.com",
            "Zhang San",
            "荫城镇张三",
            "晋D12345",
            "138_1234_5678",
        ),
        *("6222021234567890123", "140421198001011234"),
    ],
)
def test_what_somebody_wrote_is_not(text: str) -> None:
    assert not is_known(text)


def test_hidden_texts_are_told_apart_and_known_ones_shown() -> None:
    assert hidden(["荫城镇", "谢安石", "姜子牙煤窑", "谢安石"]) == {"姜子牙煤窑": HIDDEN, "谢安石": f"{HIDDEN}〔2〕"}
