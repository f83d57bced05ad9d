import Foundation

/// The elements of a JSON array, or one value by itself, cut out of a text of any length and read one by one.
struct JSONElements {
    private var text: TextChunks
    /// What was read and not yet taken, from `position` on.
    private var buffer: [UInt8] = []
    private var position = 0
    private var isArray = false
    private var isOver = false
    private var number = 0

    init(_ text: TextChunks) throws(ApplicationFileError) {
        self.text = text
        guard let first = try peek() else { throw ApplicationFileError("is not JSON: it is empty") }
        isArray = first == UInt8(ascii: "[")
        guard isArray else { return }
        position += 1
        if try peek() == UInt8(ascii: "]") { throw ApplicationFileError("holds no application") }
    }

    /// How many elements there are, all of them JSON; `watch` is told now and then how many bytes were read.
    static func count(_ text: TextChunks, _ watch: (Int) -> Void) throws(ApplicationFileError) -> Int {
        var elements = try JSONElements(text)
        var count = 0
        while try elements.next() != nil {
            count += 1
            if count.isMultiple(of: 1_024) { watch(elements.text.offset) }
        }
        return count
    }

    /// The next element and its number from 1; nil behind the last.
    mutating func next() throws(ApplicationFileError) -> (number: Int, tree: JSONTree)? {
        guard !isOver else { return nil }
        number += 1
        guard isArray else {
            isOver = true
            let end = try end(ofElement: { _ in false })
            return (number, try tree(to: end))
        }
        do throws(ApplicationFileError) {
            _ = try peek()
            let comma = UInt8(ascii: ",")
            let bracket = UInt8(ascii: "]")
            let end = try end(ofElement: { $0 == comma || $0 == bracket })
            guard end < buffer.count else { throw JSONText.cutOff }
            let element = buffer[position..<end]
            guard buffer[end] != bracket || !element.allSatisfy(JSONText.isSpace) else {
                throw ApplicationFileError("is not JSON: a comma stands before ]")
            }
            let tree = try tree(to: end)
            position = end + 1
            if buffer[end] == bracket { try close() }
            return (number, tree)
        } catch { throw ApplicationFileError(row: number, error.reason) }
    }

    private func tree(to end: Int) throws(ApplicationFileError) -> JSONTree {
        guard end - position <= ApplicationFile.maximumRowBytes else { throw Self.tooLong }
        return try JSONTree(bytes: buffer[position..<end])
    }

    private static let tooLong = ApplicationFileError("is longer than \(ApplicationFile.maximumRowBytes) bytes")

    /// Looks that nothing follows the array.
    private mutating func close() throws(ApplicationFileError) {
        isOver = true
        guard try peek() == nil else { throw ApplicationFileError("is not JSON: something stands behind the array") }
    }

    /// The next byte that is no white space; nil at the end of the text.
    private mutating func peek() throws(ApplicationFileError) -> UInt8? {
        while true {
            while position < buffer.count, JSONText.isSpace(buffer[position]) { position += 1 }
            if position < buffer.count { return buffer[position] }
            guard try fill() else { return nil }
        }
    }

    /// Where an element that begins at `position` ends: at a byte outside of its brackets and strings, or with the text.
    private mutating func end(ofElement isEnd: (UInt8) -> Bool) throws(ApplicationFileError) -> Int {
        var place = position
        var depth = 0
        while true {
            if place >= buffer.count {
                let seen = place - position
                guard seen <= ApplicationFile.maximumRowBytes else { throw Self.tooLong }
                guard try fill() else { return buffer.count }
                place = position + seen
            }
            let byte = buffer[place]
            switch byte {
            case UInt8(ascii: "\""): place = try end(ofStringAt: place)
            case _ where depth == 0 && isEnd(byte): return place
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            default: break
            }
            place += 1
        }
    }

    /// The position of the closing quotation mark, or of the last byte of the text.
    private mutating func end(ofStringAt start: Int) throws(ApplicationFileError) -> Int {
        var place = start + 1
        while true {
            if let quote = buffer.position(of: UInt8(ascii: "\""), from: place) {
                let slashes = buffer[start..<quote].reversed().prefix { $0 == UInt8(ascii: "\\") }.count
                if slashes % 2 == 0 { return quote }
                place = quote + 1
                continue
            }
            place = buffer.count
            let seen = place - position
            guard seen <= ApplicationFile.maximumRowBytes else { throw Self.tooLong }
            let startSeen = start - position
            guard try fill() else { return buffer.count - 1 }
            return try end(ofStringAt: position + startSeen)
        }
    }

    /// Reads on, and forgets what was taken; false at the end of the text.
    private mutating func fill() throws(ApplicationFileError) -> Bool {
        guard let more = try text.next() else { return false }
        buffer.removeFirst(position)
        position = 0
        buffer += more
        return true
    }
}

extension [UInt8] {
    /// Where `byte` stands first from `start` on.
    func position(of byte: UInt8, from start: Int) -> Int? {
        guard start < count else { return nil }
        return withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress,
                let found = memchr(base + start, Int32(byte), bytes.count - start)
            else { return nil }
            return UnsafeRawPointer(found) - base
        }
    }
}
