import Foundation
import Licence
import LicenceCode
import Publication
import Registry
import Symbol

/// Makes the picture of a licence's code and puts it into its file, whole or not at all.
struct SymbolFile {
    let prefix: CodePrefix
    let options: Measures

    /// How pictures are made.
    struct Measures {
        let moduleSize: Double
        let dpi: Int
        let errorCorrection: ErrorCorrection
    }

    /// What was made.
    struct Made {
        let path: String
        let version: Int
        let millimetres: Double

        /// For people, behind its path.
        var size: String { ", QR version \(version), \(String(format: "%.1f", millimetres)) mm" }
    }

    /// Refuses a code that fits no symbol at this level; cheap, so that it can be asked before a licence is recorded.
    func check(_ code: UnverifiedCode) throws {
        let digits = code.digits
        let capacity = options.errorCorrection.digitCapacity(afterPrefixOf: prefix.description.utf8.count)
        // Only at 1,000 dots a module and more can a picture be too large; below, there is nothing to find out.
        guard digits.utf8.count > capacity || options.moduleSize * Double(options.dpi) > 1_000 else { return }
        let symbol = try QRCode(prefix: prefix.description, digits: digits, errorCorrection: options.errorCorrection)
        _ = try SymbolPNG.pixelsPerModule(of: symbol, moduleSize: options.moduleSize, dpi: options.dpi)
    }

    /// `folder/<creditCode>-v<version>.png`.
    static func path(of record: LicenceRecord, in folder: String) -> String {
        "\(folder)/\(record.creditCode)-v\(record.licence.version).png"
    }

    /// Writes the file of ``path(of:in:)``, after reading the picture back.
    func write(_ record: LicenceRecord, to folder: String) throws -> Made {
        let path = Self.path(of: record, in: folder)
        return try Self.advising(record, "and draw it with `licet draw \(record.creditCode)`") {
            let atWork = try DrawingFolder(folder)
            defer { _ = atWork }
            let (made, bytes) = try draw(record, path)
            try DurableFile.write(bytes, to: path)
            return made
        }
    }

    /// Writes the same beside its name; `StagedFile.commit` brings it there.
    func stage(_ record: LicenceRecord, in folder: String) throws -> (made: Made, file: StagedFile) {
        let path = Self.path(of: record, in: folder)
        return try Self.advising(record, "and run the same command again") {
            let (made, bytes) = try draw(record, path)
            return (made, try StagedFile(bytes, for: path))
        }
    }

    /// Whether the picture of a licence is there and shows its code.
    ///
    /// A file of that name may be of another licence: of one that was lost with a registry that an older one took the place of.
    func isDrawn(_ record: LicenceRecord, in folder: String) -> Bool {
        guard
            let bytes = try? DurableFile.read(
                Self.path(of: record, in: folder),
                limit: ImageLimits.fileBytes,
                regularOnly: true
            )
        else { return false }
        return (try? SymbolReader.verifyReadBack(png: bytes, expected: "\(prefix)\(record.code.digits)")) != nil
    }

    private func draw(_ record: LicenceRecord, _ path: String) throws -> (made: Made, bytes: [UInt8]) {
        let symbol = try QRCode(
            prefix: prefix.description,
            digits: record.code.digits,
            errorCorrection: options.errorCorrection
        )
        let picture = try SymbolPNG(symbol, moduleSize: options.moduleSize, dpi: options.dpi)
        try SymbolReader.verifyReadBack(picture, of: symbol)
        return (Made(path: path, version: symbol.version, millimetres: picture.sideInMillimetres), picture.bytes)
    }

    private static func advising<Value>(
        _ record: LicenceRecord,
        _ advice: String,
        _ body: () throws -> Value
    ) throws -> Value {
        do { return try body() } catch {
            let failure = Failure(error)
            throw Failure(
                exitCode: failure.exitCode,
                message: "\(failure.message); \(record.creditCode) v\(record.licence.version) is recorded, "
                    + "its picture is not written: mend this \(advice)"
            )
        }
    }
}

extension SymbolOptions {
    var out: String { picture.out }
    var measures: SymbolFile.Measures { picture.measures }
}

extension PictureOptions {
    var measures: SymbolFile.Measures {
        SymbolFile.Measures(moduleSize: moduleSize, dpi: dpi, errorCorrection: errorCorrection)
    }
}
