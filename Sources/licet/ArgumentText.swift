import ArgumentParser
import Licence
import LicenceCode
import OpenSSL
import Serving
import Symbol

/// Arguments from their text, with an error that says what was expected.
enum ArgumentText {
    /// A credit code as it is recorded, also one whose check character an officer accepted.
    static func creditCode(_ text: String) throws -> CreditCode {
        do { return try CreditCode(text, checkCharacter: .mayDiffer) } catch { throw Failure.usage("\(error)") }
    }

    static func division(_ text: String) throws -> DivisionCode {
        do { return try DivisionCode(text) } catch { throw ValidationError("\(error)") }
    }

    static func address(_ text: String) throws -> ListenAddress {
        guard let address = ListenAddress(text) else { throw ValidationError("\(text) is no HOST:PORT") }
        return address
    }

    static func algorithm(_ text: String) throws -> Algorithm {
        guard let algorithm = Algorithm(rawValue: text) else {
            let known = Algorithm.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("the algorithms of this version are: \(known)")
        }
        return algorithm
    }

    static func status(_ text: String) throws -> LicenceStatus {
        guard let status = LicenceStatus(rawValue: text) else {
            throw ValidationError(
                "a status is one of \(LicenceStatus.allCases.map(\.rawValue).joined(separator: ", "))"
            )
        }
        return status
    }

    static func days(_ text: String) throws -> Int {
        guard let days = Int(text.hasSuffix("d") ? String(text.dropLast()) : text), (0...36_525).contains(days) else {
            throw ValidationError("a number of days, such as 30d")
        }
        return days
    }

    static func span(_ text: String) throws -> Int64 {
        let units: [Character: Int64] = ["d": 86_400, "h": 3_600, "m": 60, "s": 1]
        guard let unit = text.last.flatMap({ units[$0] }), let count = Int64(text.dropLast()), count > 0,
            count <= 3_660 * 86_400 / unit
        else { throw ValidationError("a span of time is a number with d, h, m or s, such as 7d") }
        return count * unit
    }

    /// A span as a whole number of days, hours or minutes, in the greatest of which there is more than one: `7 days`, `24 hours`.
    static func words(ofSpan seconds: Int64) -> String {
        let units: [(Int64, String)] = [(86_400, "day"), (3_600, "hour"), (60, "minute")]
        for (length, unit) in units where seconds > length && seconds.isMultiple(of: length) {
            return "\(seconds / length) \(unit)s"
        }
        return seconds == 60 ? "1 minute" : "\(seconds) seconds"
    }

    static func instant(_ text: String) throws -> Instant {
        guard let instant = Instant(rfc3339: text) else {
            throw ValidationError("an instant is written as 2026-03-18T08:00:00Z or 2026-03-18T16:00:00+08:00")
        }
        return instant
    }

    static func kind(_ text: String) throws -> LicenceKind {
        guard let kind = LicenceKind(rawValue: text) else {
            throw ValidationError(
                "a kind is one of \(LicenceKind.allCases.map(\.rawValue).joined(separator: ", "))"
            )
        }
        return kind
    }

    static func millimetres(_ text: String) throws -> Double {
        let number = text.hasSuffix("mm") ? String(text.dropLast(2)) : text
        guard let size = Double(number), SymbolPNG.moduleSizes.contains(size) else {
            throw Failure.usage("a module size lies between 0.1mm and 10mm, such as 0.4mm")
        }
        return size
    }

    static func dpi(_ text: String) throws -> Int {
        guard let dpi = Int(text), SymbolPNG.resolutions.contains(dpi) else {
            throw Failure.usage("a resolution lies between 72 and 2400 dpi")
        }
        return dpi
    }

    static func level(_ text: String) throws -> ErrorCorrection {
        guard let level = ErrorCorrection(rawValue: text.uppercased()) else {
            throw Failure.usage("an error correction level is L, M, Q or H")
        }
        return level
    }

    static func profile(_ text: String) throws -> Profile {
        guard let profile = Profile(rawValue: text) else { throw Failure.usage("a profile is full or core") }
        return profile
    }
}
