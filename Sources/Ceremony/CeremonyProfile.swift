import Authority
import Licence
package import OpenSSL
import Token
import Yams

/// What a ceremony will do, as people agreed on it before: a YAML file that is reviewed, and that the transcript quotes.
package struct CeremonyProfile {
    package let title: String
    package let authority: String
    package let place: String?
    package let participants: [Participant]
    package let steps: [Step]
    /// The file's bytes.
    package let bytes: [UInt8]
    /// The folder that file names in it start from.
    let folder: String

    package struct Participant: Hashable {
        package let name: String
        package let role: String
    }

    /// One thing that is done with the root.
    package enum Step {
        case createRoot(NewRoot)
        /// The root vouches for a new one, which takes its place.
        case rollRoot(NewRoot)
        /// The root answers a request that was brought.
        case answer(request: String, sha256: Digest, out: String)
    }

    /// The root that a step makes.
    package struct NewRoot {
        let algorithm: Algorithm
        let years: Int
        /// Where its key is kept; nil: in a file.
        let token: TokenURI?
    }

    /// The greatest size of a profile.
    package static let maximumBytes = 65_536

    /// Reads a profile; `file` is its path.
    ///
    /// - Throws: ``AuthorityError/Code/profile`` with line and column of what is wrong.
    package init(_ bytes: [UInt8], file: String, folder: String) throws {
        let root = try Self.parsed(bytes, file: file)
        let values = try ProfileNode(node: root, file: file, path: "")
            .mapping(required: ["title", "authority", "participants", "steps"], optional: ["place"])
        func value(_ name: String) -> ProfileNode { values[name] ?? ProfileNode(node: root, file: file, path: name) }
        title = try value("title").text()
        authority = try value("authority").text(limit: 56)
        place = try values["place"]?.text()
        participants = try value("participants").sequence().map { node in
            let values = try node.mapping(required: ["name", "role"])
            return Participant(name: try values["name"]?.text() ?? "", role: try values["role"]?.text() ?? "")
        }
        steps = try value("steps").sequence().map(Step.init)
        self.bytes = bytes
        self.folder = folder
    }

    private static func parsed(_ bytes: [UInt8], file: String) throws(AuthorityError) -> Node {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw AuthorityError(.profile, "\(file): is not UTF-8")
        }
        // The transcript quotes it all: nothing in it may turn or hide what stands beside it.
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            guard line.unicodeScalars.allSatisfy(FieldText.isPrintable) else {
                throw AuthorityError(.profile, "\(file):\(number + 1): has characters that do not print")
            }
        }
        do {
            guard let node = try compose(yaml: text) else { throw AuthorityError(.profile, "\(file): is empty") }
            return node
        } catch let error as AuthorityError { throw error } catch {
            throw AuthorityError(.profile, "\(file)\(Self.reason(error))")
        }
    }

    /// Where YAML breaks off and why; the text itself is not quoted.
    private static func reason(_ error: any Error) -> String {
        switch error {
        case YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _),
            YamlError.composer(_, let problem, let mark, _):
            ":\(mark.line):\(mark.column): \(problem)"
        case YamlError.duplicatedKeysInMapping(let names, let context):
            ":\(context.mark.line):\(context.mark.column): stands twice: "
                + names.map { $0.prefix(40) }.joined(separator: ", ")
        default: ": is no YAML"
        }
    }

    /// The path of a file that the profile names.
    func path(_ name: String) -> String { name.hasPrefix("/") ? name : "\(folder)/\(name)" }
}

extension CeremonyProfile {
    /// The steps, one line each, for who is asked whether to begin.
    package var summary: [String] {
        steps.enumerated().map { number, step in
            let text =
                switch step {
                case .createRoot(let new): "create-root: \(new.text)"
                case .rollRoot(let new): "roll-root: \(new.text)"
                case .answer(let request, let digest, let out): "answer: \(request), SHA-256 \(digest), to \(out)"
                }
            return "step \(number + 1), \(text)"
        }
    }
}

extension CeremonyProfile.Step {
    fileprivate init(_ node: ProfileNode) throws {
        let values = try node.mapping(required: [], optional: ["create-root", "roll-root", "answer"])
        guard values.count == 1, let (name, value) = values.first else { throw node.error("a step is one thing to do") }
        switch name {
        case "create-root": self = .createRoot(try CeremonyProfile.NewRoot(value))
        case "roll-root": self = .rollRoot(try CeremonyProfile.NewRoot(value))
        default:
            let fields = try value.mapping(required: ["request", "sha256", "out"])
            guard let digest = try fields["sha256"].flatMap({ Digest(hexadecimal: try $0.text()) }) else {
                throw value.error("sha256 is no SHA-256 in 64 hexadecimal digits")
            }
            self = .answer(
                request: try fields["request"]?.text() ?? "",
                sha256: digest,
                out: try fields["out"]?.text() ?? ""
            )
        }
    }
}

extension CeremonyProfile.NewRoot {
    fileprivate var text: String { "\(algorithm.rawValue), \(years) years, kept in \(custody)" }

    /// Where its key is kept, in words.
    var custody: String { token.map { "a token, \($0)" } ?? "an encrypted file" }

    fileprivate init(_ node: ProfileNode) throws {
        let values = try node.mapping(required: ["algorithm", "years"], optional: ["token"])
        guard let name = try values["algorithm"]?.text(), let algorithm = Algorithm(rawValue: name) else {
            let known = Algorithm.allCases.map(\.rawValue).joined(separator: ", ")
            throw (values["algorithm"] ?? node).error("is none of \(known)")
        }
        self.algorithm = algorithm
        years = try values["years"]?.integer(in: 1...100) ?? 0
        token = try values["token"].map { value in
            do { return try TokenURI(value.text()) } catch let error as TokenError { throw value.error(error.reason) }
        }
    }
}

extension Digest {
    /// Reads 64 hexadecimal digits.
    fileprivate init?(hexadecimal text: String) {
        let digits = text.compactMap { $0.isASCII ? $0.hexDigitValue : nil }
        guard digits.count == 64, text.count == 64 else { return nil }
        self.init(bytes: stride(from: 0, to: 64, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) })
    }
}
