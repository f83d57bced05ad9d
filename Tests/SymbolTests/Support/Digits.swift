/// The prefix of every symbol in the fixtures.
let addressPrefix = "HTTPS://LIC.EXAMPLE.CN/L/"

/// Returns `count` digits that look random and are the same every time; the fixtures are made from them.
func digits(_ count: Int, seed: UInt64 = 1) -> String {
    var generator = SeededGenerator(state: seed)
    return String((0..<count).map { _ in Character(String((generator.next() >> 33) % 10)) })
}

/// A linear congruential generator with Knuth's constants.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state
    }
}
