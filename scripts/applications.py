"""Invented licence applications, made from counted wording: the same seed gives the same applications.

Used by `make-applications` (test data) and `train-dictionary` (training and held-out licences).
"""
import datetime
import itertools
import random
import re
import zlib
from pathlib import Path

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100-2015: no I, O, S, V, Z
KINDS = {  # kind: share of all registrations
    "individual_business": 0.60, "company": 0.33, "branch": 0.025, "cooperative": 0.02,
    "sole_proprietorship": 0.015, "partnership": 0.006, "non_company_legal_person": 0.004}
WITH_CAPITAL = {"company", "non_company_legal_person", "partnership", "cooperative"}
LAST_DAY = datetime.date(2026, 10, 31)

PRINTED_TYPES = {  # as printed on licences today, with weights
    "individual_business": [("个体工商户", 100)],
    "company": [
        ("有限责任公司(自然人投资或控股)", 45), ("有限责任公司(自然人独资)", 28), ("有限责任公司", 8),
        ("有限责任公司(法人独资)", 5), ("有限责任公司(非自然人投资或控股的法人独资)", 4),
        ("其他有限责任公司", 4), ("有限责任公司(自然人投资或控股的法人独资)", 3),
        ("有限责任公司(国有独资)", 1), ("有限责任公司(国有控股)", 1), ("股份有限公司(非上市、自然人投资或控股)", 2),
        ("股份有限公司(上市、自然人投资或控股)", 0.3), ("其他股份有限公司(非上市)", 0.7),
        ("有限责任公司(外商投资、非独资)", 0.5), ("有限责任公司(外国法人独资)", 0.4),
        ("有限责任公司(港澳台投资、非独资)", 0.4), ("有限责任公司(台港澳法人独资)", 0.4)],
    "non_company_legal_person": [
        ("集体所有制", 50), ("全民所有制", 30), ("股份合作制", 15), ("集体所有制(股份合作)", 3), ("联营", 2)],
    "partnership": [("有限合伙企业", 60), ("普通合伙企业", 35), ("特殊普通合伙企业", 3), ("外商投资有限合伙企业", 2)],
    "sole_proprietorship": [("个人独资企业", 100)],
    "cooperative": [("农民专业合作社", 95), ("农民专业合作社联合社", 5)],
    "branch": [
        ("有限责任公司分公司(自然人投资或控股)", 40), ("有限责任公司分公司", 15), ("其他有限责任公司分公司", 10),
        ("有限责任公司分公司(自然人独资)", 9), ("有限责任公司分公司(非自然人投资或控股的法人独资)", 6),
        ("股份有限公司分公司(上市、国有控股)", 6), ("股份有限公司分公司(非上市、自然人投资或控股)", 3),
        ("农民专业合作社分支机构", 3), ("个人独资企业分支机构", 2), ("集体分支机构(非法人)", 4), ("外商投资企业分公司", 2)]}

# A trade: words for company names, words for shop names, what its scope phrases look like, weight.
TRADES = [
    ("餐饮管理 餐饮服务 餐饮", "小吃店 饭店 面馆 火锅店 早餐店 奶茶店 烧烤店 餐馆", "餐|食品|饮|小吃|外卖|茶|酒类|糕|冷食|热食", 16),
    ("商贸 贸易 工贸 百货", "百货店 便利店 超市 商店 商行 日用品店", "百货|日用|杂品|零售|文化用品|办公|针纺织|烟", 18),
    ("建材 装饰工程 建设工程 建筑劳务 建筑工程", "建材店 装饰店 门窗加工部 五金店", "建筑|装饰|装修|工程|土石|建材|门窗|水暖|涂料|五金", 12),
    ("电子科技 科技 信息技术 网络科技 智能科技", "电脑店 手机店 通讯器材店", "技术|软件|电子|网络|信息|计算机|数据|通[讯信]", 13),
    ("服饰 纺织 鞋业 服装", "服装店 鞋店 童装店 布艺店", "服装|服饰|鞋|纺织|针织|箱包|皮革|化妆", 9),
    ("机械设备 机电 仪表科技 电缆 自动化设备", "机械加工部 电机维修部 五金加工部", "机械|机电|设备|仪器|仪表|电缆|配件|阀|轴承|金属|塑料", 10),
    ("物流 运输 供应链管理 货运代理", "货运部 快递服务部 搬家服务部", "运输|货运|仓储|物流|装卸|快递|代理", 5),
    ("生态农业 农业发展 农业科技", "农资店 蔬菜店 水果店 粮油店", "种植|养殖|农|蔬菜|水果|粮|种子|肥|饲料|畜|禽|水产", 8),
    ("汽车销售 汽车服务 汽车贸易", "汽车修理厂 汽车美容店 轮胎店 电动车店", "汽车|机动车|摩托|轮胎|洗车|润滑油|电动", 5),
    ("企业管理咨询 文化传媒 广告 文化传播 人力资源", "图文店 广告店 打字复印店 照相馆", "咨询|广告|设计|策划|文化|会议|展览|礼仪|管理|代理|印刷", 7),
    ("医药 医疗器械 健康管理", "药店 大药房 保健品店 理疗馆", "药|医疗|器械|健康|保健|诊|养老", 4),
    ("家政服务 美容美发 酒店管理 物业管理", "理发店 美容店 足浴店 宾馆 旅馆", "服务|理发|美容|住宿|家政|物业|洗|健身|租赁", 7),
    ("置业 房地产开发 房地产经纪", "房产中介服务部", "房地产|房屋|租赁|物业|土地|住房", 3),
    ("化工 新材料 新能源科技 环保科技", "再生资源回收站 燃气灶具店", "化工|化学|材料|环保|能源|再生|回收|光伏|橡|塑", 4)]
BRANCH_TRADES = [
    ("银行", "支行 分理处", "银行|存款|债券|结算|贴现|保管箱|收付|贷|外汇|同业", 2),
    ("财产保险", "营销服务部 支公司", "保险|理赔|营销员|投保", 1),
    ("邮政", "邮政所 支局", "邮政|报刊|包裹|信件|集邮", 1),
    ("通信", "营业厅", "电信|通信|数据传送|电话|宽带|增值", 1)]

SYLLABLES = ("天 宏 鑫 瑞 恒 泰 盛 华 兴 隆 德 源 诚 信 和 顺 昌 茂 丰 益 嘉 美 佳 腾 飞 达 通 安 康 宁 福 禄 祥 瑞 悦 朗 诺 铭 睿 博 智 拓 "
             "创 远 景 辰 星 宇 航 峰 岳 川 海 江 洋 湖 润 泽 沐 霖 雨 云 青 绿 蓝 禾 木 林 森 竹 梅 兰 菊 荷 枫 桦 金 银 铂 钰 玉 珏 璟 琪 "
             "晟 昊 昱 晖 曜 旭 晨 昕 明 光 辉 耀 启 元 亨 利 贞 乾 坤 正 方 圆 中 华 国 民 众 同 联 合 汇 聚 融 优 尚 雅 逸 凡 亿 万 百 千").split()
SURNAMES = ("王 李 张 刘 陈 杨 黄 赵 吴 周 徐 孙 马 朱 胡 郭 何 林 高 罗 郑 梁 谢 宋 唐 许 韩 邓 冯 曹 彭 曾 肖 田 董 潘 袁 蔡 蒋 余 于 "
            "杜 叶 程 魏 苏 吕 丁 任 卢 姚 沈 钟 姜 崔 谭 陆 范 汪 廖 石 金 韦 贾 夏 付 方 邹 熊 白 孟 秦 邱 侯 江 尹 薛 闫 段 雷 龙 黎 史 陶 "
            "贺 毛 郝 顾 龚 邵 万 覃 武 钱 戴 严 莫 孔 向 常 汤 欧阳 上官 司马 诸葛").split()
GIVEN = ("伟 芳 娜 敏 静 丽 强 磊 军 洋 勇 艳 杰 娟 涛 明 超 兰 霞 平 刚 桂 英 华 玉 萍 红 梅 建 国 文 志 海 波 宁 鑫 浩 宇 轩 梓 涵 欣 "
         "怡 子 雨 晨 佳 慧 晓 春 秋 冬 雪 云 飞 龙 凤 成 永 福 贵 祥 德 安 康 乐 义 仁 礼 智 信 诚 学 思 家 俊 峰 林 松 柏 青 蓝 清 泉 江 "
         "河 川 山 石 光 辉 亮 月 星 辰 阳 正 中 立 兴 旺 胜 利 和 顺 庆 喜 宝 珍 珠 琴 琳 瑶 璐 莹 莉 婷 媛 倩 茜 萌 蕾").split()
RARE_GIVEN = "𠮷 𡈽 𣲘 𬭎 𬍛 𬱖 𬶋 𫍯 䶮 喆 犇".split()
DOTTED = ("阿依 古丽 买买 提 热合 曼 努尔 哈力 克 帕提 玛 依明 库尔 班 迪丽 艾山 塔依 尔 卓玛 扎西 次仁 多吉").split()
LATIN = "Aurel Northwind Bellamy Corvina Delphin Eastmoor Fjordal Granton Helvar Ironvale Lumora Meridan Novarel Ostrava".split()

PROVINCES = {
    11: "北京市", 12: "天津市", 13: "河北省", 14: "山西省", 15: "内蒙古自治区", 21: "辽宁省", 22: "吉林省", 23: "黑龙江省",
    31: "上海市", 32: "江苏省", 33: "浙江省", 34: "安徽省", 35: "福建省", 36: "江西省", 37: "山东省", 41: "河南省",
    42: "湖北省", 43: "湖南省", 44: "广东省", 45: "广西壮族自治区", 46: "海南省", 50: "重庆市", 51: "四川省", 52: "贵州省",
    53: "云南省", 54: "西藏自治区", 61: "陕西省", 62: "甘肃省", 63: "青海省", 64: "宁夏回族自治区", 65: "新疆维吾尔自治区"}
TIANCHANG = ("天长街道 广陵街道 千秋街道 永丰镇 铜城镇 秦栏镇 汊涧镇 石梁镇 大通镇 冶山镇 郑集镇 张铺镇 新街镇 万寿镇 "
             "仁和集镇 金集镇 杨村镇").split()
MODERN_ENDINGS = {  # closing clauses of today's standard wording, by province where it differs
    "general": "(除依法须经批准的项目外,凭营业执照依法自主开展经营活动)",
    "general-34": "(除许可业务外,可自主依法经营法律法规非禁止或限制的项目)",
    "licensed": "(依法须经批准的项目,经相关部门批准后方可开展经营活动,具体经营项目以相关部门批准文件或许可证件为准)",
    "licensed-result": "(依法须经批准的项目,经相关部门批准后方可开展经营活动,具体经营项目以审批结果为准)",
    "beijing": "(不得从事国家和本市产业政策禁止和限制类项目的经营活动。)"}
LICENSED = re.compile("^(食品销售$|食品生产|食品经营|食品小作坊|餐饮服务|小餐饮|小食杂|烟草|酒类|药品|第三类|营业性|歌舞|洗浴|住宿服务|旅游业务|"
                      "道路货物|出版物|印刷|快递|劳务派遣服务|职业中介|危险化学品经营|建设工程|第.类增值|基础电信|医疗服务|诊所|报关|邮政)")
FULL_WIDTH = str.maketrans("(),;:", "（），；：")


def check_character(first17):
    """The 18th character of a unified social credit code (GB 32100-2015)."""
    total = sum(ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(first17))
    return ALPHABET[(31 - total % 31) % 31]


def body_check(first8):
    """The 9th character of an organisation code (GB 11714-1997)."""
    value = 11 - sum(int(c, 36) * w for c, w in zip(first8, (3, 7, 9, 10, 5, 8, 4, 2))) % 11
    return "X" if value == 10 else "0" if value == 11 else str(value)


def is_credit_code(text):
    """Whether a text has 18 characters of the alphabet and the right check character."""
    return len(text) == 18 and all(c in ALPHABET for c in text) and check_character(text[:17]) == text[17]


def read_counts(path):
    rows = (line.rsplit("\t", 1) for line in path.read_text("utf-8").splitlines() if "\t" in line)
    return [(text, int(count)) for text, count in rows if text]


class Weighted:
    """Draws items by weight."""

    def __init__(self, pairs):
        self.items = [item for item, _ in pairs]
        self.cumulative = list(itertools.accumulate(weight for _, weight in pairs))

    def draw(self, rng):
        return rng.choices(self.items, cum_weights=self.cumulative)[0]


class Wording:
    """The counted wording of a directory; `hold_out` drops every n-th of the less frequent phrases, as if never seen."""

    def __init__(self, directory, hold_out=0):
        directory = Path(directory)

        def kept(pairs, always):
            ranked = sorted(pairs, key=lambda p: (-p[1], p[0]))
            return [p for i, p in enumerate(ranked)
                    if not hold_out or i < always or zlib.crc32(p[0].encode()) % hold_out]

        self.phrases = kept(read_counts(directory / "scope-phrases.tsv"), 200)
        self.clauses = kept([(c, n) for c, n in read_counts(directory / "scope-clauses.tsv") if "Phone" not in c], 12)
        self.endings = kept(read_counts(directory / "name-endings.tsv"), 60)
        self.types = read_counts(directory / "types.tsv")
        self.address = kept(read_counts(directory / "address-parts.tsv"), 100)
        self.counted = self.phrases + self.clauses + self.endings + self.types + self.address
        modern = [m for m in (directory / "modern-scope-phrases.txt").read_text("utf-8").splitlines() if m]
        self.modern = [m for m, _ in kept([(m, 1) for m in modern if not m.endswith(":") and not m.startswith("(")], 0)]
        clause_text = "".join(c for c, _ in self.clauses)
        odd = re.compile("经营项目|许可|批准|法律|法规|国务院|不得|除外|^不?含|^除|以上|规定|范围|方可|另行|依法|凭|^其他|不另|^等")
        self.items = [(p, n) for p, n in self.phrases if p not in clause_text and not odd.search(p) and len(p) < 30]
        self.item_clauses = [(c, n) for c, n in self.clauses if re.match("[（(][不含除]", c) and len(c) < 26]
        self.closing_clauses = [(c, n) for c, n in self.clauses if re.match("[（(【].*(依法|许可).*经营", c)]


class Applications:
    """An endless iterator of applications (see the JSON in the manual of `licet issue`).

    division: six digits; trailing zeros mean anywhere inside (341100: the prefecture, 340000: the province, 100000: the country).
    modern: share of scopes in today's standard wording.
    """

    def __init__(self, wording, seed=1, division="341181", kinds=None, modern=0.55):
        self.rng = random.Random(f"applications {seed}")
        self.division, self.modern, self.seed = division, modern, seed
        shares = {k: KINDS[k] for k in kinds} if kinds else KINDS
        self.kinds = Weighted(list(shares.items()))
        self.names, self.number = set(), 0
        self.wording, self.syllables = wording, SYLLABLES
        self.types = {k: Weighted(v) for k, v in PRINTED_TYPES.items()}
        self.trades = Weighted([(t, t[3]) for t in TRADES])
        self.branch_trades = Weighted([(t, t[3]) for t in TRADES + BRANCH_TRADES * 6])
        special = re.compile("|".join(pattern for *_, pattern, _ in BRANCH_TRADES))
        self.any_item = Weighted([(p, n) for p, n in wording.items if not special.search(p)])
        self.item_clauses, self.closing = Weighted(wording.item_clauses), Weighted(wording.closing_clauses)
        self.old_items, self.modern_items = {}, {}
        for trade in TRADES + BRANCH_TRADES:
            words, _, pattern, _ = trade
            own = [(p, n) for p, n in wording.items if re.search(pattern, p) and (trade in BRANCH_TRADES or not special.search(p))]
            self.old_items[words] = Weighted(own)
            self.modern_items[words] = [m for m in wording.modern if re.search(pattern, m)] or wording.modern
        # Cut words are counted too: 业有限公司, and 技发展有限公司 about as often as 科技发展有限公司.
        cut = re.compile("^(.有限|际贸|装工程|地产开|产开发|业[服发]|.公司|有限责任公司$|股份|集团)|[分支总]公司")
        self.endings = Weighted([(e, n) for e, n in wording.endings if e.endswith("公司") and len(e) >= 6 and not cut.search(e)
                                 and not any(f[1:] == e and m > 0.85 * n for f, m in wording.endings)])
        places = {}
        for part, n in wording.address:
            places.setdefault(part[-1], []).append((part, n))
        clean = re.compile("号|自治|市中区|北京|天津|重庆|新疆|上海|石家庄|^[东西南北中]?[市区路街]$|^.[路区]$|开发区|园区")
        self.places = {end: Weighted([(p, n) for p, n in rows if not clean.search(p)] or rows)
                       for end, rows in places.items() if end in "市区县镇路街道"}

    def __iter__(self):
        return self

    def __next__(self):
        rng = self.rng
        kind = self.kinds.draw(rng)
        trade = self.branch_trades.draw(rng) if kind == "branch" else self.trades.draw(rng)
        established = self.date(kind)
        place = self.place()
        type_ = self.types[kind].draw(rng)
        if type_.startswith("有限") and rng.random() < 0.08:
            type_ = type_.translate(FULL_WIDTH)
        item = {"creditCode": self.credit_code(kind, place["division"], established), "kind": kind,
                "name": self.name(kind, trade, place, established, type_), "type": type_,
                "representative": self.representative(kind, place)}
        if kind in WITH_CAPITAL:
            item["capital"] = self.capital(kind)
        item["established"] = established.isoformat()
        term = self.term(kind, established)
        if term:
            item["term"] = term
        item["address"] = self.address(place)
        item["scope"] = self.scope(trade, place)
        if kind == "individual_business":
            item["composition"] = "family" if rng.random() < 0.12 else "personal"
        if rng.random() < 0.35:
            item["location"] = self.location(place)
        self.number += 1
        return item

    def credit_code(self, kind, division, established):
        category = {"individual_business": "2", "cooperative": "3"}.get(kind, "1")
        step = self.number + 1
        if category == "1" and established.year < 2016:
            body = f"{(step * 61_803_399 + zlib.crc32(str(self.seed).encode())) % 10**8:08d}"
        else:
            value, digits = (step * 618_033_989 + zlib.crc32(str(self.seed).encode())) % 31**6, ""
            for _ in range(6):
                value, digit = divmod(value, 31)
                digits = ALPHABET[digit] + digits
            body = "MA" + digits
        code = "9" + category + division + body + body_check(body)
        return code + check_character(code)

    def place(self):
        rng, fixed = self.rng, re.sub("(00)+$", "", self.division)
        fixed = "" if self.division == "100000" else fixed
        province = fixed[:2] or str(rng.choice(list(PROVINCES)))
        prefecture = fixed[2:4] or ("01" if int(province) in (11, 12, 31, 50) else f"{rng.randint(1, 17):02d}")
        county = fixed[4:6] or f"{rng.choice([2, 3, 4, 5, 6, 21, 22, 23, 24, 25, 26, 81, 82]):02d}"
        division = province + prefecture + county
        name = PROVINCES.get(int(province), "")
        if division == "341181":
            return {"division": division, "province": name, "cities": ["滁州市", "天长市"],
                    "town": rng.choice(TIANCHANG), "at": (32.68811, 119.00412)}
        city = [] if name.endswith("市") else [self.places["市"].draw(rng)]
        at = (24 + int(prefecture) * 0.7 + int(province) * 0.1, 102 + int(county) * 0.2)
        return {"division": division, "province": name, "cities": city + [self.places[rng.choice("区区县")].draw(rng)],
                "town": self.places["镇"].draw(rng) if rng.random() < 0.4 else "", "at": at}

    def name(self, kind, trade, place, established, type_):
        rng = self.rng
        while True:
            city = place["cities"][-1 if rng.random() < 0.8 else 0]
            fancy = "".join(rng.sample(self.syllables, rng.choice([2, 2, 2, 2, 3, 4])))
            word, shop = rng.choice(trade[0].split()), rng.choice(trade[1].split())
            if kind == "individual_business":
                front = rng.choice([fancy, fancy, "老" + rng.choice(SURNAMES), rng.choice(SURNAMES) + "记" + fancy[:2]])
                town = place["town"] if rng.random() < 0.4 else ""
                name = city + town + front + shop
                if established >= datetime.date(2025, 7, 15):
                    name += "（个体工商户）"
            elif kind in ("company", "branch"):
                limited = "股份有限公司" if type_.startswith("股份") else rng.choice(["有限公司"] * 12 + ["有限责任公司"])
                ending = word + limited if rng.random() < 0.7 or "股份" in limited else self.endings.draw(rng)
                name = rng.choice([city + fancy, city + fancy, place["province"].removesuffix("省") + fancy, fancy + f"（{city}）"]) + ending
                if kind == "company" and rng.random() < 0.004:
                    name = f"{rng.choice(LATIN)} {fancy}（{city}）{ending}"
                if kind == "branch":
                    name += (place["town"] or city) + (shop if trade in BRANCH_TRADES else "分公司")
            elif kind == "partnership":
                name = city + fancy + word + ("合伙企业（有限合伙）" if "有限" in type_ else "事务所（普通合伙）")
            elif kind == "cooperative":
                name = city + fancy + rng.choice("种植 养殖 农机服务 水产养殖 粮食种植 蔬菜种植 家禽养殖 果树种植".split()) + (
                    "专业合作社联合社" if "联合" in type_ else "专业合作社")
            else:
                name = city + fancy + rng.choice("电子厂 机械厂 塑料制品厂 仪表厂 服装厂 建材厂 供销社 加油站 木材加工厂 电缆厂".split())
            if 6 <= len(name) <= 30 and name not in self.names:
                self.names.add(name)
                return name

    def person(self):
        rng = self.rng
        if rng.random() < 0.004:
            return "".join(rng.sample(DOTTED, 2)) + "·" + "".join(rng.sample(DOTTED, 2))
        given = "".join(rng.choices(GIVEN, k=rng.choice([1, 2, 2, 2])))
        if rng.random() < 0.005:
            given = given[:1] + rng.choice(RARE_GIVEN)
        return rng.choice(SURNAMES[:30] if rng.random() < 0.7 else SURNAMES) + given

    def representative(self, kind, place):
        if kind == "partnership" and self.rng.random() < 0.3:
            fancy = "".join(self.rng.sample(self.syllables, 2))
            return f"{place['cities'][-1]}{fancy}企业管理有限公司（委派代表：{self.person()}）"
        return self.person()

    def capital(self, kind):
        rng = self.rng
        amount = rng.choice([3, 5, 10, 10, 20, 30, 50, 50, 50, 100, 100, 100, 100, 200, 200, 300, 500, 500, 1000, 1000, 2000, 5000, 10000])
        cents = amount * 1_000_000
        if rng.random() < 0.06:
            cents += rng.randrange(1, 1_000_000)
        return {"amount": f"{cents // 100}.{cents % 100:02d}", "currency": "USD" if kind == "company" and rng.random() < 0.01 else "CNY"}

    def date(self, kind):
        rng = self.rng
        first = {"cooperative": 2007, "individual_business": 1990, "partnership": 1998, "sole_proprietorship": 2000,
                 "non_company_legal_person": 1980}.get(kind, 1984)
        last = datetime.date(2004, 12, 31) if kind == "non_company_legal_person" else LAST_DAY
        start = datetime.date(first, 1, 1)
        return start + datetime.timedelta(days=int((last - start).days * rng.random() ** 0.45))

    def term(self, kind, established):
        rng = self.rng
        if rng.random() > {"company": 0.4, "partnership": 0.6, "sole_proprietorship": 0.1}.get(kind, 0.05):
            return None
        term = {"from": established.isoformat()}
        years = [y for y in (10, 20, 30, 50) if established.year + y > LAST_DAY.year]
        if years and rng.random() < 0.6:
            year = established.year + rng.choice(years)
            end = datetime.date(year, established.month, min(established.day, 28)) - datetime.timedelta(days=1)
            term["to"] = end.isoformat()
        return term

    def address(self, place):
        rng = self.rng
        town = place["town"]
        text = place["province"] + "".join(place["cities"]) + town
        if town.endswith("镇") and rng.random() < 0.35:
            village = "".join(rng.sample(self.syllables, 2))
            return text + village + rng.choice(["村", "村", "社区"]) + rng.choice(["", f"{rng.randint(1, 20)}组", f"{rng.randint(1, 90)}号"])
        road = self.places["街" if rng.random() < 0.15 else "道" if rng.random() < 0.1 else "路"].draw(rng)
        text += f"{road}{min(rng.randint(1, 1500), rng.randint(1, 1500))}号"
        building, floor = rng.randint(1, 38), rng.randint(1, 9)
        return text + rng.choice(["", "", "", f"{building}幢{floor}层", f"{building}幢{floor}{rng.randint(1, 20):02d}室", f"{building}号楼", f"商铺{rng.randint(101, 240)}", "二楼"])

    def location(self, place):
        rng, (latitude, longitude) = self.rng, place["at"]
        digits = rng.choice([5, 5, 6, 4])
        return {"latitude": round(latitude + rng.uniform(-0.2, 0.2), digits), "longitude": round(longitude + rng.uniform(-0.2, 0.2), digits)}

    def scope(self, trade, place):
        target = int(min(650, max(12, self.rng.lognormvariate(3.55, 0.85))))
        while True:
            text = self.modern_scope(trade, place, target) if self.rng.random() < self.modern else self.old_scope(trade, target)
            if 12 <= len(text) <= 670:
                return text
            target = max(18, min(target, 600))

    def old_scope(self, trade, target):
        rng = self.rng
        closing = self.closing.draw(rng) if target > 30 and rng.random() < 0.6 else ""
        separator = rng.choice("、、、、；；，，;,")
        items, length = [], 0
        for _ in range(400):
            if items and length >= target - len(closing) * (target < 120) or length > 600:
                break
            item = (self.old_items[trade[0]] if rng.random() < 0.75 else self.any_item).draw(rng)
            if item in items:
                continue
            items.append(item)
            length += len(item) + 1
        body = ""
        for i, item in enumerate(items):
            clause = self.item_clauses.draw(rng) if rng.random() < 0.07 else ""
            joint = "" if i + 1 == len(items) else "；" if separator == "、" and rng.random() < 0.12 else separator
            body += item + clause + joint
        if separator == "、" and rng.random() < 0.3 and not body.endswith("销售"):
            body += "销售" if rng.random() < 0.5 else "的销售"
        return body + rng.choice(["。", "。", ""]) + closing

    def modern_scope(self, trade, place, target):
        rng = self.rng
        anhui = place["division"].startswith("34")
        closing = MODERN_ENDINGS["general-34" if anhui and rng.random() < 0.6 else "general"]
        licensed_closing = MODERN_ENDINGS["licensed" if rng.random() < 0.75 else "licensed-result"]
        goal = target if target > 60 else 8 + target // 3
        items, length = [], 0
        for _ in range(400):
            if length >= goal - 40 * (goal > 100) or length > 540:
                break
            item = rng.choice(self.modern_items[trade[0]] if rng.random() < 0.8 else self.wording.modern)
            if item not in items:
                items.append(item)
                length += len(item) + 1
        allowed = [i for i in items if LICENSED.match(i)][:4]
        general = [i for i in items if not LICENSED.match(i)]
        text = "许可项目:" + ";".join(allowed) + licensed_closing if allowed else ""
        if general:
            text += ("一般项目:" if allowed or target > 20 else "") + ";".join(general) + (closing if target > 26 else "")
        if place["division"].startswith("11") and target > 60:
            text += MODERN_ENDINGS["beijing"]
        style = rng.random()
        if style < 0.6:
            return text.translate(FULL_WIDTH)
        if style < 0.8:
            return text.replace(":", "：").replace(";", "；").replace(",", "，")
        return text
