import Symbol
import TestSupport

/// A grey picture to draw on.
struct Canvas {
    let side: Int
    private(set) var pixels: [UInt8]

    init(side: Int, _ shade: (_ x: Int, _ y: Int) -> UInt8 = { _, _ in 255 }) {
        self.side = side
        pixels = (0..<side * side).map { shade($0 % side, $0 / side) }
    }

    /// `count` × `count` corner marks of QR symbols, `gap` modules apart, of modules of `module` pixels.
    static func cornerMarks(_ count: Int, module: Int, gap: Int) -> Canvas {
        let pitch = (7 + gap) * module
        return Canvas(side: count * pitch + 4 * module) { x, y in
            guard x >= 2 * module, y >= 2 * module else { return 255 }
            let (column, row) = ((x - 2 * module) % pitch / module, (y - 2 * module) % pitch / module)
            let isInside = column < 7 && row < 7 && x < count * pitch + 2 * module && y < count * pitch + 2 * module
            let ring = max(abs(column - 3), abs(row - 3))
            return isInside && ring != 2 ? 0 : 255
        }
    }

    /// Draws a symbol, its quiet zone included, with its corner at a pixel.
    mutating func draw(_ code: QRCode, x left: Int, y top: Int, module: Int) {
        for y in 0..<(code.side + 8) * module {
            for x in 0..<(code.side + 8) * module {
                let (column, row) = (x / module - 4, y / module - 4)
                let isInside = (0..<code.side).contains(column) && (0..<code.side).contains(row)
                pixels[(top + y) * side + left + x] = isInside && code[column, row] ? 0 : 255
            }
        }
    }

    var png: [UInt8] {
        get throws { try PNGFile(width: side, height: side, pixels: pixels).bytes }
    }
}
