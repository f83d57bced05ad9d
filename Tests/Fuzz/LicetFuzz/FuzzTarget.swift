import TestSupport

/// A parser that takes bytes of strangers, with what must hold for whatever it takes.
struct FuzzTarget: Sendable {
    let name: String
    /// The greatest number of bytes that libFuzzer tries.
    let maximumBytes: Int
    /// Runs the parser once; traps where an invariant is broken.
    let run: @Sendable ([UInt8]) -> Void
    /// Bytes that the parser takes, made by the encoder of today.
    let seeds: @Sendable () throws -> [[UInt8]]
    /// What stands in the format, for libFuzzer to put in.
    let words: [[UInt8]]
    /// Changes bytes with knowledge of the format; nil where libFuzzer's own changes do.
    let mutate: (@Sendable (inout [UInt8], inout SeededGenerator) -> Void)?

    init(
        _ name: String,
        maximumBytes: Int,
        words: [[UInt8]] = [],
        seeds: @escaping @Sendable () throws -> [[UInt8]],
        mutate: (@Sendable (inout [UInt8], inout SeededGenerator) -> Void)? = nil,
        run: @escaping @Sendable ([UInt8]) -> Void
    ) {
        self.name = name
        self.maximumBytes = maximumBytes
        self.words = words
        self.seeds = seeds
        self.mutate = mutate
        self.run = run
    }

    static let all: [FuzzTarget] = [
        .code, .cbor, .cose, .trustList, .bag, .statusList, .issuedList, .logEntry, .listTable, .log, .bundle, .csv,
        .json, .image,
    ]
}

/// Stops the program, so that libFuzzer keeps the input, unless what must hold does.
func invariant(_ holds: Bool, _ what: StaticString) {
    if !holds { fatalError("broken invariant: \(what)") }
}
