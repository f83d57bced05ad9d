import Authority
import Licence
import LicenceCode
import OpenSSL
import Publication
import Registry
import TestSupport

/// Licences made from their number alone.
struct InventedLicences: Sendable {
    private let offices: [DivisionCode]
    private let issuers: [IssuerNumber]
    let officer: Int
    let now: Instant
    private let today: Int
    private let template: UnverifiedCode
    private let anywhere: ListReference
    /// The offices' keys.
    private let signers: [IssuerNumber: any Signer]

    struct Invented: Sendable {
        /// Its versions, the first one first.
        let rows: [LicenceRow]
        /// The same, for their codes.
        let licences: [Licence]
        /// What was done with it: acts that make a version, each for the next row, and others on the newest.
        let acts: [LicenceAct]
        let creditCode: String
        let office: DivisionCode
        let issuer: IssuerNumber
    }

    struct NoOffice: Error {}

    init(of session: Registry.Session, keys ring: KeyRing, now: Instant) throws {
        let authority = try session.authority()
        let keys = try session.keys(of: authority).filter { $0.purpose == .licences }
        guard let officer = try session.officers().first, !keys.isEmpty else { throw NoOffice() }
        offices = keys.map(\.office)
        issuers = keys.map(\.number)
        signers = Dictionary(uniqueKeysWithValues: try keys.map { ($0.number, try ring.signer(of: $0)) })
        self.officer = officer.number
        self.now = now
        today = try CalendarDate(at: now, utcOffset: authority.utcOffset).daysSince1970
        let licence = try Licence(
            particulars: Sample.particulars(),
            version: 1,
            issued: CalendarDate(daysSince1970: today)
        )
        guard let reference = ListReference(list: 100, index: 60_000) else { throw NoOffice() }
        anywhere = reference
        template = try UnverifiedCode(
            unsigned: Claims(licence, profile: .full, reference: reference),
            algorithm: .es256,
            issuerNumber: keys[0].number
        )
    }

    func chunk(from first: Int, to end: Int) throws -> [Invented] { try (first..<end).map { try licence($0) } }

    private func licence(_ number: Int) throws -> Invented {
        var generator = SeededGenerator(seed: UInt64(number) &* 0xD134_2543_DE82_EF95)
        // Nine in ten are of the first office, half of them of its own division.
        let office = Int.random(in: 0..<10, using: &generator) > 0 ? 0 : number % offices.count
        let home = offices[office].number
        let division =
            Bool.random(using: &generator) ? home : home / 100 * 100 + Int.random(in: 2...40, using: &generator)
        let isCompany = Int.random(in: 0..<4, using: &generator) > 0
        let established = today - Int.random(in: 30...9_000, using: &generator)
        let issued = max(established, today - 1_800 + number / 6_000)
        let particulars = try Particulars(
            creditCode: creditCode(number, division, isCompany ? "1" : "2"),
            kind: isCompany ? .company : .individualBusiness,
            name: InventedName.name(isCompany: isCompany, using: &generator),
            type: isCompany ? "有限责任公司(自然人投资或控股)" : "个体工商户",
            representative: InventedName.person(using: &generator),
            capital: isCompany
                ? Capital(digits: .random(in: 1...500, using: &generator) * 1_000_000, scale: 2, currency: "CNY") : nil,
            established: CalendarDate(daysSince1970: established),
            term: term(established, using: &generator),
            address: "安徽省滁州市天长市永福东路\(number % 1_000)号",
            scope: "一般项目：日用百货销售；五金产品零售；建筑材料销售",
            composition: nil,
            location: nil
        )
        let isOver = (particulars.term?.to?.daysSince1970).map { $0 < today } ?? false
        let acts = acts(isOver: isOver, using: &generator)
        let newest = acts.count(where: \.makesVersion)
        let licences = try (1...newest).map { version in
            try Licence(
                particulars: particulars,
                version: version,
                issued: CalendarDate(daysSince1970: min(issued, today))
            )
        }
        let rows = licences.map { licence in
            let version = licence.version
            return LicenceRow(
                LicenceRecord(
                    licence: licence,
                    status: version < newest ? .superseded : Self.status(after: acts),
                    office: offices[office],
                    reference: anywhere,
                    issuer: issuers[office],
                    code: template
                )
            )
        }
        return Invented(
            rows: rows,
            licences: licences,
            acts: acts,
            creditCode: particulars.creditCode.text,
            office: offices[office],
            issuer: issuers[office]
        )
    }

    /// The code of `licence` at an entry, signed.
    fileprivate func code(of licence: Licence, at reference: ListReference, by issuer: IssuerNumber) throws
        -> UnverifiedCode
    {
        guard let signer = signers[issuer] else { throw NoOffice() }
        let blank = try UnverifiedCode(
            unsigned: Claims(licence, profile: .core, reference: reference),
            algorithm: signer.publicKey.algorithm,
            issuerNumber: issuer
        )
        return blank.signed(with: try signer.signature(of: blank.toBeSigned))
    }

    private func creditCode(_ number: Int, _ division: Int, _ category: String) throws -> CreditCode {
        let front = "9\(category)\(division)M\(String(100_000_000 + number % 100_000_000).dropFirst())"
        let check = CreditCode.checkValue(front.utf8.compactMap(CreditCode.value))
        return try CreditCode(front + String(decoding: [CreditCode.alphabet[check]], as: UTF8.self))
    }

    /// Half have a term with an end; of those one in twenty is over.
    private func term(_ established: Int, using generator: inout SeededGenerator) throws -> Term? {
        guard Bool.random(using: &generator) else { return nil }
        let isOver = Int.random(in: 0..<20, using: &generator) == 0
        let last =
            isOver
            ? Int.random(in: established..<today, using: &generator)
            : today + Int.random(in: 0...9_000, using: &generator)
        return try Term(
            from: CalendarDate(daysSince1970: established),
            to: CalendarDate(daysSince1970: last)
        )
    }

    /// With `isOver` the term has ended, and only what ends a licence for good is legal.
    private func acts(isOver: Bool, using generator: inout SeededGenerator) -> [LicenceAct] {
        switch Int.random(in: 0..<1_000, using: &generator) {
        case 0..<900: [.issue]
        case 900..<950: [.issue, .cancel]
        case 950..<970: [.issue, .revoke]
        case 970..<998 where isOver: [.issue]
        case 970..<985: [.issue, .change]
        case 985..<992: [.issue, .suspend]
        case 992..<996: [.issue, .dormant]
        case 996..<998: [.issue, .relocate]
        default: [.issue, .annul]
        }
    }

    private static func status(after acts: [LicenceAct]) -> LicenceStatus {
        acts.reduce(.valid) { status, act in
            if case .status(let next) = act.outcome(from: status) { next } else { status }
        }
    }
}

extension InventedLicences.Invented {
    /// As issuing and what followed do, at entries drawn at random.
    func insert(in session: Registry.Session, by invention: InventedLicences) throws {
        var random = SystemRandomNumberGenerator()
        var made: [LicenceRow] = []
        for act in acts {
            if act.makesVersion {
                let reference = try session.reserveEntry(of: office, using: &random)
                let code = try invention.code(of: licences[made.count], at: reference, by: issuer)
                made.append(rows[made.count].with(code))
                try session.insert(made[made.count - 1], at: reference)
            }
            try session.record(
                Deed(
                    .licence(act),
                    on: Deed.Subject(creditCode: creditCode, version: made.count),
                    digest: made[made.count - 1].digest,
                    reason: act == .issue ? Deed.ordinaryIssue : "bench"
                ),
                by: invention.officer,
                at: invention.now
            )
        }
    }
}
