import CLibFuzzer
import Foundation
import TestSupport

/// libFuzzer, as the targets see it.
enum LibFuzzer {
    /// The target that this process runs: the program's first argument, or that of the process that started it.
    ///
    /// When libFuzzer merges, it starts the program again, with its own arguments alone.
    static let target: FuzzTarget? = {
        let named = CommandLine.arguments.dropFirst().first
        let inherited = ProcessInfo.processInfo.environment["LICET_FUZZ_TARGET"]
        return FuzzTarget.all.first { $0.name == named } ?? FuzzTarget.all.first { $0.name == inherited }
    }()

    /// Changes `bytes` in one of libFuzzer's ways, but for the first `kept`.
    static func mutate(_ bytes: inout [UInt8], keeping kept: Int = 0, limit: Int? = nil) {
        let front = bytes.prefix(kept)
        var rest = Array(bytes.dropFirst(kept))
        let count = rest.count
        let room = max(limit ?? target?.maximumBytes ?? 4_096, count + kept) - front.count
        rest += [UInt8](repeating: 0, count: room - count)
        let changed = rest.withUnsafeMutableBufferPointer { LLVMFuzzerMutate($0.baseAddress, count, room) }
        bytes = Array(front + rest.prefix(changed))
    }

    /// Runs libFuzzer with `arguments`; it ends the process itself where it does not return a status.
    static func run(_ arguments: [String]) -> CInt {
        var count = CInt(arguments.count)
        var vector: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = .allocate(capacity: arguments.count + 1)
        for (index, argument) in arguments.enumerated() { vector?[index] = strdup(argument) }
        vector?[arguments.count] = nil
        kept = vector
        atexit { LibFuzzer.slowest.print() }
        return LLVMFuzzerRunDriver(&count, &vector) { bytes, count in
            LibFuzzer.slowest.time(Array(UnsafeBufferPointer(start: bytes, count: count)))
            return 0
        }
    }

    // Both are used by the one thread that fuzzes.
    nonisolated(unsafe) private static var slowest = SlowestInput()
    /// libFuzzer's arguments, which it wants to stay where they are.
    nonisolated(unsafe) private static var kept: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
}

/// The input that took longest, since libFuzzer itself counts in whole seconds.
private struct SlowestInput {
    private var bytes: [UInt8] = []
    private var duration = Duration.zero

    mutating func time(_ input: [UInt8]) {
        let taken = ContinuousClock().measure { LibFuzzer.target?.run(input) }
        if taken > duration { (bytes, duration) = (input, taken) }
    }

    /// Prints the time as libFuzzer prints its figures, and keeps the input where `LICET_FUZZ_SLOWEST` says.
    func print() {
        FileHandle.standardError.write(Data("stat::slowest_unit_ms: \(duration / .milliseconds(1))\n".utf8))
        guard let path = ProcessInfo.processInfo.environment["LICET_FUZZ_SLOWEST"] else { return }
        try? Data(bytes).write(to: URL(filePath: path))
    }
}

/// libFuzzer looks for this name when it is linked.
@_cdecl("LLVMFuzzerCustomMutator")
public func licetFuzzerCustomMutator(
    _ bytes: UnsafeMutablePointer<UInt8>,
    _ count: Int,
    _ limit: Int,
    _ seed: UInt32
) -> Int {
    guard let mutate = LibFuzzer.target?.mutate else { return LLVMFuzzerMutate(bytes, count, limit) }
    var generator = SeededGenerator(seed: UInt64(seed))
    var changed = Array(UnsafeBufferPointer(start: bytes, count: count))
    mutate(&changed, &generator)
    for (offset, byte) in changed.prefix(limit).enumerated() { bytes[offset] = byte }
    return min(changed.count, limit)
}
