/// How much speaks against a mask (ISO/IEC 18004:2015, 7.8.3), with the weights and the readings of libqrencode.
///
/// The standard leaves some of it open, and other encoders choose other masks of the same text: every mask is read alike. Here
/// it is libqrencode's choice, so that a symbol is the same whoever of the two draws it. All columns of a strip are weighed at
/// once, a bit each; rows are the columns of the transposed grid.
struct MaskPenalty {
    private static let block = 3
    private static let finder = 40
    private static let tenth = 10

    /// The penalty of a masked symbol, given with its transposition.
    @unsafe static func of(_ upright: UnsafePointer<UInt64>, _ transposed: UnsafePointer<UInt64>, side: Int) -> Int {
        var points = 0
        var dark = 0
        let stride = ModuleGrid.stride(side)
        for strip in 0..<ModuleGrid.strips(side) {
            let start = strip * stride + ModuleGrid.margin
            let columns = min(64, side - 64 * strip)
            let all = UInt64.max >> UInt64(64 - columns)
            points += unsafe lines(upright + start, side, all) + lines(transposed + start, side, all)
            let isLast = 64 * (strip + 1) >= side
            points +=
                unsafe block
                * blocks(upright + start, isLast ? nil : upright + start + stride, side, isLast ? all >> 1 : all)
            for y in 0..<side { dark += unsafe upright[start + y].nonzeroBitCount }
        }
        let area = side * side
        let percent = (200 * dark + area) / area / 2
        return points + abs(percent - 50) / 5 * tenth
    }

    /// Runs of five and more modules, and what looks like a finder mark, in the columns of one strip.
    private static func lines(_ rows: UnsafePointer<UInt64>, _ side: Int, _ all: UInt64) -> Int {
        var points = 0
        var runsBefore: UInt64 = 0
        for y in 0..<side - 4 {
            let (a, b, c, d, e) = unsafe (rows[y], rows[y + 1], rows[y + 2], rows[y + 3], rows[y + 4])
            let runs = ~((a ^ b) | (b ^ c) | (c ^ d) | (d ^ e)) & all
            if runs != 0 {
                // 3 for five modules and 1 for each more.
                let starts = runs & ~runsBefore
                points += runs.nonzeroBitCount + 2 * starts.nonzeroBitCount
                // The middle of a mark of more than one module a part; its parts on both sides are wide as well.
                var wide = unsafe starts & a & rows[y + 5] & ~rows[y - 2]
                while wide != 0 {
                    if unsafe isWideMark(rows, side, y, wide.trailingZeroBitCount) { points += finder }
                    wide &= wide - 1
                }
            }
            runsBefore = runs
            let mark = unsafe a & ~b & c & d & e & ~rows[y + 5] & rows[y + 6] & ~rows[y - 1] & ~rows[y + 7]
            if mark != 0 {
                let before = unsafe rows[y - 4] | rows[y - 3] | rows[y - 2]
                let after = unsafe rows[y + 8] | rows[y + 9] | rows[y + 10]
                points += finder * (mark & ~(before & after)).nonzeroBitCount
            }
        }
        return points
    }

    /// Whether the run of dark modules from `y` on is the middle of a mark 1 : 1 : 3 : 1 : 1 with four light parts beside it.
    private static func isWideMark(_ rows: UnsafePointer<UInt64>, _ side: Int, _ y: Int, _ column: Int) -> Bool {
        func isDark(_ y: Int) -> Bool {
            guard (0..<side).contains(y) else { return false }
            return unsafe rows[y] >> UInt64(column) & 1 == 1
        }
        func areAll(_ range: Range<Int>, dark: Bool) -> Bool { range.allSatisfy { isDark($0) == dark } }
        var end = y
        while isDark(end) { end += 1 }
        let part = (end - y) / 3
        guard (end - y) % 3 == 0, y >= 2 * part, end + 2 * part <= side else { return false }
        return areAll(y - part..<y, dark: false) && areAll(end..<end + part, dark: false)
            && areAll(y - 2 * part..<y - part, dark: true) && areAll(end + part..<end + 2 * part, dark: true)
            && !isDark(y - 2 * part - 1) && !isDark(end + 2 * part)
            && (areAll(y - 6 * part..<y - 2 * part, dark: false)
                || areAll(end + 2 * part..<end + 6 * part, dark: false))
    }

    /// Squares of two by two modules alike; `next` is the strip to the right.
    private static func blocks(
        _ rows: UnsafePointer<UInt64>,
        _ next: UnsafePointer<UInt64>?,
        _ side: Int,
        _ all: UInt64
    ) -> Int {
        var count = 0
        for y in 0..<side - 1 {
            let (here, below) = unsafe (rows[y], rows[y + 1])
            let (nextHere, nextBelow) = unsafe next.map { next in unsafe (next[y], next[y + 1]) } ?? (0, 0)
            let (right, rightBelow) = (here >> 1 | nextHere << 63, below >> 1 | nextBelow << 63)
            count += (~((here ^ below) | (here ^ right) | (here ^ rightBelow)) & all).nonzeroBitCount
        }
        return count
    }
}
