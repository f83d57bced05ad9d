import Licence
import LicenceCode
import Publication
import TestSupport
import Testing
import Verification

/// TARGETS row 9: a list that ended, names itself otherwise, does not reach the entry, or is from before the one that was seen
/// says nothing, from the signed files to the verdict.
@Suite struct RollbackTests {
    private let issuer: Issuer
    private let code: UnverifiedCode
    private static let index = 3

    init() throws {
        issuer = try Issuer()
        code = try issuer.code(Sample.particulars(), index: Self.index)
    }

    /// What is wrong with a list that is otherwise signed by the right key.
    enum Fault: CaseIterable {
        case ended, endsNow, otherOffice, otherList, otherKind, otherAuthority
        case tooShort, lowerNumber, sameNumberOtherTime, higherNumberEarlierTime
    }

    private struct Files: PublicationSource {
        var files: [String: [UInt8]]

        func read(_ path: String) throws(PublicationError) -> [UInt8] {
            guard let bytes = files[path] else { throw PublicationError(.missing, file: path, "is not there") }
            return bytes
        }

        func paths(of kind: ListKind) -> [String] { files.keys.filter { ListKind(path: $0) == kind }.sorted() }
    }

    private static func path(_ kind: ListKind) -> String { "\(kind.rawValue)/341181-1" }

    private func list(_ kind: ListKind, _ claims: ListClaims, size: Int = 8) throws -> [UInt8] {
        switch kind {
        case .status:
            try StatusList(claims: claims, size: size, entries: size > Self.index ? [(Self.index, .valid)] : [])
                .signed(by: issuer.listKey, number: issuer.lists.number)
        case .issued:
            try IssuedList(claims: claims, entries: size > Self.index ? [(Self.index, code.digest)] : [])
                .signed(by: issuer.listKey, number: issuer.lists.number)
        }
    }

    private func publication(_ kind: ListKind? = nil, _ changed: [UInt8] = []) throws -> Files {
        var files = [TrustList.path: try issuer.trustList().signed(by: issuer.rootKey)]
        for other in ListKind.allCases {
            files[Self.path(other)] = try list(other, Issuer.claims(Self.path(other), sequence: 5))
        }
        if let kind { files[Self.path(kind)] = changed }
        return Files(files: files)
    }

    private func word(_ files: Files, _ seen: inout HighWater) -> VerdictWord {
        let snapshot = PublicationReader(source: files, root: issuer.root).snapshot(&seen, now: .noon)
        return Verifier(snapshot: snapshot, now: .noon).verdict(of: "LICET:\(code.digits)").word
    }

    private func claims(_ fault: Fault, _ kind: ListKind) -> ListClaims {
        let path = Self.path(kind)
        switch fault {
        case .ended: return Issuer.claims(path, expires: .noon - 1, sequence: 6)
        case .endsNow: return Issuer.claims(path, expires: .noon, sequence: 6)
        case .otherOffice: return Issuer.claims("\(kind.rawValue)/341182-1", sequence: 6)
        case .otherList: return Issuer.claims("\(kind.rawValue)/341181-2", sequence: 6)
        case .otherKind: return Issuer.claims(Self.path(kind == .status ? .issued : .status), sequence: 6)
        case .otherAuthority:
            let named = Issuer.claims(path, sequence: 6)
            return ListClaims(
                subject: "https://other.example.cn/publication/\(path)",
                issuedAt: named.issuedAt,
                expires: named.expires,
                timeToLive: named.timeToLive,
                sequence: named.sequence
            )
        case .tooShort: return Issuer.claims(path, sequence: 6)
        case .lowerNumber: return Issuer.claims(path, sequence: 4)
        case .sameNumberOtherTime: return Issuer.claims(path, issuedAt: .noon - 3_599, sequence: 5)
        case .higherNumberEarlierTime: return Issuer.claims(path, issuedAt: .noon - 3_601, sequence: 6)
        }
    }

    @Test(arguments: Fault.allCases, ListKind.allCases) func aListThatSaysNothingMakesNoVerdict(
        fault: Fault,
        kind: ListKind
    ) throws {
        var seen = HighWater()
        #expect(try word(publication(), &seen) == .valid)
        let changed = try list(kind, claims(fault, kind), size: fault == .tooShort ? 2 : 8)
        #expect(try word(publication(kind, changed), &seen) == .undetermined)
        // It was not taken for the newest either.
        #expect(
            try word(publication(), &seen)
                == (fault == .tooShort || fault == .endsNow || fault == .ended ? .undetermined : .valid)
        )
    }

    /// Else the table above could not fail.
    @Test(arguments: ListKind.allCases) func aListWithoutFaultIsBelieved(kind: ListKind) throws {
        var seen = HighWater()
        #expect(try word(publication(), &seen) == .valid)
        let newer = Issuer.claims(Self.path(kind), issuedAt: .noon - 60, expires: .noon + 1, sequence: 6)
        #expect(try word(publication(kind, list(kind, newer)), &seen) == .valid)
        // And from then on the one before is not.
        #expect(try word(publication(), &seen) == .undetermined)
    }
}
