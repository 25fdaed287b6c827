"""Characters that cannot be seen, and those that look like others: what they are read as, and how a message names them; and those
that a terminal would obey. Called by `contracts.text`, `contracts.findings`, and all that prints what others wrote.
"""

import re
import unicodedata

INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb]"
)
"""Zero-width characters, marks of direction, variation selectors: Unicode's Default_Ignorable_Code_Point in the basic
plane."""

# Radicals that PDF programs write for the characters they look like and that Unicode's NFKC leaves as they are: from
# Unicode's EquivalentUnifiedIdeograph.txt, those whose character is in use by itself.
RADICALS = str.maketrans(
    {
        "⺁": "厂", "⺄": "乙", "⺅": "亻", "⺇": "几", "⺈": "刀", "⺉": "刂", "⺋": "㔾", "⺌": "小", "⺍": "小", "⺎": "兀", "⺏": "尣",
        "⺒": "巳", "⺓": "幺", "⺔": "彑", "⺖": "忄", "⺗": "心", "⺘": "扌", "⺙": "攵", "⺛": "旡", "⺜": "日", "⺝": "月", "⺞": "歺",
        "⺠": "民", "⺡": "氵", "⺢": "水", "⺣": "灬", "⺤": "爫", "⺥": "爫", "⺦": "丬", "⺧": "牛", "⺨": "犭", "⺪": "疋", "⺫": "罒",
        "⺬": "示", "⺭": "礻", "⺮": "竹", "⺯": "糹", "⺰": "纟", "⺱": "罓", "⺲": "罒", "⺳": "㓁", "⺶": "羊", "⺷": "羊", "⺸": "羊",
        "⺹": "耂", "⺻": "聿", "⺼": "月", "⺽": "臼", "⺾": "艹", "⺿": "艹", "⻀": "艹", "⻁": "虎", "⻂": "衤", "⻃": "覀", "⻄": "西",
        "⻅": "见", "⻆": "角", "⻇": "角", "⻈": "讠", "⻉": "贝", "⻊": "足", "⻋": "车", "⻌": "辶", "⻍": "辶", "⻎": "辶", "⻏": "阝",
        "⻐": "钅", "⻑": "長", "⻒": "镸", "⻓": "长", "⻔": "门", "⻕": "阝", "⻖": "阝", "⻗": "雨", "⻘": "青", "⻙": "韦", "⻚": "页",
        "⻛": "风", "⻜": "飞", "⻝": "食", "⻞": "食", "⻟": "飠", "⻠": "饣", "⻡": "首", "⻢": "马", "⻣": "骨", "⻤": "鬼", "⻥": "鱼",
        "⻦": "鸟", "⻧": "卤", "⻨": "麦", "⻩": "黄", "⻪": "黾", "⻫": "斉", "⻬": "齐", "⻭": "歯", "⻮": "齿", "⻯": "竜", "⻰": "龙",
        "⻱": "龜", "⻲": "亀", "⻳": "龟",
    }
)  # fmt: skip
# Traditional characters of the words that contracts, code lists and the district's names have, and the simplified ones that they
# stand for: from OpenCC's TSCharacters.txt (Apache-2.0), those that GB 2312 does not have, so that none is in use by itself.
TRADITIONAL = str.maketrans(
    "並佔併來侷係倉個備傢傳債價億償儲內兩凈別剋劃動務勵匯區協參叢員問啓啟喬單噸噹嚴囌國圍園圖團埰報場塊塗墾奬寀實審專對導"
    "層屬巖帶幹庫廕廢廣彆彔彙復態應戶掛採揮撥撫擔據擬敎數斷昇時會朮東査棄業榦構標樣樹機檢檯權歸氾汎決況淨減準溝溼滙滿潔澆"
    "澤濁濕濟灘災為無爲牽狀獎現環產産甦畝異當發監眾碼礦礫稅種稱穀積穩箇節範築糰紅納純級細組結統經綜綠綫維緑線編縣總績織繫"
    "纍羣義聞聯職聽脅脩膠臺與舊莊萬蓋蔘蔭藝蘇蘚處號衆術衕衛裏補裝裡製複覈見規計訓記訪設訴註証評詢話說説調論諮證識議護負財"
    "責貸費貼資賈質賬軌較載輸轄轉辦農迴進運過達遠適遷鄉鈎鉤銜銷錄録錶鎭鎮鐵長門開閑閒間閤關陞陸陽階隱電韆韓頃項預領頭題額"
    "類颱養饋馬驗體髮鹼鹽麪麫麵點黨齣龍",
    "并占并来局系仓个备家传债价亿偿储内两净别克划动务励汇区协参丛员问启启乔单吨当严苏国围园图团采报场块涂垦奖采实审专对导"
    "层属岩带干库荫废广别录汇复态应户挂采挥拨抚担据拟教数断升时会术东查弃业干构标样树机检台权归泛泛决况净减准沟湿汇满洁浇"
    "泽浊湿济滩灾为无为牵状奖现环产产苏亩异当发监众码矿砾税种称谷积稳个节范筑团红纳纯级细组结统经综绿线维绿线编县总绩织系"
    "累群义闻联职听胁修胶台与旧庄万盖参荫艺苏藓处号众术同卫里补装里制复核见规计训记访设诉注证评询话说说调论咨证识议护负财"
    "责贷费贴资贾质账轨较载输辖转办农回进运过达远适迁乡钩钩衔销录录表镇镇铁长门开闲闲间合关升陆阳阶隐电千韩顷项预领头题额"
    "类台养馈马验体发碱盐面面面点党出龙",
)  # fmt: skip
READ_AS = RADICALS | TRADITIONAL
PRIVATE = re.compile("[\ue000-\uf8ff]")
RADICAL = re.compile(f"[{''.join(map(chr, RADICALS))}\u2f00-\u2fd5\uf900-\ufaff]")  # and Unicode's compatibility forms
# Cyrillic and Greek letters that look like the Latin ones of codes and units (Unicode's confusables.txt): named, but not read as
# these, for Greek letters are in use by themselves.
LATIN_LIKE = str.maketrans("АВЕЅІЈКМНОРСТУХасеорхуіѕΑΒΕΖΗΙΚΜΝΟΡΤΥΧο", "ABESIJKMHOPCTYXaceopxyisABEZHIKMNOPTYXo")
ODD = re.compile(f"{INVISIBLE.pattern}|{RADICAL.pattern}|{PRIVATE.pattern}|[{''.join(map(chr, LATIN_LIKE))}]")


def visible(text: str) -> str:
    """A text without its invisible characters."""
    return text if text.isascii() else INVISIBLE.sub("", text)


def as_read(text: str) -> str:
    """A text in the characters that it stands for: half-width (Unicode NFKC), without invisible ones, radicals as the
    characters they look like, traditional characters as simplified ones where the reports' own words have these.
    """
    if text.isascii():
        return text
    return unicodedata.normalize("NFKC", INVISIBLE.sub("", text).translate(READ_AS))


def odd_characters(text: str) -> list[str]:
    """The characters of a text that cannot be told by looking at it, each once: `U+2EC4（⻄，不是“西”）`."""
    found = []
    for char in dict.fromkeys(ODD.findall(text)):
        name = f"U+{ord(char):04X}"
        if INVISIBLE.match(char):
            found.append(f"{name}（不可见字符）")
        elif ord(char) in LATIN_LIKE:
            alphabet = "西里尔字母" if unicodedata.name(char).startswith("CYRILLIC") else "希腊字母"
            found.append(f"{name}（{alphabet}，不是“{char.translate(LATIN_LIKE)}”）")
        elif RADICAL.match(char):
            meant = unicodedata.normalize("NFKC", char.translate(RADICALS))
            found.append(f"{name}（不是“{meant}”）")
        else:
            found.append(f"{name}（自造字）")
    return found


# C0 and C1 without tab and line feed, DEL; a carriage return that ends no line writes over the line; the marks that
# turn the direction of what follows (Unicode's bidirectional algorithm).
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]|\r(?!\n)")
SHOWN_AS = "\N{REPLACEMENT CHARACTER}"


def as_shown(text: str) -> str:
    """The text with a replacement character for each one that a terminal would obey."""
    return CONTROLS.sub(SHOWN_AS, text)
