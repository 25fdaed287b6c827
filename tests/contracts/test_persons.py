"""What in a text is a person's, in whatever spelling; and what is not."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from pyogrio.raw import read_arrow
from python_calamine import CalamineWorkbook

from contracts import contract, finding
from contracts.persons import VALUE_KEPT, finding_without_persons, without_persons
from tests.support.answers import SAMPLES
from tests.support.planted_persons import Planted, found_in, person, sentence

SENTENCES = 4_000
TELEPHONE, IDENTITY, CARD, NAME, ADDRESS = "［电话］", "［身份证号］", "［银行卡号］", "［姓名］", "［邮箱］"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("13935512345", TELEPHONE),
        ("139-3551-2345", TELEPHONE),
        ("1393551 2345", TELEPHONE),
        ("1393-5512-345", TELEPHONE),
        ("139 3551 23 45", TELEPHONE),
        ("+86 139 3551 2345", TELEPHONE),
        ("0086-13935512345", TELEPHONE),
        ("tel13935512345", f"tel{TELEPHONE}"),
        ("１３９３５５１２３４５", TELEPHONE),
        ("①③⑨③⑤⑤①②③④⑤", TELEPHONE),
        ("一三九三五五一二三四五", TELEPHONE),
        ("幺三九三五五幺二三四五", TELEPHONE),
        ("1 3 9 3 5 5 1 2 3 4 5", TELEPHONE),
        ("139\u200b3551\u200b2345", TELEPHONE),
        ("١٣٩٣٥٥١٢٣٤٥", TELEPHONE),
        ("13935512345.0", f"{TELEPHONE}.0"),  # a number that a program read as one
        ("0355-8081234", TELEPHONE),
        ("（0355）8081234转801", TELEPHONE),
        ("0355·808·1234", TELEPHONE),
        ("+86 355 8081234", TELEPHONE),
        ("办公电话：8081234", f"办公电话：{TELEPHONE}"),
        ("140421198001011234", IDENTITY),
        ("140421 19800101 123X", IDENTITY),
        ("1404 2119 8001 0112 34", IDENTITY),
        ("1 4 0 4 2 1 1 9 8 0 0 1 0 1 1 2 3 4", IDENTITY),
        ("140421800101123", IDENTITY),
        ("6222 0212 3456 7890 123", CARD),
        ("4111111111111111", CARD),
        ("zhang.san ＠ 163.com", ADDRESS),
        ("微信号：zhang_san88", "微信号：［网络账号］"),
        ("2669，0355–2099720", f"2669，{TELEPHONE}"),
        ("138/1234/5678", TELEPHONE),
        ("138_1234_5678", TELEPHONE),
        ("138,1234,5678", TELEPHONE),
        ("1_3_8_1_2_3_4_5_6_7_8", TELEPHONE),
        ("0355/8081234", TELEPHONE),
        ("400-800-1234", TELEPHONE),
        ("140421/19800101/1234", IDENTITY),
        ("140421_19800101_1234", IDENTITY),
        ("140421,19800101,1234", IDENTITY),
        ("一三八 一二三四 五六七八", TELEPHONE),
        ("壹叁捌壹贰叁肆伍陆柒捌", TELEPHONE),
        ("一四〇四二一一九八〇〇一〇一一二三四", IDENTITY),
        ("1381234567O", TELEPHONE),
        ("l3812345678", TELEPHONE),
        ("1404211980O1O11234", IDENTITY),
        ("955 88 0212 3456 7890 123", CARD),
        ("9558801234567890123", CARD),
        ("622202/1234567890123", CARD),
        ("6222_0212_3456_7890_123", CARD),
        ("账号 10203040506070", f"账号 {CARD}"),
        ("开户卡号：04-123456789012345", f"开户卡号：{CARD}"),
        ("wanghao[at]163.com", ADDRESS),
        ("wanghao（at）163[dot]com", ADDRESS),
        ("wanghao#163.com", ADDRESS),
        ("VX:abc12345", "VX:［网络账号］"),
        ("V信 abc12345", "V信 ［网络账号］"),
        ("微信号 abc12345", "微信号 ［网络账号］"),
        ("护照E12345678", "护照［证件号］"),
        ("护照号码：EA1234567", "护照号码：［证件号］"),
        ("军官证 军字第1234567号", "军官证 ［证件号］"),
        ("晋D66T88", "［车牌号］"),
        ("车牌晋D·A1234", "车牌［车牌号］"),
        ("晋DF12345", "［车牌号］"),
        ("韩店街道府后街12号3单元501", "［住址］"),
        ("幸福小区3号楼2单元401室", "［住址］"),
        ("住址：南宋镇南宋村东头", "住址：［住址］"),
    ],
)
def test_numbers_of_persons_are_masked(text: str, expected: str) -> None:
    assert without_persons(text, has_names=False) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("张三同志", f"{NAME}同志"),
        ("李　四　科长", f"{NAME}　科长"),
        ("王五（主任）", f"{NAME}（主任）"),
        ("李局长", f"{NAME}局长"),
        ("联系人：张三、李四", f"联系人：{NAME}"),
        ("填报人 赵六 13935512345", f"填报人 {NAME} {TELEPHONE}"),
        ("【联系人】张三", f"【联系人】{NAME}"),
        ("负责人（王小五）", f"负责人（{NAME}）"),
        ("负责人：阿依古丽", f"负责人：{NAME}"),
        ("单位负责人：阿卜杜拉·买买提", f"单位负责人：{NAME}"),
        ("审核人签字：孙一鸣", f"审核人签字：{NAME}"),
        ("村民张三反映道路太窄", f"村民{NAME}反映道路太窄"),
        ("王建国、李梅两位同志", f"{NAME}两位同志"),
        ("欧阳娜娜女士来访", f"{NAME}女士来访"),
        ("13935512345（张三）", f"{TELEPHONE}（{NAME}）"),
        ("张三，身份证号140421198001011234", f"{NAME}，身份证号{IDENTITY}"),
        ("Mr. Zhang San", f"Mr. {NAME}"),
        ("区住建局王建国副主任", f"区住建局{NAME}副主任"),
        ("张建国已签字", f"{NAME}已签字"),
        ("签字：李明", f"签字：{NAME}"),
        ("填报:李明", f"填报:{NAME}"),
        ("审批：李明", f"审批：{NAME}"),
        ("报送人李明", f"报送人{NAME}"),
        ("经手人：李明", f"经手人：{NAME}"),
        ("信访人张建国", f"信访人{NAME}"),
        ("贫困户刘桂英", f"贫困户{NAME}"),
        ("低保户：刘桂英", f"低保户：{NAME}"),
        ("包村领导：杨过儿", f"包村领导：{NAME}"),
        ("驻村干部李明", f"驻村干部{NAME}"),
        ("责任人：钱多多 晋D66T88", f"责任人：{NAME} ［车牌号］"),
        ("赵悟饭主任", f"{NAME}主任"),
        ("荫城河（河长郎平安）", f"荫城河（河长{NAME}）"),
        ("張建國主任", f"{NAME}主任"),
        ("聯繫人：張三", f"聯繫人：{NAME}"),
        ("區自然資源局（李明）", f"區自然資源局（{NAME}）"),
        ("区农业农村局秦叔宝", f"区农业农村局{NAME}"),
        ("附件.zip/苗翠花.xlsx", f"附件.zip/{NAME}.xlsx"),
        ("“苗翠花.jpg”没有读取", f"“{NAME}.jpg”没有读取"),
        ("李明（区自然资源局）", f"{NAME}（区自然资源局）"),
    ],
)
def test_names_in_free_text_are_masked(text: str, expected: str) -> None:
    assert without_persons(text, has_names=True) == expected
    assert NAME not in without_persons(text, has_names=False)


@pytest.mark.parametrize(
    "text",
    [
        *("1404042022000000000", "140404202203000001", "140404202201", "140404001|2025", "S20250301-000001"),
        *("20250301123456", "2025-03-01 2024-05-06", "面积13.9355 12.3 45.1", "13935512345.67", "上政办发〔2026〕5号"),
        *("3a13935512345f", "12345热线", "1,393,551", "张某", "李某某反映", "区农业农村局", "区自然资源局局长牵头"),
        *("常务副区长", "党支部书记", "项目经理和高级工程师", "施工队长", "荫城镇高标准农田建设", "高家庄村土地整治"),
        *(
            "负责人：区农业农村局",
            "列“联系人”未读取",
            "负责人、审核人、填报日期",
            "村民要求加宽",
            "专家评审通过",
            "群众代表建议",
        ),
        *("成果.xlsx", "季报.xlsx", "田块.jpg", "简报.docx"),
        "领导小组已成立，办公室设在区自然资源局",
        *(
            "责任人：区水利局",
            "审批：同意",
            "签字盖章",
            "贫困户安置点",
            "驻村干部名单",
            "低保户房屋改造",
            "河长制办公室",
        ),
        *(
            "建了5栋20户",
            "微信公众号",
            "13,812,345,678",
            "181,181,59377,13591.5",
            "1341255.68,20",
            "1,3,5,7,9,11,2,4,6,8,0",
        ),
        *("苏店镇长治经坊煤业", "韩店街道全域", "二〇二五年一月一日", "2021,2022,2023,2024,2025"),
        "",
    ],
)
def test_what_is_nobodys_stays(text: str) -> None:
    assert without_persons(text, has_names=True) == text


def test_whoever_is_written_about_is_masked() -> None:
    """Persons made by a seed, in the ways in which people write."""
    random = Random(14)
    for _ in range(SENTENCES):
        one = person(random)
        text = sentence(one, random)
        assert found_in(text, [one]), text
        assert found_in(without_persons(text, has_names=True), [one]) == set(), text
        names = found_in(without_persons(text, has_names=False), [one])
        assert names <= {one.name}, text


def test_a_name_of_a_file_is_masked() -> None:
    planted = Planted(Random(15))
    for _ in range(500):
        name = f"上党区年报（{planted.name('ecology', 'file name')}）.xlsx"
        assert found_in(without_persons(name, has_names=True), planted.persons[-1:]) == set(), name


def test_a_finding_of_a_free_field_does_not_show_what_stands_there() -> None:
    item = finding("normalize.text_in_numeric", field="summary", found="张三说路窄", title="内容摘要")
    published = finding_without_persons(item, contract("public_feedback"))
    assert item.found == "张三说路窄" and published.found == VALUE_KEPT
    assert "张三" not in published.message + published.message_en
    other = finding("normalize.unknown_township", field="township_code", found="张三13935512345")
    published = finding_without_persons(other, None)
    assert published.found == f"{NAME}{TELEPHONE}" and "13935512345" not in published.message


def test_nothing_in_the_clean_samples_is_taken_for_a_person() -> None:
    texts = {text for path in sorted((SAMPLES / "clean").rglob("*")) if path.is_file() for text in _texts_of(path)}
    assert len(texts) > 3_000
    assert {text for text in texts if without_persons(text, has_names=True) != text} == set()


def _texts_of(path: Path) -> Iterator[str]:
    yield path.name
    if path.suffix == ".xlsx":
        for sheet in CalamineWorkbook.from_path(path).sheet_names:
            yield sheet
            for row in CalamineWorkbook.from_path(path).get_sheet_by_name(sheet).to_python():
                yield from (value for value in row if isinstance(value, str))
    elif path.suffix in (".gpkg", ".geojson"):
        _, features = read_arrow(path, read_geometry=False)
        for column in features.columns:
            yield from (value for value in column.to_pylist() if isinstance(value, str))


@pytest.mark.parametrize(
    ("dataset", "field", "is_shown"),
    [
        ("corridor", "element_name", False),
        ("key_area", "place", False),
        ("planning_zone", "zone_name", False),
        ("annual_task", "area", False),
        ("mining_subsidence", "subsidence_id", True),
        ("land_use", "period", True),
    ],
)
def test_what_a_finding_shows_of_a_layer_or_a_place_is_for_its_sender(dataset: str, field: str, is_shown: bool) -> None:
    item = finding("normalize.unknown_township", field=field, found="彭祖寿护林带")
    assert finding_without_persons(item, contract(dataset)).found == ("彭祖寿护林带" if is_shown else VALUE_KEPT)
