"""How printed words are compared: white space, brackets, years and enumerators set aside.

Here: text normalisation that several rooms of the forms share, and what scans take for what.
`squeeze` gives what is released, `canon` only what is compared; nothing canonical is ever stored.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from functools import lru_cache

# The words of a table are compared with those of every form: each is normalised once.
REMEMBERED = 8192
YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}年度?")
BARE_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
ENUMERATOR = re.compile(
    r"^(?:[（(][一二三四五六七八九十\d]+[)）]|\d+[)）]|[一二三四五六七八九十]+[、.．]|[①-⑳]|\d+[、.．](?!\d))"
)
CONTINUED = re.compile(r"\(?续表?[一二三四五六七八九十\d]*\)?$")
# What a publisher may add to a title without making it another one.
ADDITION = re.compile(r"\((?:单位:|金额单位:)?(?:万元|元|公开|公开表|草案)\)$")
ORDINAL = re.compile(r"^[一二三四五六七八九十]+、")
OF_WHICH = re.compile(r"^其中[:：]?")
# `预算公开表1`, `表十二`, `附表3`; its digits may touch those of the year that follows.
TABLE_NUMBER = re.compile(
    r"^(?:(?:预算|部门|单位)?公开(?:\d{1,2}(?=表))?表?|附?表)"
    r"(?:[一二三四五六七八九十]+|\d{1,2}?(?=(?:19|20)\d{2}年)|\d{1,2}(?!\d))?[:.、]?(?=.)"
)
CHINESE_YEAR = re.compile(r"[一二][〇○零九][〇○零一二三四五六七八九]{2}(?=年)")
CHINESE_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
VARIANTS = str.maketrans('（）【】“”"＂‘’：，；／', '()[]"""""":,;/')
# Traditional, Japanese and variant forms of the characters of these forms: each group begins with
# the one that is compared.
SAME_CHARACTER = (
    "万萬 与與 专專専 业業 东東 严嚴厳 个個箇 丰豐 为為爲 义義 乐樂楽 习習 乡鄉郷 书書 买買 争爭 "
    "产產産 亿億 仅僅 从從従 仓倉 价價価 众眾 优優 会會 伤傷 传傳伝 体體 余餘 债債 偿償 儿兒児 "
    "党黨 关關関 兴興 养養 内內 册冊 军軍 农農 冲沖 决決 况況 净淨浄 准準 减減 凭憑 划劃 则則 "
    "创創 别別 剂劑 办辦 务務 动動 励勵 劳勞労 势勢 区區 医醫 华華 协協 单單単 卖賣 占佔 卫衛 "
    "却卻 厂廠 厅廳 历歷歴 县縣県 双雙 发發発 变變変 号號 后後 启啟啓 员員 响響 团團団 园園 "
    "围圍囲 国國囯 图圖図 圆圓 场場 坏壞 块塊 坚堅 坛壇 处處処 备備 复復複 头頭 夺奪 奖獎奨 妇婦 "
    "学學 宁寧 实實実 审審 宫宮 宽寬 对對対 导導 将將 尔爾 尘塵 属屬 岁歲 岗崗 师師 帐帳 带帶 "
    "帮幫 广廣広 庄莊 庆慶 库庫 应應応 庙廟 废廢 开開 异異 弃棄 张張 弥彌 弯彎 归歸 当當 录錄録 "
    "总總総 恶惡 悬懸 户戶戸 执執 扩擴拡 扫掃 扬揚 抚撫 护護 报報 担擔 拟擬 拥擁 择擇択 拨撥 据據 "
    "损損 换換 挥揮 摄攝 敌敵 数數 斋齋 断斷 无無 旧舊 时時 显顯 晋晉 术術 权權権 条條 来來 极極 "
    "构構 标標 栋棟 树樹 样樣様 档檔 桥橋 检檢検 楼樓 欢歡 残殘 毕畢 汇匯彙 汉漢 沟溝 没沒 泽澤沢 "
    "济濟済 测測 浅淺 浊濁 涂塗 润潤 渐漸 渔漁 温溫 湾灣 湿濕 灭滅 灯燈 灾災 点點 炼煉 烟煙 爱愛 "
    "牵牽 犹猶 状狀 独獨 狱獄 环環 现現 电電 画畫 疗療 疮瘡 盐鹽 监監 盖蓋 盘盤 矿礦 码碼 础礎 "
    "确確 礼禮 祸禍 离離 种種 积積 称稱 稳穩 穷窮 竞競 笔筆 筑築 签簽 简簡 类類 粮糧 紧緊 纪紀 "
    "约約 级級 纳納 纵縱 纸紙 线線 练練 组組 细細 织織 终終 绍紹 经經経 结結 绘繪 给給 络絡 统統 "
    "绩績 续續続 维維 综綜 绿綠 缴繳 编編 缘緣 网網 罚罰 罢罷 职職 联聯 脱脫 脏髒 节節 艺藝 苏蘇 "
    "范範 荐薦 药藥薬 获獲穫 营營営 虑慮 虚虛 补補 装裝 见見 观觀観 规規 视視 览覽 觉覺 计計 认認 "
    "讨討 让讓 议議 记記 讲講 许許 论論 设設 访訪 证證証 评評 识識 诉訴 词詞 试試 诚誠 该該 详詳 "
    "语語 说說説 请請 读讀 课課 调調 谈談 贝貝 负負 贡貢 财財 责責 账賬 货貨 质質 购購 贯貫 贴貼 "
    "贵貴 贷貸 贸貿 费費 资資 赁賃 赔賠 赛賽 赠贈 赵趙 趋趨 车車 转轉転 轮輪 软軟 载載 较較 辅輔 "
    "辆輛 输輸 边邊 迁遷 过過 运運 还還 进進 远遠 连連 适適 选選 递遞 遗遺 邮郵 酬酧 采採 释釋 "
    "里裡裏 针針 钟鐘 钢鋼 钱錢 铁鐵鉄 银銀 销銷 锁鎖 镇鎮 长長 门門 问問 闭閉 间間 闲閒 闻聞 "
    "阅閱 队隊 阳陽 阶階 际際 陆陸 陈陳 险險険 随隨 隐隱 难難 雇僱 静靜 页頁 顶頂 项項 顺順 须須 "
    "顾顧 预預 领領 频頻 题題 额額 风風 飞飛 饮飲 馆館 马馬 驻駐 驾駕 验驗験 鱼魚 鸟鳥 麦麥 黄黃 "
    "齐齊 龄齡 收収 征徵 制製 台臺 于於 长⻓ 门⻔ 页⻚ 车⻋ 见⻅ 风⻛ 食⻝ 民⺠ 马⻢ 贝⻉ 角⻆ "
    "鸟⻦ 麦⻨ 黄⻩ 齐⻬ 龙⻰ 鱼⻥ 西⻄ 青⻘ 飞⻜ 骨⻣"
)
FOLDS = VARIANTS | str.maketrans(
    {other: group[0] for group in SAME_CHARACTER.split() for other in group[1:]}
    | {chr(0xFEE0 + n): chr(n) for n in range(ord("0"), ord("z") + 1) if chr(n).isalnum()}
)
# Kangxi radicals and compatibility ideographs, which some fonts map plain characters to.
COMPATIBLE = re.compile("[\u2f00-\u2fdf\uf900-\ufaff]")
# What the readers of scans take for what: the right character, then those read for it.
MISREAD = (
    "政改致攻 拨拔泼 财材则 预颂 项顶 收牧枚 支攴 科料 目日曰且 费贵 资贤 金全 般股 位住 单草 "
    "名各 称弥 编偏 码玛 年午牛 合台 计汁 基墓甚 机杌 购构沟 运远 公么 境镜 国囯固 营宫菅 余佘 "
    "人入 入人 本木 末未 员贝 性牲 共其 算箕 表衣 务夯 待侍 用甩 车东 行仃 出岀 结绪 转砖 助肋 "
    "缴激 职取 业亚 附咐 属厲"
)
LIKENESS = frozenset((wrong, group[0]) for group in MISREAD.split() for wrong in group[1:])
MIN_LIKENESS = 4


TOTALS = frozenset({"合计", "总计", "部门合计", "单位合计"})
HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


class Shown(dict[int, str | None]):
    """For `str.translate`: nothing in place of what is not shown; filled as characters come."""

    def __missing__(self, code: int) -> str | None:
        character = chr(code)
        is_shown = not character.isspace() and unicodedata.category(character) not in HIDDEN
        self[code] = character if is_shown else None
        return self[code]


SHOWN = Shown()


def squeeze(text: str) -> str:
    """Text without white space, control and format characters: the released form of a label."""
    return text.translate(SHOWN)


def with_arabic_years(text: str) -> str:
    """A text with years such as 二〇二六年 in digits."""
    return CHINESE_YEAR.sub(lambda found: found[0].translate(CHINESE_DIGITS), text)


@lru_cache(REMEMBERED)
def folded(text: str) -> str:
    """A text in one script: simplified characters, plain digits, one kind of bracket and quote."""
    one = COMPATIBLE.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
    return one.translate(FOLDS)


@lru_cache(REMEMBERED)
def canon(text: str) -> str:
    """Text as compared: squeezed and folded, every year as `{Y}年`."""
    return with_any_year(folded(squeeze(text)))


def taken_for(word: str, declared: Collection[str]) -> str | None:
    """The one declared word that a scan may have misread as this canonical word, else null.

    It has four characters or more and differs in a single one, which readers of scans confuse. A
    word that is declared itself was not misread. Only for media that were read by OCR.
    """
    if len(word) < MIN_LIKENESS or word in declared:
        return None
    found = {other for other in declared if len(other) == len(word) and is_misread(word, other)}
    return found.pop() if len(found) == 1 else None


def is_misread(word: str, meant: str) -> bool:
    """Whether two words of one length differ in a single character that is taken for the other."""
    different = [pair for pair in zip(word, meant, strict=True) if pair[0] != pair[1]]
    return len(different) == 1 and different[0] in LIKENESS


def with_any_year(plain: str) -> str:
    """Every year of a text as `{Y}年`."""
    marked = YEAR.sub("{Y}年", with_arabic_years(plain))
    return BARE_YEAR.sub("{Y}年", marked).replace("{Y}年年", "{Y}年")


def canon_label(text: str) -> str:
    """A row label as compared: `canon` without enumerator and without 其中."""
    return ENUMERATOR.sub("", OF_WHICH.sub("", ENUMERATOR.sub("", canon(text))))


def canon_title(text: str) -> str:
    """A table title as compared: without table number, unit name before the year, and year.

    A line with two years is no title; it is left as it is.
    """
    numbered = folded(squeeze(text))
    plain = with_any_year(TABLE_NUMBER.sub("", numbered))
    plain = CONTINUED.sub("", ADDITION.sub("", plain))
    _, year, title = plain.partition("{Y}年")
    return title if year and "{Y}年" not in title else plain


def year_in(text: str) -> int | None:
    """The one year printed in a title, null where there is none or several."""
    plain = TABLE_NUMBER.sub("", with_arabic_years(folded(squeeze(text))))
    years = {int(found) for found in BARE_YEAR.findall(plain)}
    return years.pop() if len(years) == 1 else None


def indentation(text: str) -> int:
    """How far a label is indented, in full-width blanks (two half-width ones count as one)."""
    blanks = text[: len(text) - len(text.lstrip())]
    return sum(2 if c == "\u3000" else 1 for c in blanks) // 2
