"""Persons as people write them in reports, made by a seed, and submissions in which they stand in every text field, in headings'
columns that nobody reads, notes, names of files and sheets, and where figures belong. What is planted is known, and looked for.
"""

import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
from pyogrio.raw import read_arrow, write_arrow

from contracts import Contract, contract, contracts
from contracts.personal_numbers import CHINESE_DIGITS
from tests.support.answers import SAMPLES
from warehouse.home import Home

SURNAMES = (
    "赵钱孙李周吴郑王冯陈韩杨朱秦许何吕张曹严魏姜谢邹潘葛范彭鲁马苗方袁柳史唐薛贺罗毕郝安常齐康伍余顾孟黄"
    "萧尹姚邵汪祁毛宋庞熊董梁杜郭梅林钟徐邱高夏蔡田"
)
GIVEN = "骁瑾翀铮淼钰骞昱琦晟睿茜婕煜珺曦霏翊桐澍"
"""Characters of given names that stand in no other word of the samples."""
REGIONS = ("140421", "140404", "410102", "110105")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # of GB 11643
TITLES = (
    "局长",
    "副局长",
    "主任",
    "书记",
    "镇长",
    "所长",
    "矿长",
    "村支书",
    "科长",
    "同志",
    "先生",
    "女士",
    "老师",
    "工程师",
    "会计",
    "组长",
    "经理",
)
LABELS = (
    "联系人",
    "填报人",
    "负责人",
    "项目负责人",
    "经办人",
    "审核人",
    "制表人",
    "意见人",
    "反映人",
    "户主",
    "法定代表人",
    "联络员",
    "责任人",
    "审批人",
    "报送人",
    "经手人",
    "信访人",
    "上访人",
    "贫困户",
    "低保户",
    "包村领导",
    "驻村干部",
)
UNSEEN = "\u200b"
TABLES = (
    *("2026/annual_task", "2026/ecology_detail", "2026/performance", "2026/project_acceptance", "2026/project_funds"),
    *("2026/project_ledger", "2026/public_feedback", "2026/rural_waste", "2026/safeguard", "2026/supervision"),
    *("clean/ecology", "clean/land_use", "clean/project_progress"),
)
LAYERS = (
    *("clean/admin_boundary", "clean/planning_zone", "clean/ecological_redline", "clean/forest_land", "clean/wetland"),
    *("clean/mining_subsidence", "clean/project_site", "2026/key_area", "clean/land_parcel"),
)


@dataclass(frozen=True)
class Person:
    """name, and the digits of each number that is this person's."""

    name: str
    mobile: str
    landline: str
    identity: str
    former_identity: str
    card: str
    address: str
    plate: str
    dwelling: str

    @property
    def secrets(self) -> tuple[str, ...]:
        """What nobody else may read, numbers as digits only."""
        return (
            self.name,
            self.mobile,
            self.landline,
            self.identity,
            self.former_identity,
            self.card,
            self.address,
            self.plate,
            self.dwelling,
        )


def person(random: Random) -> Person:
    """A person who does not exist."""

    def digits(count: int) -> str:
        return "".join(random.choice("0123456789") for _ in range(count))

    born = f"{random.randint(1941, 1999)}{random.randint(1, 12):02}{random.randint(1, 28):02}"
    identity = random.choice(REGIONS) + born + digits(3)
    check = "10X98765432"[sum(int(one) * weight for one, weight in zip(identity, WEIGHTS, strict=True)) % 11]
    name = random.choice(SURNAMES) + "".join(random.sample(GIVEN, random.choice((1, 2, 2))))
    return Person(
        name,
        f"1{random.choice('3456789')}{digits(9)}",
        f"0355{random.choice('2345678')}{digits(6)}",
        identity + check,
        random.choice(REGIONS) + born[2:] + digits(3),
        f"62{digits(17)}",
        f"{''.join(random.choice('abcdefghkmnpq') for _ in range(7))}@{random.choice(('163.com', 'qq.com', 'sdq.gov.cn'))}",
        f"晋D{random.choice('QWERT')}{digits(2)}{random.choice('0QWERT')}{digits(1)}",
        f"{random.randint(100, 999)}号{random.randint(1, 9)}单元{random.randint(101, 699)}",
    )


def named(one: Person, random: Random) -> str:
    """A name with what makes it known as one."""
    title, label = random.choice(TITLES), random.choice(LABELS)
    apart = f"{one.name[0]}{random.choice((' ', '　'))}{one.name[1:]}"
    return random.choice(
        (
            f"{one.name}{title}",
            f"{one.name} {title}",
            f"{one.name}（{title}）",
            f"{label}：{one.name}",
            f"{label}:{one.name}",
            f"{label} {one.name}",
            f"{label}（{one.name}）",
            f"{label}：{apart if len(one.name) == 2 else one.name}",
            f"村民{one.name}反映",
            f"{title}{one.name}",
            f"{label}{one.name}",
            f"{one.name}、{one.name}{random.choice(('两位', '等'))}",
            f"{label}|{one.name}|",
            f"【{label}】{one.name}",
            f"{label}签字：{one.name}",
        )
    )


IN_A_LIST = ((3, 4, 4), (6, 8, 4))
"""Groups between which commas stand too."""
CHINESE = {ord("0") + digit: ord("〇一二三四五六七八九"[digit]) for digit in range(10)}


def spelled(number: str, random: Random) -> str:
    """A number as somebody writes it: in groups, in full width, with signs that are not seen."""
    groups = {
        11: ((11,), (3, 4, 4), (3, 3, 5), (4, 3, 4)) if number[0] == "1" else ((4, 7), (4, 3, 4)),
        18: ((18,), (6, 8, 4), (6, 4, 4, 4), (4, 4, 4, 4, 2)),
        15: ((15,), (6, 6, 3)),
        19: ((19,), (4, 4, 4, 4, 3)),
    }[len(number)]
    chosen, parts, at = random.choice(groups), [], 0
    for length in chosen:
        parts.append(number[at : at + length])
        at += length
    written = random.choice((" ", "-", "–", "·", ".", "\u00a0", "\u2009", "－", " - ", "/", "_", "／")).join(parts)
    if number[0] == "1" and len(number) == 11:
        written = random.choice(("", "", "", "+86 ", "86-", "+86", "0086")) + written
    if len(chosen) > 1:
        return random.choice((written, ",".join(parts))) if chosen in IN_A_LIST else written
    ways = [
        number,
        number.translate({ord("0") + digit: 0xFF10 + digit for digit in range(10)}),
        UNSEEN.join(number),
        random.choice((" ", "-", "·")).join(number),
        number.lower(),
        number[:3] + number[3:].replace("0", "O").replace("1", "l"),
    ]
    if number[0] == "1" and (len(number) == 11 or (number.isdigit() and len(number) == 18)):
        ways += [one.join(number.translate(CHINESE)) for one in ("", " ")]
    if number[0] == "0":
        ways += [
            f"（{number[:4]}）{number[4:]}",
            f"({number[:4]}) {number[4:]}",
            f"{number[:4]}-{number[4:]}转{random.randint(1, 999)}",
        ]
    return random.choice(ways)


def sentence(one: Person, random: Random) -> str:
    """What somebody writes into a text field who should not: the person's name and some of the numbers."""
    numbers = [
        f"{random.choice(('电话', '手机', '联系方式', ''))}{random.choice(('', '：', ' '))}{spelled(one.mobile, random)}",
        f"{random.choice(('电话', '座机', ''))}{spelled(one.landline, random)}",
        f"身份证{spelled(one.identity, random)}",
        f"证号 {spelled(one.former_identity, random)}",
        f"卡号：{spelled(one.card, random)}",
        f"邮箱 {one.address.replace('@', random.choice(('@', '[at]', '（at）')))}",
        f"车牌{one.plate}",
        f"住府后街{one.dwelling}",
    ]
    chosen = random.sample(numbers, random.randint(1, 3))
    return "，".join((f"已与{random.choice('，、')}{named(one, random)}", *chosen))


@dataclass
class Planted:
    """Everybody who was planted, and where."""

    random: Random
    persons: list[Person] = field(default_factory=list)
    places: set[tuple[str, str]] = field(default_factory=set)

    def text(self, dataset: str, where: str) -> str:
        one = person(self.random)
        self.persons.append(one)
        self.places.add((dataset, where))
        return sentence(one, self.random)

    def place(self, dataset: str, where: str) -> str:
        """Who answers for something, where a place or an office belongs."""
        one = person(self.random)
        self.persons.append(one)
        self.places.add((dataset, where))
        title, label = self.random.choice(TITLES), self.random.choice(LABELS)
        return self.random.choice(
            (f"{one.name}{title}", f"{label}：{one.name} {one.plate}", f"北张断面（{label}：{one.name}）", one.name)
        )

    def name(self, dataset: str, where: str) -> str:
        """A short text, for a name of a file or sheet: without characters that such names may not have."""
        one = person(self.random)
        self.persons.append(one)
        self.places.add((dataset, where))
        return f"{one.name}{self.random.choice(TITLES)}{one.mobile}"


def text_fields(of: Contract) -> dict[str, bool]:
    """Fields of a dataset that take whatever somebody writes, and whether a row is known by them."""
    keys = {*of.key, *of.reporting_unit.fields, of.layout.feature_id, of.layout.location}
    return {name: name in keys for name, spec in of.fields.items() if spec.is_open}


def plant_everywhere(home: Home, planted: Planted) -> None:
    """Put a submission of every dataset into a home's inbox."""
    home.ensure()
    for place in TABLES:
        _plant_table(home, place, planted)
    for place in LAYERS:
        _plant_layer(home, place, planted)
    _plant_pattern(home, planted)
    assert {Path(place).name for place in (*TABLES, *LAYERS)} == set(contracts()) - {"corridor"}


def _target(home: Home, dataset: str, source: Path, planted: Planted) -> Path:
    target = home.inbox / dataset / f"{source.stem}（{planted.name(dataset, 'file name')}）{source.suffix}"
    target.parent.mkdir(parents=True, exist_ok=True)
    return target


def _plant_table(home: Home, place: str, planted: Planted) -> None:
    of = contract(Path(place).name)
    source = sorted((SAMPLES / place).glob("*.xlsx"))[-1]
    book = openpyxl.load_workbook(source)
    for sheet in book.worksheets[:2]:
        for merged in list(sheet.merged_cells.ranges):
            sheet.unmerge_cells(str(merged))
        head = next((row for row in range(1, 6) if sum(cell.value is not None for cell in sheet[row]) > 3), None)
        if head is None:
            continue
        headings = {_heading(cell.value): cell.column for cell in sheet[head] if cell.value}
        last, width = sheet.max_row, sheet.max_column
        for name, is_key in text_fields(of).items():
            spec = of.fields[name]
            at = next((headings[one] for one in spec.headers if one in headings), None)
            if at is None:
                width += 1
                at = width
                sheet.cell(head, at, spec.zh)
            if is_key:
                planter = planted.place if spec.type == "place" else planted.name
                sheet.cell(last, at, planter(of.dataset, name))
            else:
                for row in range(head + 1, last + 1):
                    written = sheet.cell(row, at).value
                    sheet.cell(row, at, f"{written or ''}，{planted.text(of.dataset, name)}")
        for more in ("联系人", "备注"):
            width += 1
            sheet.cell(head, width, more)
            sheet.cell(head + 1, width, planted.text(of.dataset, "column that is not read"))
        figure = next(
            (
                headings[one]
                for spec in of.fields.values()
                if spec.is_numeric
                for one in spec.headers
                if one in headings
            ),
            None,
        )
        if figure is not None:
            sheet.cell(head + 1, figure, planted.text(of.dataset, "figure"))
        sheet.cell(last + 2, 1, f"填报人：{planted.text(of.dataset, 'note')}")
        sheet.title = f"{sheet.title[:8]}{planted.name(of.dataset, 'sheet name')}"[:31]
    book.save(_target(home, of.dataset, source, planted))


def _heading(written: Any) -> str:
    return re.sub(r"（[^（）]*）$", "", str(written))


def _plant_layer(home: Home, place: str, planted: Planted) -> None:
    of = contract(Path(place).name)
    source = sorted([*(SAMPLES / place).glob("*.gpkg"), *(SAMPLES / place).glob("*.geojson")])[-1]
    meta, features = read_arrow(source)
    for name in text_fields(of):
        spec = of.fields[name]
        if name in (*of.key, of.layout.feature_id, of.layout.location):
            continue
        at = next((one for one in spec.headers if one in features.column_names), spec.header or spec.zh)
        written = features[at].to_pylist() if at in features.column_names else [None] * features.num_rows
        texts = pa.array(
            [
                planted.place(of.dataset, name) if number % 2 else f"{one or ''}，{planted.text(of.dataset, name)}"
                for number, one in enumerate(written[:20])
            ]
            + written[20:],
            pa.string(),
        )
        place_of = features.column_names.index(at) if at in features.column_names else None
        features = (
            features.set_column(place_of, at, texts) if place_of is not None else features.append_column(at, texts)
        )
    note = pa.array([planted.text(of.dataset, "attribute that is not read")] * features.num_rows, pa.string())
    features = features.append_column("备注", note)
    target = _target(home, of.dataset, source, planted)
    geometry = meta["geometry_name"] or "wkb_geometry"
    write_arrow(
        features,
        target,
        driver="GPKG" if source.suffix == ".gpkg" else "GeoJSON",
        geometry_name=geometry,
        geometry_type=meta["geometry_type"],
        crs=meta["crs"],
        **(
            {"layer": f"{source.stem[:10]}{planted.name(of.dataset, 'layer name')}"} if source.suffix == ".gpkg" else {}
        ),
    )


def _plant_pattern(home: Home, planted: Planted) -> None:
    """A layer of the ecological pattern, of which there is no sample, on the ground of the key areas."""
    meta, features = read_arrow(sorted((SAMPLES / "2026/key_area").glob("*.geojson"))[-1])
    count = features.num_rows
    columns = {
        "LDBH": [f"L{number}" for number in range(count)],
        "LDLX": [("一带", "多廊", "生态斑块")[number % 3] for number in range(count)],
        "LDMC": [planted.place("corridor", "element_name") for _ in range(count)],
        "LDMJ": features["QKMJ"],
        "wkb_geometry": features["wkb_geometry"],
    }
    write_arrow(
        pa.table(columns),
        home.inbox / "生态廊道2026.geojson",
        driver="GeoJSON",
        geometry_name="wkb_geometry",
        geometry_type=meta["geometry_type"],
        crs=meta["crs"],
    )


class _Plain(dict[int, str]):
    """Characters to what stands for them where numbers are compared."""

    def __missing__(self, code: int) -> str:
        one = chr(code)
        made = "" if unicodedata.category(one) == "Cf" else CHINESE_DIGITS.get(one, unicodedata.normalize("NFKC", one))
        self[code] = made
        return made


PLAIN = _Plain()
AS_DIGITS = str.maketrans("Ol", "01")
NUMBERS, NAMES, ADDRESSES, PLATES, DWELLINGS = (
    re.compile(r"\d[\dXx]{10,}"),
    re.compile(f"[{SURNAMES}][{GIVEN}]{{1,2}}"),
    re.compile(r"[a-z]{7}@[a-z.0-9]+"),
    re.compile("晋D[A-Z0-9]{5}"),
    re.compile(r"\d{3}号\d单元\d{3}"),
)


def found_in(text: str, persons: list[Person]) -> set[str]:
    """Which secrets of persons stand in a text, whatever way its numbers are written."""
    secrets = {secret for one in persons for secret in one.secrets}
    lengths = {len(secret) for secret in secrets if secret[0].isdigit()}
    plain = re.sub(r"[(\[]at[)\]]", "@", text.translate(PLAIN))
    digits = re.sub(r"(?<=\d)[ \u3000·.\-–—/_,]{1,2}(?=[\dXx])", "", plain)
    runs = [match[0] for form in (digits, digits.translate(AS_DIGITS), text) for match in NUMBERS.finditer(form)]
    seen = {run[at : at + length] for run in runs for length in lengths for at in range(len(run) - length + 1)}
    packed = re.sub(r"\s", "", text)
    seen |= {name[:length] for name in NAMES.findall(packed) for length in (2, 3)}
    seen |= {one for pattern in (ADDRESSES, PLATES, DWELLINGS) for one in pattern.findall(plain)}
    return seen & secrets


def texts_in(folder: Path) -> Iterator[tuple[str, str]]:
    """Every text in every file of a folder, by place: names of files, values of tables, members of workbooks, and the raw bytes."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        yield name, name
        if not path.is_file():
            continue
        raw = path.read_bytes()
        yield f"{name} as bytes", raw.decode("utf-8", "ignore")
        if path.suffix == ".parquet":
            yield name, _shown(pq.read_table(path))
        elif path.suffix == ".duckdb":
            with duckdb.connect(str(path), read_only=True) as con:
                for (table,) in con.execute("select table_name from duckdb_tables()").fetchall():
                    yield f"{name} {table}", _shown(con.execute(f'from "{table}"').to_arrow_table())
        elif zipfile.is_zipfile(io.BytesIO(raw)):
            with zipfile.ZipFile(io.BytesIO(raw)) as members:
                for member in members.namelist():
                    yield f"{name} {member}", members.read(member).decode("utf-8", "ignore")


def _shown(table: pa.Table) -> str:
    kept = [name for name in table.column_names if not pa.types.is_binary(table.schema.field(name).type)]
    return "\n".join("\t".join(str(value) for value in row.values()) for row in table.select(kept).to_pylist())
