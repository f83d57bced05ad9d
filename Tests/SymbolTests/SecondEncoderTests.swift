import CQRCode
import Symbol
import Testing

/// Every symbol beside the one that libqrencode draws of the same text, module by module, the choice of the mask included.
@Suite struct SecondEncoderTests {
    @Test(arguments: ErrorCorrection.allCases, 1...40)
    func drawsWhatLibqrencodeDraws(level: ErrorCorrection, version: Int) throws {
        // The fullest symbol of the version, the emptiest, and some between.
        let fullest = try count(fitting: version, level)
        let emptiest = version == 1 ? 1 : try count(fitting: version - 1, level) + 1
        for (seed, count) in [fullest, fullest - 1, emptiest, emptiest + 1, (fullest + emptiest) / 2].enumerated() {
            let text = digits(max(1, count), seed: UInt64(41 * version + seed))
            let prefix = seed == 4 ? addressPrefix : ""
            let code = try? QRCode(prefix: prefix, digits: text, errorCorrection: level)
            #expect(modules(of: code) == libqrencode(prefix, text, level), "\(count) digits")
        }
    }

    @Test(arguments: 1...60) func drawsPrefixesOfEveryLength(count: Int) throws {
        let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")
        let prefix = String((0..<count).map { alphabet[($0 * 7 + count) % alphabet.count] })
        let text = digits(100 + 10 * count, seed: UInt64(count))
        #expect(try modules(of: QRCode(prefix: prefix, digits: text)) == libqrencode(prefix, text, .medium))
    }

    @Test func choosesTheMaskOfManyCodesAlike() throws {
        for seed in 1...400 {
            let text = digits(300 + seed, seed: UInt64(1000 + seed))
            let code = try QRCode(prefix: addressPrefix, digits: text)
            #expect(modules(of: code) == libqrencode(addressPrefix, text, .medium), "seed \(seed)")
        }
        // Long runs and wide marks, which random digits seldom have.
        for text in [0, 1, 7, 9].map({ String(repeating: "\($0)", count: 700) }) {
            #expect(try modules(of: QRCode(prefix: "", digits: text)) == libqrencode("", text, .medium))
        }
    }

    private func modules(of code: QRCode?) -> [Bool]? {
        code.map { code in (0..<code.side * code.side).map { code[$0 % code.side, $0 / code.side] } }
    }

    /// The greatest number of digits that a version holds.
    private func count(fitting version: Int, _ level: ErrorCorrection) throws -> Int {
        var (fits, tooMany) = (0, level.digitCapacity(afterPrefixOf: 0) + 1)
        while tooMany - fits > 1 {
            let middle = (fits + tooMany) / 2
            let needed = try QRCode(prefix: "", digits: digits(middle), errorCorrection: level).version
            if needed <= version { fits = middle } else { tooMany = middle }
        }
        return fits
    }

    private func libqrencode(_ prefix: String, _ digits: String, _ level: ErrorCorrection) -> [Bool]? {
        let levels: [ErrorCorrection: QRecLevel] = [
            .low: QR_ECLEVEL_L, .medium: QR_ECLEVEL_M, .quartile: QR_ECLEVEL_Q, .high: QR_ECLEVEL_H,
        ]
        guard let level = levels[level], let input = QRinput_new2(0, level) else { return nil }
        defer { QRinput_free(input) }
        for (text, mode) in [(prefix, QR_MODE_AN), (digits, QR_MODE_NUM)] where !text.isEmpty {
            guard QRinput_append(input, mode, CInt(text.utf8.count), Array(text.utf8)) == 0 else { return nil }
        }
        guard let symbol = QRcode_encodeInput(input) else { return nil }
        defer { QRcode_free(symbol) }
        let count = Int(symbol.pointee.width * symbol.pointee.width)
        return UnsafeBufferPointer(start: symbol.pointee.data, count: count).map { $0 & 1 == 1 }
    }
}
