import Testing

@testable import Licence

@Suite struct FieldTextTests {
    /// The list is frozen with the licence code; as long as Unicode does not grow it says the same.
    @Test func theFrozenListHoldsEveryControlAndFormatCharacterOfToday() {
        for value in UInt32(0)...0x10FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let hidden: Bool =
                switch scalar.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator: true
                default: false
                }
            if hidden == FieldText.isPrintable(scalar) { Issue.record("U+\(String(value, radix: 16))") }
        }
    }

    @Test func anApplicationMayHaveNoUnassignedCharacterThoughACodeMay() {
        for scalar in ["\u{0378}", "\u{E0FFF}"] as [Unicode.Scalar] {
            #expect(FieldText.isPrintable(scalar))
            #expect(!FieldText.isAllowed(scalar))
        }
    }
}
