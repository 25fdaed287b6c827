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
PRIVATE = re.compile("[\ue000-\uf8ff]")
RADICAL = re.compile(f"[{''.join(map(chr, RADICALS))}\u2f00-\u2fd5\uf900-\ufaff]")  # and Unicode's compatibility forms
ODD = re.compile(f"{INVISIBLE.pattern}|{RADICAL.pattern}|{PRIVATE.pattern}")


def visible(text: str) -> str:
    """A text without its invisible characters."""
    return text if text.isascii() else INVISIBLE.sub("", text)


def as_read(text: str) -> str:
    """A text in the characters that it stands for: half-width (Unicode NFKC), without invisible ones, radicals as the
    characters they look like.
    """
    if text.isascii():
        return text
    return unicodedata.normalize("NFKC", INVISIBLE.sub("", text).translate(RADICALS))


def odd_characters(text: str) -> list[str]:
    """The characters of a text that cannot be told by looking at it, each once: `U+2EC4（⻄，不是“西”）`."""
    found = []
    for char in dict.fromkeys(ODD.findall(text)):
        name = f"U+{ord(char):04X}"
        if INVISIBLE.match(char):
            found.append(f"{name}（不可见字符）")
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
