"""Names of persons in free text, as a title, a label, a number, an office or what they did beside them makes them known. Called by
`contracts.persons`. A bare name cannot be told from other words.
"""

import re
from collections.abc import Iterable, Iterator

from contracts.found_places import Found, Plain, plain

NAME_KEPT = "［姓名］"

_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕张孔曹严华魏陶姜戚谢邹喻柏窦章苏潘葛范彭郎鲁韦马苗凤方俞任袁柳史唐费薛雷贺倪汤"
    "殷罗毕郝邬康伍余顾孟黄穆萧尹姚邵汪祁毛禹狄米贝戴宋庞熊纪舒屈祝董梁杜阮蓝闵席季贾江童颜郭梅盛林钟徐邱骆高夏蔡田樊胡凌霍虞"
    "万柯卢莫房缪丁宣邓洪崔吉龚程邢裴陆荣翁荀甄曲封储靳段焦谷车侯全班仇宁甘厉祖武符刘景詹龙叶司黎乔苍闻翟谭劳申冉雍桑桂濮牛寿"
    "尚温庄晏柴瞿阎连习艾易廖耿满匡文寇广东欧沃利师巩聂晁勾敖冷辛阚简饶曾沙丰关查岳帅仝闫肖付代安常于金白石成平路解丘齐邸逯郄原申"
)
_COMPOUND = "欧阳|上官|司马|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|长孙|宇文|司徒|夏侯|东郭|南宫"
_HAN = "\u3400-\u9fff"
_NOT_GIVEN = "局委办处科室所站队区镇乡村县市部院司会组厅街道位员目级务体关工业程度面的是在和与及由为矿煤"
"""Characters that are parts of offices, places and plain words, and of hardly any given name."""
_GIVEN = f"(?:(?![{_NOT_GIVEN}])[{_HAN}])"
_SURNAME = f"(?:{_COMPOUND}|[{_SURNAMES}])"
_NAME = f"{_SURNAME}{_GIVEN}{{1,2}}"
_GAP = "[ \u3000·]{0,3}"
"""Between the characters of a name and before its title: 张 三, 李　四."""
_SPACED_NAME = f"{_SURNAME}(?:{_GAP}{_GIVEN}){{1,2}}"
_TITLES = (
    "先生|女士|小姐|同志|老师|师傅|大爷|大妈|大娘|大叔|阿姨|老汉|副?(?:局长|处长|科长|股长|主任|书记|(?:镇|乡|区|县|市)长(?!治)|村长|矿长|场长|站长|所长|院长|队长|厂长|组长"
    "|经理|董事长|主席|部长|会长|校长|教授|研究员)|总工(?:程师)?|高工|工程师|支书|村支书|村主任|村会计|会计|出纳|委员|科员|干事|专员|技术员|监理|网格员|护林员|管护员|村医|代表|村民|户主"
)
_LABELS = (
    "联系人|联络员|联络人|填报人|填表人|填写人|报送人|上报人|制表人?|制表|经办人?|承办人|审核人?|复核人?|审批人|签发人|校对|核对人|统计人|统计负责人|单位负责人|项目负责人"
    "|技术负责人|分管领导|主管领导|负责人|责任人|法人代表|法定代表人|法人|举报人|反映人|来信人|来访人|来电人|投诉人|申请人|代理人|权利人|承包人|承包户|户主|村民|群众|农户"
    "|当事人|受访人|意见人|提出人|提议人|建议人|专家|评审专家|组长|收款人|开户人|姓名|本人|负责同志|验收人|检查人|巡查人|记录人|监督人|监理人?|施工员|经手人|信访人|上访人|报告人|签字人|签收人|领款人|车主|包工头|养殖户|种植户|贫困户|脱贫户|低保户|五保户|监测户|被征地农民"
    "|包村领导|包村干部|包联领导|驻村干部|帮扶干部|帮扶责任人|户主姓名|河长|林长|田长|联系方式|联系电话|contact|Contact|name|Name"
)
_ACTS = "填报|填表|签字|签名|签发|签收|审批|审定|核准|报送|上报|承办|抄送|受理"
"""What somebody did to a paper: a name stands behind it and a sign."""
_DONE = "签字|签名|盖章|按手印|来电|来信|来访|上访|信访|反映|承包地|宅基地|家宅|家承包|家的"
"""What stands behind the name of somebody at the beginning."""
_OFFICES = "局|委|办|办公室|中心|政府|人大|街道|街道办|所|站|公司|大队|村委会|合作社"
_AFTER_NAME = "反映|表示|来电|来信|来访|要求|同意|负责|联系|建议|投诉|举报|说|认为|提出|等|的|在|到|于|和|与|及|家|户|称|已|将|签|已经"
"""With which a sentence goes on after a name."""

_SIGN = "[ ·,、:;/()|=\\[\\]【】“”\"'「」<>-]"
"""What stands between a name and its title, label or number."""
TITLED = re.compile(
    f"(?<![{_HAN}])({_SPACED_NAME}|{_SURNAME}){_SIGN}{{0,2}}(?:{_TITLES})|({_NAME}){_SIGN}{{0,2}}(?:{_TITLES})"
)
"""张三同志, 王 主任, 李四（局长）."""
LISTED = re.compile(f"({_NAME}(?:[、,/和与及 ]{{1,2}}{_NAME})+)(?=等|[两二三四五六七八九十几各]位|同志|(?:{_TITLES}))")
"""张三、李四两位同志."""
_WHATEVER = (
    rf"[{_HAN}](?:[ ]{{0,2}}[{_HAN}]){{1,3}}(?:·[{_HAN}]{{1,8}})?(?![{_HAN}])"
    rf"|[{_HAN}]{{2,8}}·[{_HAN}]{{2,8}}|[A-Z][a-z]+ ?[A-Z][a-z]+"
)
LABELLED = re.compile(
    rf"(?:{_LABELS})(?:[ ]*[(]?(?:签[字名章]|盖章|姓名)[)]?)?"
    rf"(?:{_SIGN}{{1,3}}({_SPACED_NAME}(?:[、,/和 ]{{1,2}}{_NAME}(?![{_HAN}]))*)|[ ]{{0,2}}[:=][ ]{{0,2}}({_WHATEVER}))"
)
"""填报人：张三, 联系人 李 四、王五, 负责人（王五）: whatever name stands behind a label and a sign."""
UNSEPARATED = re.compile(
    rf"(?:{_LABELS}|{_TITLES})[ ]{{0,2}}({_SURNAME}(?:{_GIVEN}(?=$|[^{_HAN}]|{_AFTER_NAME})|{_GIVEN}{{2}}))"
)
"""村民张三反映, 联系人李四, 主任 王五."""
ACTED = re.compile(rf"(?:{_ACTS})(?:[ ]{{0,2}}[:=(][ ]{{0,2}}|[ ]{{1,2}})({_SPACED_NAME})(?![{_HAN}])")
"""审批：张三."""
DID = re.compile(rf"(?<![{_HAN}])({_NAME})(?:已经?|未|共同)?(?:{_DONE})")
"""张三已签字."""
OF_AN_OFFICE = re.compile(rf"[{_HAN}](?:{_OFFICES})[ (]{{0,2}}({_NAME})(?![{_HAN}])")
"""区农业农村局张三, 区财政局（李四）."""
BEFORE_AN_OFFICE = re.compile(rf"(?<![{_HAN}])({_NAME})[(][^()]{{0,20}}(?:{_OFFICES})[)]")
"""张三（区财政局）."""
OF_A_FILE = re.compile(
    rf"(?<![{_HAN}A-Za-z0-9])({_NAME})\.(?:xlsx?|xlsm|csv|txt|pdf|docx?|jpe?g|png|tiff?|bmp|heic|mp4|zip|rar|7z)(?![A-Za-z])",
    re.I,
)
"""苗翠花.xlsx: a file that is called after somebody."""
BEFORE_NUMBER = re.compile(
    rf"(?:^|(?<=[^{_HAN}]))({_SPACED_NAME}|[{_HAN}]{{2,8}}·[{_HAN}]{{2,8}}){_SIGN}{{0,3}}(?:电话|手机|联系电话|身份证号?)?[码是为]?{_SIGN}{{0,2}}$"
)
AFTER_NUMBER = re.compile(rf"{_SIGN}{{0,3}}({_NAME})(?![{_HAN}])")
"""张三 139…, 139…（张三）: a name beside a number of a person."""
PINYIN = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Dr)\.? ?([A-Z][A-Za-z]+(?: [A-Z][A-Za-z]+)?)")
ANONYMOUS = re.compile(f"{_SURNAME}(?:某{{1,2}}[甲乙丙丁{_HAN}]?|[xX×*＊]{{1,2}})")
"""张某, 李某某: nobody is known by them."""
NO_NAME = re.compile(
    "常务|高级|项目|党支部|党委|党组|纪委|施工|全体|有关|相关|政府|任何|安全|安置|安排|成员|单位|方面|高度|平均|全部|经济|石头|田间|马上|黄土|温室|关于|连续|解决|严格"
    "|严重|成立|许可|许多|曾经|利用|管理|居住|农民|农户|农村|居民|白天|林地|林业|水利|房屋|万元|金额|车辆|江河|路线|章程|计划|时间|经常|于是|和|代表|文明|广东|广大|原"
    "|季报|季度|简报|简介|成果|成绩|全景|全貌|田块|田埂|程序|路基|林带|全域|全区|全镇|全村|全县|全市|东方红|司法|安监|金融|文化|文旅|连片|解放|方案|应急|龙头|温馨|米|石料|关键|关心|成为|成果|高标准|高质量|毛石|何时|易地|万亩|万户|满意"
)
"""Words that begin as names do: where a name would begin with one, there is none."""
AN_OFFICE = re.compile(f".*(?:{_OFFICES}|[镇乡村厅部队院校])")
"""What stands behind a label without being anybody's name: 责任人：区水利局."""


def names_of_persons(looked_at: Plain) -> Iterator[Found]:
    """Where names stand in a text that a title, a label, an office or what they did makes known; they may overlap."""
    for pattern in (
        TITLED,
        LISTED,
        LABELLED,
        UNSEPARATED,
        ACTED,
        DID,
        OF_AN_OFFICE,
        BEFORE_AN_OFFICE,
        OF_A_FILE,
        PINYIN,
    ):
        for match in pattern.finditer(looked_at.text):
            start, end = next(span for group, span in enumerate(match.regs) if group and span[0] >= 0)
            name = looked_at.text[start:end]
            if not ANONYMOUS.match(name) and not NO_NAME.match(name) and not AN_OFFICE.fullmatch(name):
                yield looked_at.found(start, end, NAME_KEPT)


def names_beside(text: str, numbers: Iterable[Found]) -> Iterator[Found]:
    """Where names stand beside the numbers that were found in a text."""
    for number in numbers:
        before, after = plain(text[: number.start]), plain(text[number.end :])
        if match := BEFORE_NUMBER.search(before.text):
            yield before.found(*match.span(1), NAME_KEPT)
        if match := AFTER_NUMBER.match(after.text):
            found = after.found(*match.span(1), NAME_KEPT)
            yield found._replace(start=found.start + number.end, end=found.end + number.end)
