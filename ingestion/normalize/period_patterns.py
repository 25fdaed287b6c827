"""The ways of writing a period, as patterns. Used by `periods` only."""

import re

CHINESE_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
CHINESE_NUMERALS = {
    **{char: number for number, char in enumerate("一二三四五六七八九十", start=1)},
    "十一": 11,
    "十二": 12,
}

YEAR = r"(?<!\d)(?P<year>(?:19|20)\d{2})"
NUMERAL = r"(?:\d{1,2}|十[一二]|[一二三四五六七八九十])"
SEPARATOR = r"\s*[-./_]\s*"
RANGE = r"\s*[-—–~～至到]+\s*"
LIST = r"\s*[、,，和及与]\s*"
YEAR_SPAN = re.compile(r"(?<!\d)(?:19|20)\d{2}\s*年?\s*(?:[-—–~～至到]+)\s*(?:19|20)\d{2}(?!\d)")
WRITTEN_YEAR = re.compile(r"[〇零○一二三四五六七八九]{4}(?=年)")
SHORT_YEAR = re.compile(  # 26年一季度, of the plan's years; not what something lasts (3年6个月), nor another calendar's (民国115年)
    rf"(?<![\d第.])(?P<short>[23]\d)(?=\s*年\s*(?:度|第?\s*(?:{NUMERAL}\s*(?:季|月)|[首末]季|[Qq][1-4])))"
)
NAMED_QUARTERS = {"首季": "1季", "末季": "4季"}

# Of each grain the ways of writing it, the surest first; the first SURE of them are plain wherever they stand, the others are
# looked at only where there is none of these
SURE = {"year": 3, "quarter": 2, "month": 3}
YEARS = tuple(
    map(
        re.compile,
        (
            YEAR + r"\s*年度",
            YEAR + rf"\s*年(?!\s*{NUMERAL}\s*月)",
            YEAR + r"(?!\d|\s*年|[-./_]\d{1,2}(?!\d))",
            YEAR + r"(?!\d)",
            YEAR + r"\d{2}(?:\d{2})?(?!\d)",
        ),
    )
)
QUARTERS = tuple(
    map(
        re.compile,
        (
            YEAR + rf"\s*年?度?\s*第?\s*(?P<part>{NUMERAL})\s*季",
            YEAR + r"\s*年?[-_ ]?\s*[Qq](?P<part>\d)(?!\d)",
            YEAR + SEPARATOR + r"(?P<part>\d)(?!\d|\s*[月年号])",
        ),
    )
)
MONTHS_OF_QUARTER = re.compile(  # 4月-6月, and 4、5、6月
    rf"(?:{YEAR}\s*年?度?\s*|(?<![\d年.]))(?P<first>{NUMERAL})\s*月?(?:{RANGE}|{LIST}{NUMERAL}\s*月?{LIST})"
    rf"(?P<last>{NUMERAL})\s*月"
)
QUARTER_ALONE = re.compile(rf"(?<!前)第?\s*(?<![\d前])(?P<part>{NUMERAL})\s*季|(?<![A-Za-z])[Qq](?P<quarter>\d)(?!\d)")
MONTHS = tuple(
    map(
        re.compile,
        (
            YEAR + rf"\s*年度?\s*(?P<part>{NUMERAL})\s*月",
            YEAR + SEPARATOR + r"(?P<part>\d{1,2})(?!\d|\s*[季年号])",
            YEAR + r"(?P<part>\d{2})(?!\d)",
            YEAR + r"(?P<part>\d{2})\d{2}(?!\d)",
        ),
    )
)
MONTH_ALONE = re.compile(rf"(?<![\d年.])(?P<part>{NUMERAL})\s*月(?!\s*\d{{1,2}}\s*日)")
DAYS = tuple(
    map(
        re.compile,
        (
            YEAR + r"\s*年\s*(?P<month>\d{1,2})\s*月\s*(?P<day>\d{1,2})\s*日?(?!\d)",
            YEAR + SEPARATOR + r"(?P<month>\d{1,2})" + SEPARATOR + r"(?P<day>\d{1,2})(?!\d)",
            YEAR + r"(?P<month>\d{2})(?P<day>\d{2})(?!\d)",
        ),
    )
)


SEVERAL_MONTHS = re.compile(
    YEAR
    + rf"\s*年?度?\s*(?P<first>{NUMERAL})\s*月?份?(?:{RANGE}|{LIST}(?:{NUMERAL}\s*月?{LIST})*)"
    + r"(?:(?P<last_year>(?:19|20)\d{2})\s*[年.]\s*)?"
    + rf"(?P<last>{NUMERAL})\s*月"
)
SEVERAL_QUARTERS = re.compile(
    YEAR
    + rf"\s*年?度?\s*第?(?P<first>{NUMERAL})\s*季?度?(?:{RANGE}|{LIST})(?:(?P<last_year>(?:19|20)\d{{2}})\s*年\s*)?"
    + rf"第?(?P<last>{NUMERAL})\s*季"
)
SEVERAL_YEARS = re.compile(YEAR + rf"\s*年?{LIST}(?P<last_year>(?:19|20)\d{{2}})(?!\d)")
QUARTERS_SPELLED = re.compile(
    YEAR
    + r"\s*年?[-_ ]?[Qq](?P<first>\d)"
    + RANGE
    + r"(?:(?P<last_year>(?:19|20)\d{2})\s*年?[-_ ]?)?[Qq](?P<last>\d)(?!\d)"
)
PART_OF_YEAR = re.compile(
    YEAR + r"\s*年?度?\s*(?P<part>上半年|下半年|全年|前[一二三四五六七八九十\d]{1,2}个?(?:季度|月))"
)
# Numbers of four digits that are no years: the coordinate and height systems in use in China (北京54, 西安80, 国家2000;
# 黄海56, 国家85), standards, surveys, scales, documents, and figures with a unit behind
NO_YEAR = re.compile(
    r"(?:CGCS|国家|西安|北京)?\s*(?:1954|1980|2000)\s*(?:国家|西安|北京)?(?:大地)?(?:坐标|基准)系?"
    r"|(?:国家|黄海)?\s*(?:1956|1985)\s*(?:国家|年)?(?:黄海)?(?:高程)?(?:高程|基准)系?"
    r"|(?:西安|北京|黄海)\s*(?:19)?\d{2}|CGCS\s*2000"
    r"|(?:GB|TD|DB|CJJ|HJ|LY|SL|NY|CH)\s*/?\s*[TZ]?\s*\d[\d.]*\s*[-—–:]\s*(?:19|20)\d{2}"
    r"|(?:第?[一二三]次?(?:国土|全国)?(?:土地)?(?:调查?|普)|[二三]调)\s*(?:19|20)\d{2}年?|[1一]\s*[:：比]\s*(?:19|20)\d{2}0*"
    r"|[\[(〔【](?:19|20)\d{2}[\])〕】]\s*第?\d+\s*号"
    r"|(?:19|20)\d{2}(?:\.\d+)?\s*(?:余?[户人亩个项处块条株吨米元]|公顷|平方|万|%|％|千米|公里)",
    re.IGNORECASE,
)
LOST_ZERO = re.compile(  # 2025.10 as a number is 2025.1
    YEAR + r"\.1(?![\d.]|\s*[月季年号]|\s*[-—–~～至到、,，和及与])"
)
OTHER_CALENDAR = re.compile(
    rf"(?:农历|阴历|旧历)\s*(?:(?:19|20)\d{{2}}|闰?{NUMERAL}\s*月)|{YEAR}\s*年?度?\s*(?:农历|阴历|旧历|财年)"
    rf"|(?<!\d)(?:19|20)\d{{2}}\s*年?(?:[正腊冬]月|闰{NUMERAL}\s*月)|财年\s*(?:19|20)\d{{2}}"
)
DAY_SPAN = re.compile(
    YEAR
    + rf"\s*[年./-]\s*(?P<month>\d{{1,2}})\s*[月./-]\s*(?P<day>\d{{1,2}})\s*日?{RANGE}"
    + r"(?:(?P<last_year>(?:19|20)\d{2})\s*[年./-]\s*)?(?P<last_month>\d{1,2})\s*[月./-]\s*(?P<last_day>\d{1,2})(?!\d)\s*日?"
)
