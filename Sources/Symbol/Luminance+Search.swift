import CZXing

/// How much may still be searched in one picture.
///
/// ZXing tries every three corner marks together, tens of nanoseconds each, and nothing stops it once it began: a page of
/// a thousand marks kept it busy for half a minute. So marks are counted first, and threes are paid for.
struct SearchBudget {
    /// The greatest number of corner marks that are searched at once: those of thirty codes.
    static let marks = 96
    /// ZXing reads the sixteen likeliest threes, so that of many codes it may find none.
    static let fewMarks = 16
    /// About a quarter of a second of ZXing's time.
    private var threes = 1_500_000

    /// Pays for a search among `count` marks, or does not allow it.
    mutating func allows(marks count: Int) -> Bool {
        let price = count * (count - 1) * (count - 2) / 6
        guard count <= Self.marks, price <= threes else { return false }
        threes -= price
        return true
    }
}

extension Luminance {
    /// Returns the texts of the QR codes in the picture, each once, in the order of their discovery.
    ///
    /// The picture is searched at its own size, then at a third of it, and so on: large modules are easier to follow there.
    func search(_ budget: inout SearchBudget) throws(SymbolError) -> [String] {
        guard min(width, height) >= Self.smallestBinarised else {
            // So few pixels hold no more marks than are allowed; a longer strip holds no code.
            return max(width, height) <= 5 * Self.smallestBinarised ? try scan(whole, as: LICET_ZXING_GREY) : []
        }
        var texts = try binarised.searchWindows(&budget)
        var layer = self
        while max(layer.width, layer.height) > 500, min(layer.width, layer.height) / 3 >= Self.smallestBinarised {
            layer = layer.reduced(by: 3)
            texts.append(contentsOf: try layer.binarised.searchWindows(&budget).filter { !texts.contains($0) })
        }
        return texts
    }

    /// Searches a picture of black and white: as a whole, and in ever smaller windows where there are too many marks.
    ///
    /// Windows overlap by a quarter of their side.
    private func searchWindows(_ budget: inout SearchBudget) throws(SymbolError) -> [String] {
        let marks = finderMarks
        var texts: [String] = []
        // A page of many codes is divided twice; more would not be worth the time.
        var windows = [(whole, 0)]
        while !windows.isEmpty {
            let (window, depth) = windows.removeFirst()
            let count = marks.count(where: window.contains)
            var found: [String] = []
            if (depth == 0 || count >= 3) && budget.allows(marks: count) {
                found = try scan(window, as: LICET_ZXING_BLACK_AND_WHITE)
                texts.append(contentsOf: found.filter { !texts.contains($0) })
            }
            if found.isEmpty, count > SearchBudget.fewMarks, depth < 2 {
                windows += window.quarters.map { ($0, depth + 1) }
            }
        }
        return texts
    }
}

extension Luminance.Window {
    /// Four windows that cover this one, each five eighths of its sides.
    fileprivate var quarters: [Self] {
        let (width, height) = (self.width * 5 / 8, self.height * 5 / 8)
        return [top, top + self.height - height].flatMap { top in
            [left, left + self.width - width].map { left in
                Self(left: left, top: top, width: width, height: height)
            }
        }
    }
}
