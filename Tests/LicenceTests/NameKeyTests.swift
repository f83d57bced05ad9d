import Licence
import TestSupport
import Testing

@Suite struct NameKeyTests {
    @Test(arguments: [
        ("天长市晨光商贸有限公司", "天长市晨光商贸有限责任公司"), ("天长市晨光商贸有限公司", "天长市晨光商贸股份有限公司"),
        ("晨光商贸中心（有限合伙）", "晨光商贸中心(普通合伙)"), ("晨光小吃店（个体工商户）", "晨光小吃店"),
        ("晨光商貿有限公司", "晨光商贸有限公司"), ("東方紅酒業", "东方红酒业"), ("ＡＢС超市", "abc超市"),
        ("晨光 商贸·公司", "晨光商贸公司"), ("天长（安徽）食品", "天长安徽食品"), ("口福饭店", "囗福饭店"), ("日升酒楼", "曰升酒楼"),
        ("未来食品", "末来食品"), ("己家超市", "巳家超市"), ("1O超市", "lo超市"), ("〇一超市", "0一超市"), ("IT商店", "1T商店"),
        ("АВС超市", "ABC超市"), ("ΑΒΕ超市", "abe超市"), ("③号店铺", "3号店铺"), ("㈱晨光", "株晨光"), ("“晨光”超市", "晨光超市"),
    ])
    func namesThatLookAlikeHaveOneKey(first: String, second: String) {
        #expect(NameKey(first) == NameKey(second))
        #expect(NameKey.likeness(of: first, and: second) == .lookAlike)
        #expect(NameKey.likeness(of: second, and: first) == .lookAlike)
    }

    @Test(arguments: [
        ("晨光商贸有限公司", "晨光商务有限公司"), ("晨光食品有限公司", "晨光食品有限公司天长分公司"), ("大明超市", "太明超市"),
        ("晨光集团有限公司", "晨光有限公司"), ("晨光一店", "晨光二店"), ("天长市晨光", "滁州市晨光"),
    ])
    func otherNamesHaveOtherKeys(first: String, second: String) {
        #expect(NameKey(first).value != NameKey(second).value)
        #expect(NameKey.likeness(of: first, and: second) == nil)
    }

    @Test(arguments: [
        ("晨光超市 ", "晨光超市"), ("cafe\u{301}超市", "caf\u{e9}超市"), ("が", "か\u{3099}"), ("晨光　超市", "晨光超市"),
        ("ＡＢＣ超市", "abc超市"), ("天长（安徽）食品", "天长(安徽)食品"), ("晨\u{200B}光", "晨光"), ("Straße", "STRAßE"),
    ])
    func namesThatNoRegisterTellsApartAreDuplicates(first: String, second: String) {
        #expect(NameKey.likeness(of: first, and: second) == .duplicate)
        #expect(NameKey(first) == NameKey(second))
    }

    @Test(arguments: ["有限公司", "公司", "（）", "!", "a有限公司"])
    func aNameOfNothingButAFormStillHasASkeleton(name: String) {
        #expect(!NameKey(name).skeleton.isEmpty)
    }

    /// Registers keep these numbers.
    @Test func theKeysStayAsTheyAre() {
        #expect(NameKey("").value == 0x4bf2_9ce4_8422_2325)
        #expect(NameKey("foobar").skeleton == "foobar")
        #expect(NameKey("foobar").value == 0x0594_4171_f739_67e8)
        #expect(NameKey("天长市晨光商贸有限公司").skeleton == "天长市晨光商贸")
    }

    @Test func keysAreNeverNegativeAndSeldomTheSame() {
        var generator = SeededGenerator(seed: 6)
        var skeletons: [Int64: String] = [:]
        for _ in 0..<20_000 {
            let name = String((0..<6).map { _ in Self.character(&generator) })
            let key = NameKey(name)
            #expect(key.value >= 0)
            #expect(skeletons.updateValue(key.skeleton, forKey: key.value) ?? key.skeleton == key.skeleton)
        }
    }

    private static func character(_ generator: inout SeededGenerator) -> Character {
        Character(Unicode.Scalar(UInt32.random(in: 0x4E00...0x9FFF, using: &generator)) ?? "中")
    }
}
