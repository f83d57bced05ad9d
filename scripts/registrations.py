"""Invented applications in the manner of the registrations that the counted wording comes from.

`Applications` writes today's licences out of the counted wording alone. Real registrations hold much that no count lists: counted
phrases make up little over half of a scope, and one address in six has a counted road or village. Here the rest is made up of
pieces of different phrases and of stray characters, so that a dictionary trained on the wording is not flattered.
"""
import re

from applications import PRINTED_TYPES, SYLLABLES, TRADES, Applications, Weighted

KINDS_COUNTED = {  # between what is counted (74 % of names end in 公司) and today's register (60 % individual businesses)
    "company": 0.50, "individual_business": 0.30, "branch": 0.09, "non_company_legal_person": 0.05,
    "sole_proprietorship": 0.03, "cooperative": 0.02, "partnership": 0.01}
TYPES_COUNTED = {  # as printed today, and as in types.tsv
    "company": PRINTED_TYPES["company"] + [("有限责任公司", 120)],
    "individual_business": [("个体工商户", 85), ("个体户", 10), ("个体", 5)],
    "branch": PRINTED_TYPES["branch"] + [("集体分支机构(非法人)", 40), ("集体经营单位(非法人)", 4), ("分公司", 2)],
    "non_company_legal_person": PRINTED_TYPES["non_company_legal_person"] + [("集体企业", 3), ("国有企业", 8)]}
SCOPE = (3.82, 0.85)  # mean and deviation of the logarithm of a scope's length: median 46 characters
UNLISTED = 0.35  # share of a scope's phrases that no count lists: leaves 6.3 counted ones a licence; 6.9 were counted
COMMON = [bytes([row, cell]).decode("gb2312") for row in range(0xB0, 0xD7) for cell in range(0xA1, 0xFF)]  # GB 2312, level 1
JOINTS = Weighted([("、", 60), ("；", 14), ("，", 14), (";", 4), (",", 4), (" ", 2), ("。", 2)])


class Registrations(Applications):
    """An endless iterator of applications like counted registrations; the options are those of `Applications`, and:

    unlisted: share of phrases, roads and trade words that occur in no count (0: counted wording only).
    located: share of licences with coordinates. Like today's wording (`modern`), there were none then.
    """

    def __init__(self, wording, seed=1, division="100000", kinds=None, modern=0.0, unlisted=UNLISTED, located=0.0):
        super().__init__(wording, seed, division, kinds, modern)
        self.unlisted, self.shares = unlisted, {"location": located, "term": 0.25, "composition": 0.3}
        self.kinds = Weighted([(k, n) for k, n in KINDS_COUNTED.items() if not kinds or k in kinds])
        self.types.update({kind: Weighted(types) for kind, types in TYPES_COUNTED.items()})
        self.pieces = Weighted([(p, n) for p, n in wording.items if len(p) > 2])
        letters = {}
        for text, n in wording.items + wording.address:
            for letter in text:
                letters[letter] = letters.get(letter, 0) + n
        self.letters = Weighted(sorted((c, n ** 0.75) for c, n in letters.items() if "一" <= c <= "鿿"))

    def __next__(self):
        item = super().__next__()
        for field, share in self.shares.items():
            if self.rng.random() >= share:
                item.pop(field, None)
        return item

    def is_unlisted(self, share=1.0):
        return self.rng.random() < self.unlisted * share

    def unlisted_phrase(self):
        """Something like a phrase: pieces of different phrases, now and then a character of its own."""
        rng, text = self.rng, ""
        goal = rng.choice([3, 4, 4, 4, 5, 5, 6, 6, 7, 8, 9, 11, 14, 20])
        while len(text) < goal:
            if rng.random() < 0.35:
                text += self.letters.draw(rng) if rng.random() < 0.7 else rng.choice(COMMON)
                continue
            phrase, size = self.pieces.draw(rng), rng.choice([1, 2, 2, 2, 3, 4])
            # Mostly whole words: from the front, from the back, or an even number of characters in.
            start = rng.choice([0, max(0, len(phrase) - size), 2 * rng.randrange(len(phrase) // 2)])
            text += phrase[start:start + size]
        return re.sub("[^一-鿿]", "", text)[:goal] or self.unlisted_phrase()

    def place_word(self, size=2):
        """A road's or village's own name, mostly one that no count lists."""
        return "".join(self.letters.draw(self.rng) if self.rng.random() < 0.5 else self.rng.choice(COMMON) for _ in range(size))

    def name(self, kind, trade, place, established, type_):
        rng = self.rng
        if self.is_unlisted():
            phrase = self.pieces.draw(rng)
            word = phrase[:2] if len(phrase) % 2 or rng.random() < 0.6 else phrase[-4:]
            shop = word + rng.choice("店 部 行 厂 门市部 经营部 商店".split())
            trade = (word, shop, *trade[2:]) if trade in TRADES else trade
        return super().name(kind, trade, place, established, type_)

    def scope(self, trade, place):
        rng = self.rng
        target = int(min(650, max(12, rng.lognormvariate(*SCOPE))))
        while True:
            text = self.modern_scope(trade, place, target) if rng.random() < self.modern else self.old_scope(trade, target)
            if 12 <= len(text) <= 670:
                return text
            target = max(18, min(target, 600))

    def old_scope(self, trade, target):
        rng = self.rng
        closing = self.closing.draw(rng) if target > 30 and rng.random() < 0.35 else ""
        joint, text, seen = JOINTS.draw(rng), "", set()
        while not text or len(text) < target - 5 - len(closing) * (target < 120):
            if self.is_unlisted():
                phrase = self.unlisted_phrase()
            else:
                phrase = (self.old_items[trade[0]] if rng.random() < 0.6 else self.any_item).draw(rng)
            if phrase in seen:
                continue
            seen.add(phrase)
            text += joint * bool(text) if rng.random() < 0.9 else JOINTS.draw(rng) * bool(text)
            text += phrase + (self.item_clauses.draw(rng) if rng.random() < 0.02 else "")
        return text + rng.choice(["。", "。", ""]) + closing

    def address(self, place):
        rng = self.rng
        is_city = place["province"].endswith("市")
        shown = [place["province"]] * (rng.random() < (0.9 if is_city else 0.2))
        shown += [place["cities"][0]] * (rng.random() < 0.85) + place["cities"][1:] * (rng.random() < 0.6)
        text = "".join(shown or place["cities"]) + (place["town"] if rng.random() < 0.5 else "")
        end = rng.choice("路路路路路路街街道村村村")
        if end == "村" or self.is_unlisted(1.7):
            text += self.place_word(rng.choice([2, 2, 2, 3])) + {"道": "大道"}.get(end, end)
        else:
            text += self.places[end].draw(rng)
        if end != "村" or rng.random() < 0.4:
            text += f"{min(rng.randint(1, 1500), rng.randint(1, 1500))}号"
        house, room = rng.randint(1, 38), rng.randint(101, 2808)
        style = rng.random()
        if style < 0.1:
            building = self.place_word(rng.choice([2, 3, 4])) + rng.choice(["大厦", "小区", "市场", "广场"])
            return f"{text}{building}{house}{rng.choice('幢栋座')}{room}室"
        if style < 0.45:
            text += rng.choice(["", f"{house}幢{room}室", f"{house}号楼", "一楼", f"{room}室", "二层"])
        return text
