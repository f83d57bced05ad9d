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
    }

    /// Refuses a code that fits no symbol at this level; cheap, so that it can be asked before a licence is recorded.
    func check(_ code: UnverifiedCode) throws {
        let digits = code.digits
        if digits.utf8.count > options.errorCorrection.digitCapacity(afterPrefixOf: prefix.description.utf8.count) {
            _ = try QRCode(prefix: prefix.description, digits: digits, errorCorrection: options.errorCorrection)
        }
    }

    /// Writes `folder/<creditCode>-v<version>.png`, after reading the picture back.
    func write(_ record: LicenceRecord, to folder: String) throws -> Made {
        let symbol = try QRCode(
            prefix: prefix.description,
            digits: record.code.digits,
            errorCorrection: options.errorCorrection
        )
        let picture = try SymbolPNG(symbol, moduleSize: options.moduleSize, dpi: options.dpi)
        try SymbolReader.verifyReadBack(png: picture.bytes, expected: symbol.text)
        let path = "\(folder)/\(record.creditCode)-v\(record.licence.version).png"
        try DurableFile.write(picture.bytes, to: path)
        return Made(path: path, version: symbol.version, millimetres: picture.sideInMillimetres)
    }
}

extension SymbolOptions {
    var measures: SymbolFile.Measures {
        SymbolFile.Measures(moduleSize: moduleSize, dpi: dpi, errorCorrection: errorCorrection)
    }
}
