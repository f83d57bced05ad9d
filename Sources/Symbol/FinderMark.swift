/// The centre of what may be a corner mark of a QR symbol: dark, light and dark squares in one another, 1:1:3:1:1 across
/// (ISO/IEC 18004:2015, 6.3.3).
struct FinderMark: Hashable {
    let x: Int
    let y: Int
}

extension Luminance {
    /// Where corner marks may be in a picture of black and white; never fewer than ZXing finds in it.
    ///
    /// ZXing looks in every third row for five runs of such lengths, and then across them upright and aslant. The same is
    /// done here, without the checks that follow.
    var finderMarks: [FinderMark] {
        var marks: Set<FinderMark> = []
        var edges: [Int] = []
        for y in stride(from: 2, to: height, by: 3) {
            edges.removeAll(keepingCapacity: true)
            let row = y * width
            for x in 1..<width where pixels[row + x] != pixels[row + x - 1] { edges.append(x) }
            // Runs lie between edges; the one before the first edge is of the first pixel's colour.
            let firstBlack = pixels[row] == 0 ? 0 : 1
            for run in stride(from: firstBlack == 0 ? 2 : 3, to: edges.count - 1, by: 2) {
                let before = run >= 3 ? edges[run - 3] : 0
                let after = run + 2 < edges.count ? edges[run + 2] : width
                let lengths = FinderRuns(
                    edges[run - 2] - before,
                    edges[run - 1] - edges[run - 2],
                    edges[run] - edges[run - 1],
                    edges[run + 1] - edges[run],
                    after - edges[run + 1]
                )
                guard lengths.areAMark(.strictly) else { continue }
                let x = (edges[run - 1] + edges[run]) / 2
                guard let mark = finderMark(near: x, y, range: 3 * lengths.sum) else { continue }
                // A mark has one hit in every row of its centre; they are the same when at most a pixel apart.
                let near = (-1...1).contains { dx in
                    (-1...1).contains { dy in marks.contains(FinderMark(x: mark.x + dx, y: mark.y + dy)) }
                }
                if !near { marks.insert(mark) }
            }
        }
        return Array(marks)
    }

    private func finderMark(near x: Int, _ y: Int, range: Int) -> FinderMark? {
        guard let upright = runs(at: x, y, dx: 0, dy: 1, range: range), upright.runs.areAMark(.loosely) else {
            return nil
        }
        let middle = y + upright.offset
        guard let level = runs(at: x, middle, dx: 1, dy: 0, range: range), level.runs.areAMark(.loosely) else {
            return nil
        }
        let centre = x + level.offset
        for dy in [1, -1] {
            guard let aslant = runs(at: centre, middle, dx: 1, dy: dy, range: 2 * range), aslant.runs.areAMark(.loosely)
            else { return nil }
        }
        return isSurrounded(centre, middle, within: range) ? FinderMark(x: centre, y: middle) : nil
    }

    /// Whether one path of white leads round the black at a pixel, no farther away than `radius`.
    ///
    /// In noise, where much looks like a mark along four lines, hardly anything else does.
    private func isSurrounded(_ x: Int, _ y: Int, within radius: Int) -> Bool {
        func isBlack(_ x: Int, _ y: Int) -> Bool {
            x < 0 || y < 0 || x >= width || y >= height || pixels[y * width + x] == 0
        }
        var here = (x: x, y: y)
        while isBlack(here.x, here.y) {
            here.y += 1
            guard here.y < height, here.y - y <= radius else { return false }
        }
        let start = here
        // Facing left, black is on the right hand, and stays there.
        var ahead = (x: -1, y: 0)
        var directions = 0
        for _ in 0..<8 * radius {
            directions |= 1 << ((here.x - x).signum() * 3 + (here.y - y).signum() + 4)
            if !isBlack(here.x - ahead.y, here.y + ahead.x) {
                ahead = (-ahead.y, ahead.x)
            } else {
                var turns = 0
                while isBlack(here.x + ahead.x, here.y + ahead.y) {
                    ahead = (ahead.y, -ahead.x)
                    turns += 1
                    guard turns < 4 else { return false }
                }
            }
            here = (here.x + ahead.x, here.y + ahead.y)
            guard abs(here.x - x) <= radius, abs(here.y - y) <= radius else { return false }
            if here == start { return directions == 0b1_1110_1111 }
        }
        return false
    }

    /// The five runs along a line through a black pixel, and how far their middle is from it; nil where there are not five.
    private func runs(at x: Int, _ y: Int, dx: Int, dy: Int, range: Int) -> (runs: FinderRuns, offset: Int)? {
        guard (0..<width).contains(x), (0..<height).contains(y), pixels[y * width + x] == 0,
            let forward = arm(x, y, dx, dy, range), let backward = arm(x, y, -dx, -dy, range)
        else { return nil }
        let runs = FinderRuns(backward.2, backward.1, backward.0 + forward.0 - 1, forward.1, forward.2)
        return (runs, (forward.0 - backward.0) / 2)
    }

    /// The lengths of the black, white and black run from a pixel on; the last may end at the picture's edge.
    private func arm(_ x: Int, _ y: Int, _ dx: Int, _ dy: Int, _ range: Int) -> (Int, Int, Int)? {
        var lengths = (0, 0, 0)
        var (x, y) = (x, y)
        for part in 0..<3 {
            let colour: UInt8 = part == 1 ? 255 : 0
            var count = 0
            while x >= 0, y >= 0, x < width, y < height, pixels[y * width + x] == colour {
                count += 1
                guard count <= range else { return nil }
                x += dx
                y += dy
            }
            guard count > 0 else { return nil }
            switch part {
            case 0: lengths.0 = count
            case 1: lengths.1 = count
            default: lengths.2 = count
            }
        }
        return lengths
    }
}

/// The lengths of five runs, dark, light, dark, light and dark, in pixels.
private struct FinderRuns {
    let lengths: (Int, Int, Int, Int, Int)

    init(_ first: Int, _ second: Int, _ third: Int, _ fourth: Int, _ fifth: Int) {
        lengths = (first, second, third, fourth, fifth)
    }

    var sum: Int { lengths.0 + lengths.1 + lengths.2 + lengths.3 + lengths.4 }

    /// How far from its length a run may be.
    enum Patience { case strictly, loosely }

    /// Whether they are 1:1:3:1:1: strictly to half a module and half a pixel, loosely to three quarters and half.
    ///
    /// ZXing 1.4 asks the same; strictly has a tenth to spare, for lengths that it rounds otherwise.
    func areAMark(_ patience: Patience) -> Bool {
        // In fourteenths of a pixel, so that whole numbers do; the sum is seven modules.
        let module = 2 * sum
        let allowed = patience == .strictly ? module * 11 / 20 + 8 : module * 3 / 4 + 7
        return abs(14 * lengths.0 - module) <= allowed && abs(14 * lengths.1 - module) <= allowed
            && abs(14 * lengths.2 - 3 * module) <= allowed && abs(14 * lengths.3 - module) <= allowed
            && abs(14 * lengths.4 - module) <= allowed
    }
}
