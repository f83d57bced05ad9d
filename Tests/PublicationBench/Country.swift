import Foundation
import Licence
import OpenSSL
import Publication
import TestSupport

/// How many licences each office of a country has, and on which lists.
struct Country {
    let offices: [Office]

    struct Office {
        let division: DivisionCode
        /// How many entries of each list are used, from list 1 on; all but the last are full.
        let lists: [Int]

        var licences: Int { lists.reduce(0, +) }
    }

    /// The entries of a list.
    let listSize: Int
    /// How many of them are given to licences before the next list begins, as the registry does it.
    var full: Int { Self.full(listSize) }

    /// 3,000 offices for 185 million licences, in proportion for others, never fewer than 20; sizes are log-normal with σ = 1, so that the
    /// largest of 3,000 has some 20 times the mean, as counties have people.
    init(licences: Int, listSize: Int = 65_536) throws {
        self.listSize = listSize
        var generator = SeededGenerator(seed: 2)
        let count = max(20, licences * 3_000 / 185_000_000)
        let weights = (0..<count).map { _ in
            exp((-2 * log(1 - generator.fraction())).squareRoot() * cos(2 * .pi * generator.fraction()))
        }
        let sum = weights.reduce(0, +)
        var given = 0
        var upTo = 0.0
        offices = try weights.enumerated().map { number, weight in
            upTo += weight
            let end = number == count - 1 ? licences : Int(Double(licences) * upTo / sum)
            defer { given = end }
            return Office(division: try Self.division(number), lists: Self.lists(of: end - given, listSize))
        }
    }

    var licences: Int { offices.reduce(0) { $0 + $1.licences } }
    var listCount: Int { offices.reduce(0) { $0 + $1.lists.count } }

    private static func full(_ listSize: Int) -> Int { listSize / 4 * 3 }

    private static func lists(of licences: Int, _ listSize: Int) -> [Int] {
        let full = full(listSize)
        let rest = licences % full
        return [Int](repeating: full, count: licences / full) + (rest > 0 || licences == 0 ? [rest] : [])
    }

    private static let provinces = [
        11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54, 61, 62,
        63, 64, 65,
    ]

    /// Counties: 11 prefectures a province.
    private static func division(_ number: Int) throws -> DivisionCode {
        let inProvince = number / provinces.count
        return try DivisionCode(
            provinces[number % provinces.count] * 10_000 + (inProvince % 11 + 1) * 100 + inProvince / 11 + 1
        )
    }
}

/// The keys of a country's authority: one for lists, one for the log, one for each office's licences.
struct CountryKeys {
    let issuer: Issuer
    let logKey: PrivateKey
    let trust: TrustList
    let signedTrust: [UInt8]

    init(of country: Country) throws {
        issuer = try Issuer()
        logKey = try PrivateKey(algorithm: .edDSA)
        var keys = [
            issuer.lists,
            try Issuer.trusted(2, .log, certificate: issuer.certificate(of: logKey, .log)),
        ]
        for (number, office) in country.offices.enumerated() {
            let key = try PrivateKey(algorithm: .es256)
            let division = office.division.number
            let trusted = try Issuer.trusted(
                number + 3,
                .licences,
                certificate: issuer.certificate(of: key, divisions: [division]),
                divisions: [division]
            )
            keys.append(
                TrustedKey(
                    number: trusted.number,
                    purpose: .licences,
                    certificate: trusted.certificate,
                    name: trusted.name,
                    office: office.division,
                    divisions: trusted.divisions,
                    kinds: trusted.kinds,
                    utcOffset: trusted.utcOffset,
                    revocation: nil
                )
            )
        }
        trust = issuer.trustList(keys: keys)
        signedTrust = try trust.signed(by: issuer.rootKey)
    }
}
