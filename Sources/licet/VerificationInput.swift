import Foundation
import Publication
import Symbol
import Verification

/// One thing that is to be checked: what it is called, and the text of its code or why there is none.
struct VerificationInput {
    let name: String
    let text: Result<String, Failure>

    /// The things that one argument of `verify` names: an image, a folder of them, a code as text, or a .txt of codes.
    static func inputs(_ argument: String) throws -> [VerificationInput] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: argument, isDirectory: &isFolder) else {
            let code = PastedCode(argument).text
            guard looksLikeCode(code) else {
                throw Failure.unreadable("\(argument): no such file, and no licence code")
            }
            return [VerificationInput(name: String(code.prefix(40)), text: .success(code))]
        }
        if isFolder.boolValue {
            let files = try images(in: argument)
            guard !files.isEmpty else { throw Failure.unreadable("\(argument): holds no PNG and no JPEG file") }
            return files.map { image($0, regularOnly: true) }
        }
        return argument.lowercased().hasSuffix(".txt") ? try lines(of: argument) : [image(argument)]
    }

    private static func looksLikeCode(_ text: String) -> Bool {
        let upper = text.uppercased()
        return ["LICET:", "HTTPS://", "HTTP://"].contains(where: upper.hasPrefix)
            || text.utf8.count > 18 && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    private static func images(in folder: String) throws -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder)
                .filter { name in [".png", ".jpg", ".jpeg"].contains { name.lowercased().hasSuffix($0) } }
                .sorted().map { "\(folder)/\($0)" }
        } catch { throw Failure.unreadable("\(folder): cannot be read") }
    }

    private static func lines(of path: String) throws -> [VerificationInput] {
        let bytes = try DurableFile.read(path, limit: 64 << 20)
        let lines = String(decoding: bytes, as: UTF8.self).split(
            omittingEmptySubsequences: false,
            whereSeparator: \.isNewline
        )
        return lines.enumerated().compactMap { offset, line in
            let code = line.trimmingCharacters(in: CharacterSet(charactersIn: "\u{FEFF}").union(.whitespaces))
            guard !code.isEmpty else { return nil }
            return VerificationInput(name: "\(path), line \(offset + 1)", text: .success(PastedCode(code).text))
        }
    }

    /// A picture; of those found in a folder none is waited for.
    private static func image(_ path: String, regularOnly: Bool = false) -> VerificationInput {
        VerificationInput(
            name: path,
            text: Result { () throws(Failure) in
                do {
                    let bytes = try DurableFile.read(path, limit: 32 << 20, regularOnly: regularOnly)
                    return try SymbolReader.singleText(inImage: bytes)
                } catch let error as SymbolError {
                    throw Failure(exitCode: 66, message: "\(path): \(error)")
                } catch { throw Failure(error) }
            }
        )
    }
}
