import Licence
import LicenceCode
import OpenSSL
import Publication
import TransparencyLog

/// One code on its way through the checks; keeps what was found for the verdict.
struct Examination {
    private let grounds: Grounds
    private let now: Instant
    /// What was checked before; nil where nothing is kept.
    private let known: CheckedCodes?
    private var code: CheckedCode?
    private var issuer: Grounds.Issuer?
    private var evidence: Verdict.Evidence
    private var checks: [Verdict.Check] = []

    /// What the lists of the publication say of one code.
    struct Listed {
        let lists: Grounds.Lists
        /// The raw status; nil without a list or out of its range.
        let value: UInt8?
        let answer: IssuedList.Answer?
        let statusIsFresh: Bool
        let issuedIsFresh: Bool
        let index: Int
    }

    init(_ grounds: Grounds, now: Instant, known: CheckedCodes?) {
        self.grounds = grounds
        self.now = now
        self.known = known
        evidence = Verdict.Evidence(checkedAt: now)
        checks.reserveCapacity(Verdict.Check.Name.allCases.count)
    }

    func verdict(_ word: VerdictWord, _ reason: Verdict.Reason) -> Verdict {
        Verdict(word: word, reason: reason, code: code, signer: issuer, evidence: evidence, checks: checks)
    }

    /// That nothing was found.
    func valid(_ read: CheckedCode, _ listed: Listed) -> Verdict {
        let age = Age(seconds: listed.lists.statusTime.map { now.since($0.issuedAt) } ?? 0)
        let isCore = if case .digest = read.code.claims.scope { true } else { false }
        return verdict(.valid, .valid(age: age, isCore: isCore))
    }

    private mutating func pass(_ name: Verdict.Check.Name) {
        checks.append(Verdict.Check(name: name, passed: true, detail: nil))
    }

    private mutating func fail(_ name: Verdict.Check.Name, _ word: VerdictWord, _ message: Bilingual) -> Finding {
        checks.append(Verdict.Check(name: name, passed: false, detail: word.rawValue))
        return Finding(word: word, message: message)
    }

    // MARK: - The code itself

    /// The digits of a code, or the text of a symbol with more than these.
    enum Text {
        case symbol(String)
        case digits(Substring)
    }

    /// Reads a code; its signature is made of the second, which is empty where that was checked before.
    mutating func readCode(_ text: Text) throws(Finding) -> (CheckedCode, message: [UInt8]) {
        do throws(CodeError) {
            let digits =
                switch text {
                case .symbol(let text): try UnverifiedCode.digits(inText: text)
                case .digits(let digits): digits
                }
            if let known = known?.code(digits) {
                code = known
                pass(.format)
                return (known, [])
            }
            let read = try UnverifiedCode(digits: digits)
            let message = read.toBeSigned
            let made = CheckedCode(text: String(digits), code: read, digest: Digest(of: message))
            code = made
            pass(.format)
            return (made, message)
        } catch { throw fail(.format, .malformed, Messages.malformed(error)) }
    }

    mutating func checkTrustList() throws(Finding) {
        if case .failure(let error) = grounds.snapshot.trust {
            throw fail(.trustList, .undetermined, Messages.noEvidence(error))
        }
        evidence.grounds = grounds
        pass(.trustList)
    }

    mutating func issuer(of read: CheckedCode) throws(Finding) -> TrustedKey {
        if let found = grounds.issuer(read.code.issuerNumber) {
            issuer = found
            pass(.issuer)
            return found.key
        }
        // An old list cannot say that there is no such key.
        try requireTrustList(.issuer)
        throw fail(.issuer, .unknownIssuer, Messages.unknownIssuer(read.code.issuerNumber))
    }

    /// Fails where the trust list is too old to say anything.
    private mutating func requireTrustList(_ name: Verdict.Check.Name) throws(Finding) {
        if let time = grounds.trustTime, time.contains(now) { return }
        throw fail(name, .undetermined, Messages.stale(TrustList.path, grounds.trustTime?.issuedAt ?? now, now))
    }

    mutating func checkSignature(of read: CheckedCode, _ message: [UInt8], by key: TrustedKey) throws(Finding) {
        let publicKey = key.certificate.publicKey
        if read.signer != publicKey.subjectPublicKeyInfo {
            let message = read.signer == nil ? message : read.code.toBeSigned
            guard read.code.algorithm == publicKey.algorithm, publicKey.verifies(read.code.signature, of: message)
            else { throw fail(.signature, .forged, Messages.forged(key.name)) }
            if let known, known.capacity > 0 {
                let checked = CheckedCode(read, signer: publicKey.subjectPublicKeyInfo)
                known.keep(checked)
                code = checked
            }
        }
        pass(.signature)
    }

    // MARK: - What the office published

    mutating func lists(of read: CheckedCode, key: TrustedKey) -> Listed {
        let reference = read.code.claims.reference
        evidence.index = reference.index
        let lists = grounds.lists(of: key, reference.list)
        evidence.lists = lists
        return Listed(
            lists: lists,
            value: lists.status(at: reference.index),
            answer: lists.answer(index: reference.index, digest: read.digest),
            statusIsFresh: lists.statusTime?.contains(now) ?? false,
            issuedIsFresh: lists.issuedTime?.contains(now) ?? false,
            index: reference.index
        )
    }

    mutating func checkRevocation(of key: TrustedKey, _ read: CheckedCode, _ listed: Listed) throws(Finding) {
        // What a thief signed after the theft may bear any date, so the issued list must know the licence as well.
        if let revocation = key.revocation {
            // Without a list that could know it, the check of the evidence says that nobody can tell.
            let isEarlier = read.code.claims.issued.end(utcOffset: key.utcOffset) <= revocation.at
            let isUnknown = listed.answer == .otherDigest || listed.answer == .notThere && listed.issuedIsFresh
            guard isEarlier, !isUnknown else {
                throw fail(.issuerRevocation, .issuerRevoked, Messages.issuerRevoked(key.name, revocation))
            }
        }
        pass(.issuerRevocation)
    }

    mutating func checkJurisdiction(of key: TrustedKey, _ read: CheckedCode) throws(Finding) {
        guard key.divisions.contains(where: { $0.covers(read.code.claims.creditCode.division) }) else {
            throw fail(
                .jurisdiction,
                .outOfJurisdiction,
                Messages.wrongDivision(key.name, read.code.claims.creditCode.division)
            )
        }
        guard key.kinds.contains(read.code.claims.kind) else {
            throw fail(.jurisdiction, .outOfJurisdiction, Messages.wrongKind(key.name, read.code.claims.kind))
        }
        let first = read.code.claims.issued.start(utcOffset: key.utcOffset)
        let isInTime =
            read.code.claims.issued.end(utcOffset: key.utcOffset) > key.validity.lowerBound
            && first <= key.validity.upperBound
            && key.retiredAt.map { first < $0 } ?? true
        guard isInTime else {
            throw fail(.jurisdiction, .outOfJurisdiction, Messages.wrongTime(key, read.code.claims.issued))
        }
        pass(.jurisdiction)
    }

    mutating func checkIssued(_ listed: Listed) throws(Finding) {
        // An entry never changes its digest, so that even an old list convicts; that nothing is there, only a fresh one can
        // say, and only while the other list does not know better, which it does when it is the newer one.
        let isFree = listed.value == ListedStatus.neverIssued.rawValue
        let isRefuted =
            listed.answer == .otherDigest
            || listed.issuedIsFresh && listed.answer == .notThere && (isFree || listed.value == nil)
            || listed.statusIsFresh && isFree && listed.answer != .issued
        if isRefuted { throw fail(.issued, .notIssued, Messages.notIssued(evidence)) }
        // Without an answer the next check says that nobody can tell.
        if listed.answer == .issued { pass(.issued) }
    }

    mutating func checkEvidence(_ listed: Listed) throws(Finding) {
        try requireTrustList(.evidence)
        if case .failure(let error) = listed.lists.issued {
            throw fail(.evidence, .undetermined, Messages.noEvidence(error))
        }
        if case .failure(let error) = listed.lists.status {
            throw fail(.evidence, .undetermined, Messages.noEvidence(error))
        }
        if !listed.issuedIsFresh, let source = evidence.issuedList {
            throw fail(.evidence, .undetermined, Messages.stale(source.uri, source.issuedAt, now))
        }
        if !listed.statusIsFresh, let source = evidence.statusList {
            throw fail(.evidence, .undetermined, Messages.stale(source.uri, source.issuedAt, now))
        }
        guard let value = listed.value else {
            throw fail(.evidence, .undetermined, Messages.outOfRange(listed.index))
        }
        guard ListedStatus(rawValue: value) != nil else {
            throw fail(.evidence, .undetermined, Messages.unknownStatus(value))
        }
        guard listed.answer == .issued, value != ListedStatus.neverIssued.rawValue else {
            throw fail(.evidence, .undetermined, Messages.listsDisagree(listed.index))
        }
        pass(.evidence)
    }

    // MARK: - Time and status

    mutating func checkBegin(of read: CheckedCode, _ key: TrustedKey) throws(Finding) {
        let first = max(read.code.claims.issued, read.code.claims.term?.from ?? read.code.claims.issued)
        guard now >= first.start(utcOffset: key.utcOffset) else {
            throw fail(.begin, .notYetValid, Messages.notYetValid(first))
        }
        pass(.begin)
    }

    mutating func checkFinalStatus(_ listed: Listed) throws(Finding) {
        let word: VerdictWord? =
            switch listed.value.flatMap(ListedStatus.init) {
            case .annulled: .annulled
            case .cancelled: .cancelled
            case .revoked: .revoked
            case .superseded: .superseded
            case .valid, .suspended, .dormant: nil
            case .neverIssued: .notIssued
            case nil: .undetermined
            }
        if let word { throw fail(.status, word, Messages.status(word, evidence)) }
    }

    mutating func checkTerm(of read: CheckedCode, _ key: TrustedKey) throws(Finding) {
        if let last = read.code.claims.term?.to, now >= last.end(utcOffset: key.utcOffset) {
            throw fail(.term, .expired, Messages.expired(last))
        }
        pass(.term)
    }

    mutating func checkPause(_ listed: Listed) throws(Finding) {
        switch listed.value.flatMap(ListedStatus.init) {
        case .suspended: throw fail(.status, .suspended, Messages.status(.suspended, evidence))
        case .dormant: throw fail(.status, .dormant, Messages.status(.dormant, evidence))
        case .valid: pass(.status)
        default: throw fail(.status, .undetermined, Messages.outOfRange(listed.index))
        }
    }

    mutating func checkPaper(_ paper: Application?, _ read: CheckedCode) throws(Finding) {
        guard let paper else { return }
        let differing = read.code.claims.fields(differingFrom: paper)
        guard differing.isEmpty else { throw fail(.paper, .altered, Messages.altered(differing)) }
        pass(.paper)
    }
}
