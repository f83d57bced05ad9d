import Foundation

/// `licet-fuzz --list`, or `licet-fuzz TARGET [--prepare DIR] [LIBFUZZER-OPTION…] [CORPUS…]`; see `scripts/fuzz`.
@main enum LicetFuzz {
    static func main() throws {
        var arguments = CommandLine.arguments
        if arguments.dropFirst() == ["--list"] { return FuzzTarget.all.forEach { print($0.name) } }
        guard let target = LibFuzzer.target else {
            FileHandle.standardError.write(Data("licet-fuzz: name a target of --list first\n".utf8))
            exit(64)
        }
        if arguments[1] == target.name {
            arguments[1] = "-max_len=\(target.maximumBytes)"
            setenv("LICET_FUZZ_TARGET", target.name, 1)
        }
        if arguments.count > 3, arguments[2] == "--prepare" {
            let folder = URL(filePath: arguments[3])
            try prepare(target, in: folder)
            arguments.removeSubrange(2...3)
            arguments += (target.words.isEmpty ? [] : ["-dict=\(folder.path)/words"]) + ["\(folder.path)/seeds"]
        }
        exit(LibFuzzer.run(arguments))
    }

    /// Writes the target's seeds and words; in the same process, since seeds may hold certificates of its root.
    private static func prepare(_ target: FuzzTarget, in folder: URL) throws {
        let seeds = folder.appending(path: "seeds")
        try FileManager.default.createDirectory(at: seeds, withIntermediateDirectories: true)
        for (number, seed) in try target.seeds().enumerated() {
            try Data(seed).write(to: seeds.appending(path: "\(number)"))
        }
        let lines = target.words.map { word in
            "\"" + word.map { byte in "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined() + "\"\n"
        }
        try Data(lines.joined().utf8).write(to: folder.appending(path: "words"))
    }
}

/// What `make` returns; stops the program when it fails, which is no finding in a parser.
func required<Value>(_ make: () throws -> Value) -> Value {
    do { return try make() } catch { fatalError("the fuzz target itself failed: \(error)") }
}
