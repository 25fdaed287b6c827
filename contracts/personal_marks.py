"""What leads to a person beside numbers: passports, plates of vehicles, dwellings, accounts and e-mail addresses in texts. Called by
`contracts.persons` for every text that is published.
"""

import re
from collections.abc import Iterator

from contracts.found_places import Found, Plain

PASSPORT_KEPT, PLATE_KEPT, DWELLING_KEPT = "［证件号］", "［车牌号］", "［住址］"
ADDRESS_KEPT, ACCOUNT_KEPT = "［邮箱］", "［网络账号］"
_HAN = "\u3400-\u9fff"
_SAYS = r"[ ]*[:(为是号码]{0,3}[ ]*"
"""Between the name of a thing and the thing: 护照号：E12345678."""
PASSPORT = re.compile(
    rf"(?:护照|通行证|台胞证|回乡证){_SAYS}([A-Za-z]{{1,2}}\d{{6,9}})"
    rf"|(?:军官证|士兵证|警官证|残疾人?证){_SAYS}((?:[{_HAN}]字第)?[A-Za-z]?\d{{6,20}}号?)"
)
PLATE = re.compile(
    r"[京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新][A-HJ-NP-Za-hj-np-z][ ·.-]?"
    r"(?=[A-Za-z]{0,3}\d)[A-HJ-NP-Za-hj-np-z0-9]{4,5}[A-HJ-NP-Za-hj-np-z0-9挂学警](?![A-Za-z0-9])"
)
"""GA 36: a province, a letter of the city, five signs, of vehicles without exhaust six."""
_STREET = rf"(?:[{_HAN}]{{1,10}}(?:街|路|巷|弄|胡同|小区|花园|家园|苑|村|社区|大院))"
_HOUSE = r"\d{1,4}[ ]?(?:号院|号楼|号|栋|幢|座|楼|#)[ -]?"
DWELLING = re.compile(
    rf"{_STREET}?(?:{_HOUSE}){{1,2}}(?:\d{{1,2}}[ ]?单元[ -]?(?:\d{{1,2}}层)?(?:\d{{1,4}}[室号]?)?|(?:\d{{1,2}}层)?\d{{1,4}}室)"
    rf"|{_STREET}\d{{1,2}}单元[ -]?\d{{0,4}}[室号]?"
    r"|(?:家庭住址|家庭地址|现住址|住址|户籍地址|居住地址)[ ]{0,2}[:为是][ ]{0,2}([^，。；,;\n]{2,40})"
)
"""府后街12号3单元501, 3栋2室, 住址：…. A count of buildings and households (5栋20户) is no dwelling."""
OF_A_DWELLING = re.compile("单元|室|址")
_AT = r"(?:\s?@\s?|\s?[\[({<【]\s?(?:at|AT|At)\s?[\])}>】]\s?)"
_DOT = r"(?:\.|[\[({【]\s?(?:dot|点)\s?[\])}】])"
_KNOWN_HOST = r"(?:163|126|139|189|qq|sina|sohu|gmail|hotmail|outlook|foxmail|aliyun)\.(?:com|cn|net)"
ADDRESS = re.compile(
    rf"[A-Za-z0-9._%+-]+{_AT}[A-Za-z0-9-]+(?:{_DOT}[A-Za-z0-9-]+)+|[A-Za-z0-9._%+-]+(?:#| at ){_KNOWN_HOST}"
)
ACCOUNT = re.compile(
    rf"(?:微信号?|WeChat|wechat|QQ号?|qq号?|钉钉号?|抖音号?|快手号?|支付宝){_SAYS}([A-Za-z0-9_-]{{5,20}})"
    rf"|(?:(?<![A-Za-z0-9])(?:VX|Vx|vx|WX|wx)|[Vv威薇]信号?)[ :号]{{1,3}}([A-Za-z0-9_-]{{5,20}})"
    r"|(?<![A-Za-z0-9])(wxid_[A-Za-z0-9_]{5,20})"
)


def marks_of_persons(looked_at: Plain) -> Iterator[Found]:
    """Where passports, plates, dwellings, accounts and e-mail addresses stand in a text; they may overlap."""
    if OF_A_DWELLING.search(looked_at.text):
        yield from looked_at.all(DWELLING, DWELLING_KEPT)
    for pattern, kept in (
        (PASSPORT, PASSPORT_KEPT),
        (PLATE, PLATE_KEPT),
        (ACCOUNT, ACCOUNT_KEPT),
        (ADDRESS, ADDRESS_KEPT),
    ):
        yield from looked_at.all(pattern, kept)
