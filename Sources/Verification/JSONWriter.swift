import Licence

/// Writes JSON (RFC 8259) as bytes, an element at a time; keys must come sorted, as they stand in every answer.
///
/// Foundation's encoder takes several times as long for a verdict as the check of its signature; an array asks at each byte whether it is held
/// by somebody else.
struct JSONWriter: ~Copyable {
    private var memory: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    private var count = 0
    /// Whether a comma has to stand before the next element.
    private var isBehindElement = false

    private static let firstCapacity = 4_096

    init() {
        capacity = Self.firstCapacity
        memory = .allocate(capacity: capacity)
    }

    deinit { memory.deallocate() }

    /// What was written.
    var bytes: [UInt8] { Array(UnsafeBufferPointer(start: memory, count: count)) }

    // MARK: - Structure

    mutating func object(_ body: (inout JSONWriter) -> Void) {
        open("{")
        body(&self)
        close("}")
    }

    mutating func array(_ body: (inout JSONWriter) -> Void) {
        open("[")
        body(&self)
        close("]")
    }

    /// The name of the next value.
    mutating func key(_ name: StaticString) {
        separate()
        put("\"")
        put(UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
        put("\"")
        put(":")
        isBehindElement = false
    }

    private mutating func open(_ bracket: Unicode.Scalar) {
        separate()
        put(bracket)
        isBehindElement = false
    }

    private mutating func close(_ bracket: Unicode.Scalar) {
        put(bracket)
        isBehindElement = true
    }

    private mutating func separate() {
        if isBehindElement { put(",") }
        isBehindElement = true
    }

    // MARK: - Values

    /// JSON that was written before.
    mutating func raw(_ json: [UInt8]) {
        separate()
        json.withUnsafeBufferPointer { put($0) }
    }

    mutating func value(_ isTrue: Bool) {
        separate()
        write(isTrue ? "true" : "false")
    }

    mutating func value(_ number: Int) {
        separate()
        write(number)
    }

    mutating func value(_ text: String) {
        self.text { $0.write(text) }
    }

    /// A text that is written in pieces.
    mutating func text(_ body: (inout JSONWriter) -> Void) {
        separate()
        put("\"")
        body(&self)
        put("\"")
    }

    /// Two lower-case hexadecimal digits a byte.
    mutating func value(hexadecimal data: [UInt8]) {
        text { text in
            for byte in data { text.write(hexadecimal: byte) }
        }
    }

    /// A number in millionths, with no more places than it needs.
    mutating func value(millionths: Int) {
        separate()
        if millionths < 0 { put("-") }
        let (whole, fraction) = millionths.magnitude.quotientAndRemainder(dividingBy: 1_000_000)
        write(Int(whole))
        guard fraction > 0 else { return }
        put(".")
        var (rest, place) = (fraction, UInt(100_000))
        while rest > 0 {
            put(digit: Int(rest / place))
            (rest, place) = (rest % place, place / 10)
        }
    }

    /// `2026-03-18`.
    mutating func value(_ date: CalendarDate) {
        text { $0.write(date) }
    }

    /// RFC 3339, in UTC, to the second.
    mutating func value(_ instant: Instant) {
        guard let date = try? CalendarDate(at: instant, utcOffset: 0) else { return value(instant.description) }
        let second = Int(instant.since(date.start(utcOffset: 0)))
        text { text in
            text.write(date)
            text.put("T")
            text.write(twoDigits: second / 3_600)
            text.put(":")
            text.write(twoDigits: second / 60 % 60)
            text.put(":")
            text.write(twoDigits: second % 60)
            text.put("Z")
        }
    }

    // MARK: - Pieces of a text

    mutating func write(_ text: String) {
        var copy = text
        copy.withUTF8 { utf8 in
            guard utf8.contains(where: Self.isEscaped) else { return put(utf8) }
            for byte in utf8 { write(escaping: byte) }
        }
    }

    mutating func write(_ number: Int) {
        if number < 0 { put("-") }
        var (rest, place) = (number.magnitude, UInt(1))
        while rest / place >= 10 { place *= 10 }
        while place > 0 {
            put(digit: Int(rest / place))
            (rest, place) = (rest % place, place / 10)
        }
    }

    private mutating func write(_ date: CalendarDate) {
        write(date.year)
        put("-")
        write(twoDigits: date.month)
        put("-")
        write(twoDigits: date.day)
    }

    private mutating func write(twoDigits number: Int) {
        put(digit: number / 10)
        put(digit: number % 10)
    }

    private static func isEscaped(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private mutating func write(escaping byte: UInt8) {
        guard Self.isEscaped(byte) else { return put(byte) }
        put("\\")
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): put(byte)
        case 0x08: put("b")
        case 0x09: put("t")
        case 0x0A: put("n")
        case 0x0C: put("f")
        case 0x0D: put("r")
        default:
            write("u00")
            write(hexadecimal: byte)
        }
    }

    private mutating func write(hexadecimal byte: UInt8) {
        let (high, low) = (Int(byte >> 4), Int(byte & 15))
        put(UInt8(high < 10 ? 0x30 + high : 0x57 + high))
        put(UInt8(low < 10 ? 0x30 + low : 0x57 + low))
    }

    // MARK: - Bytes

    @inline(__always) private mutating func put(_ character: Unicode.Scalar) { put(UInt8(ascii: character)) }

    @inline(__always) private mutating func put(digit: Int) { put(0x30 + UInt8(truncatingIfNeeded: digit)) }

    @inline(__always) private mutating func put(_ byte: UInt8) {
        reserve(1)
        memory[count] = byte
        count &+= 1
    }

    private mutating func put(_ more: UnsafeBufferPointer<UInt8>) {
        guard let start = more.baseAddress, !more.isEmpty else { return }
        reserve(more.count)
        (memory + count).update(from: start, count: more.count)
        count += more.count
    }

    /// Makes room for so many more bytes.
    @inline(__always) private mutating func reserve(_ more: Int) {
        if capacity &- count < more { grow(more) }
    }

    @inline(never) private mutating func grow(_ more: Int) {
        capacity = max(2 * capacity, count + more)
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
        larger.update(from: memory, count: count)
        memory.deallocate()
        memory = larger
    }
}
