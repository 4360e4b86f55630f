"""The official Chinese names, as the Ministry of Foreign Affairs of China writes them. No queries here.

The Chinese list inside django-countries is out of date (it says 马其顿, 尼珀尔 and, against the rules of
this house, 台湾, 香港, 澳门); it is used for English names only.
"""

from waiban.places.enums import Continent

_ASIA = """
AE 阿联酋, AF 阿富汗, AM 亚美尼亚, AZ 阿塞拜疆, BD 孟加拉国, BH 巴林, BN 文莱, BT 不丹, CN 中国,
CY 塞浦路斯, GE 格鲁吉亚, HK 中国香港, ID 印度尼西亚, IL 以色列, IN 印度, IQ 伊拉克, IR 伊朗, JO 约旦,
JP 日本, KG 吉尔吉斯斯坦, KH 柬埔寨, KP 朝鲜, KR 韩国, KW 科威特, KZ 哈萨克斯坦, LA 老挝, LB 黎巴嫩,
LK 斯里兰卡, MM 缅甸, MN 蒙古国, MO 中国澳门, MV 马尔代夫, MY 马来西亚, NP 尼泊尔, OM 阿曼, PH 菲律宾,
PK 巴基斯坦, PS 巴勒斯坦, QA 卡塔尔, SA 沙特阿拉伯, SG 新加坡, SY 叙利亚, TH 泰国, TJ 塔吉克斯坦,
TL 东帝汶, TM 土库曼斯坦, TR 土耳其, TW 中国台湾, UZ 乌兹别克斯坦, VN 越南, YE 也门
"""
_EUROPE = """
AD 安道尔, AL 阿尔巴尼亚, AT 奥地利, BA 波黑, BE 比利时, BG 保加利亚, BY 白俄罗斯, CH 瑞士, CZ 捷克,
DE 德国, DK 丹麦, EE 爱沙尼亚, ES 西班牙, FI 芬兰, FR 法国, GB 英国, GR 希腊, HR 克罗地亚, HU 匈牙利,
IE 爱尔兰, IS 冰岛, IT 意大利, LI 列支敦士登, LT 立陶宛, LU 卢森堡, LV 拉脱维亚, MC 摩纳哥, MD 摩尔多瓦,
ME 黑山, MK 北马其顿, MT 马耳他, NL 荷兰, NO 挪威, PL 波兰, PT 葡萄牙, RO 罗马尼亚, RS 塞尔维亚,
RU 俄罗斯, SE 瑞典, SI 斯洛文尼亚, SK 斯洛伐克, SM 圣马力诺, UA 乌克兰, VA 梵蒂冈
"""
_AFRICA = """
AO 安哥拉, BF 布基纳法索, BI 布隆迪, BJ 贝宁, BW 博茨瓦纳, CD 刚果（金）, CF 中非, CG 刚果（布）,
CI 科特迪瓦, CM 喀麦隆, CV 佛得角, DJ 吉布提, DZ 阿尔及利亚, EG 埃及, ER 厄立特里亚, ET 埃塞俄比亚,
GA 加蓬, GH 加纳, GM 冈比亚, GN 几内亚, GQ 赤道几内亚, GW 几内亚比绍, KE 肯尼亚, KM 科摩罗, LR 利比里亚,
LS 莱索托, LY 利比亚, MA 摩洛哥, MG 马达加斯加, ML 马里, MR 毛里塔尼亚, MU 毛里求斯, MW 马拉维,
MZ 莫桑比克, NA 纳米比亚, NE 尼日尔, NG 尼日利亚, RW 卢旺达, SC 塞舌尔, SD 苏丹, SL 塞拉利昂,
SN 塞内加尔, SO 索马里, SS 南苏丹, ST 圣多美和普林西比, SZ 斯威士兰, TD 乍得, TG 多哥, TN 突尼斯,
TZ 坦桑尼亚, UG 乌干达, ZA 南非, ZM 赞比亚, ZW 津巴布韦
"""
_NORTH_AMERICA = """
AG 安提瓜和巴布达, BB 巴巴多斯, BS 巴哈马, BZ 伯利兹, CA 加拿大, CR 哥斯达黎加, CU 古巴, DM 多米尼克,
DO 多米尼加, GD 格林纳达, GT 危地马拉, HN 洪都拉斯, HT 海地, JM 牙买加, KN 圣基茨和尼维斯, LC 圣卢西亚,
MX 墨西哥, NI 尼加拉瓜, PA 巴拿马, SV 萨尔瓦多, TT 特立尼达和多巴哥, US 美国, VC 圣文森特和格林纳丁斯
"""
_SOUTH_AMERICA = """
AR 阿根廷, BO 玻利维亚, BR 巴西, CL 智利, CO 哥伦比亚, EC 厄瓜多尔, GY 圭亚那, PE 秘鲁, PY 巴拉圭,
SR 苏里南, UY 乌拉圭, VE 委内瑞拉
"""
_OCEANIA = """
AU 澳大利亚, CK 库克群岛, FJ 斐济, FM 密克罗尼西亚, KI 基里巴斯, MH 马绍尔群岛, NR 瑙鲁, NU 纽埃,
NZ 新西兰, PG 巴布亚新几内亚, PW 帕劳, SB 所罗门群岛, TO 汤加, TV 图瓦卢, VU 瓦努阿图, WS 萨摩亚
"""


def _read(block: str) -> dict[str, str]:
    return dict(pair.split(" ", 1) for pair in block.replace("\n", " ").strip().split(", "))


NAMES: dict[Continent, dict[str, str]] = {
    Continent.ASIA: _read(_ASIA),
    Continent.EUROPE: _read(_EUROPE),
    Continent.AFRICA: _read(_AFRICA),
    Continent.NORTH_AMERICA: _read(_NORTH_AMERICA),
    Continent.SOUTH_AMERICA: _read(_SOUTH_AMERICA),
    Continent.OCEANIA: _read(_OCEANIA),
}

REGIONS = frozenset({"HK", "MO", "TW"})

# English where the list of django-countries is not the name that is used officially.
ENGLISH = {
    "HK": "Hong Kong, China",
    "MO": "Macao, China",
    "TW": "Taiwan, China",
    "KP": "Democratic People's Republic of Korea",
    "KR": "Republic of Korea",
    "BS": "Bahamas",
    "CG": "Republic of the Congo",
    "NR": "Nauru",
    "US": "United States",
    "VN": "Viet Nam",
}

# The 21 economies of APEC under the names used in APEC: (Chinese, English). Only APEC pages print them.
APEC = {
    "AU": ("澳大利亚", "Australia"),
    "BN": ("文莱", "Brunei Darussalam"),
    "CA": ("加拿大", "Canada"),
    "CL": ("智利", "Chile"),
    "CN": ("中国", "People's Republic of China"),
    "HK": ("中国香港", "Hong Kong, China"),
    "ID": ("印度尼西亚", "Indonesia"),
    "JP": ("日本", "Japan"),
    "KR": ("韩国", "Republic of Korea"),
    "MY": ("马来西亚", "Malaysia"),
    "MX": ("墨西哥", "Mexico"),
    "NZ": ("新西兰", "New Zealand"),
    "PG": ("巴布亚新几内亚", "Papua New Guinea"),
    "PE": ("秘鲁", "Peru"),
    "PH": ("菲律宾", "The Philippines"),
    "RU": ("俄罗斯", "Russia"),
    "SG": ("新加坡", "Singapore"),
    "TW": ("中国台北", "Chinese Taipei"),
    "TH": ("泰国", "Thailand"),
    "US": ("美国", "United States"),
    "VN": ("越南", "Viet Nam"),
}

# Applicants appear in person: B visas of the United States (interview and fingerprints).
NEEDS_PRESENCE = frozenset({"US"})


def is_long_haul(code: str, continent: Continent) -> bool:
    """Tell whether a stay may be a day longer because of the flights: Africa and Latin America.

    Source: rules on official travel of several provinces and universities,
    "赴拉美、非洲航班衔接不便可增加 1 天".
    """
    if continent == Continent.NORTH_AMERICA:
        return code not in {"US", "CA"}
    return continent in {Continent.AFRICA, Continent.SOUTH_AMERICA}
