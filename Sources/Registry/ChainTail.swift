import Foundation
import GRDB
import Licence
import LicenceCode
package import OpenSSL
package import Publication

extension Registry.Session {
    /// What is wrong with the acts from `number` to the last one; nil when each is bound to the one before and signed by its officer.
    ///
    /// Each transaction ends with a signature. Whoever may write the file and has no officer's key can add acts, and the signature of
    /// the next honest transaction would vouch for them: so nothing is built on an end that nobody has signed.
    ///
    /// `progress` is told the number of the act that was reached, `visit` each act that is bound; a signature comes later.
    package func faultOfTail(
        from number: Int,
        progress: (Int) -> Void = { _ in },
        visit: (Act) throws -> Void = { _ in }
    ) throws -> String? {
        try fault(from: number, isToTheEnd: true, progress: progress, visit: visit)
    }

    /// What is wrong with the acts that say who the officers are and what needs approval; nil when their own officers signed them.
    ///
    /// And with what the authority says of itself, which no act changes.
    ///
    /// They are few, and all else rests on them: who can write the anchor as well could make himself an officer before it.
    package func faultOfRules() throws -> String? {
        for act in try actsOnTheAuthority(Self.rules) { if let fault = try fault(of: act) { return fault } }
        return try isAsFounded() ? nil : "what the authority says of itself is not what it said when it was made"
    }

    /// Whether the authority's name, addresses, time of day, clock and first keys are those that its first act bound.
    package func isAsFounded() throws -> Bool { try act(1)?.deed.digest == foundation() }

    /// What the first act binds: what the authority says of itself, and the keys that it begins with.
    package func foundation() throws -> Digest {
        let keys = try Self.firstKeys.map { try publicKey(number: $0.number).subjectPublicKeyInfo }
        return Digest(of: try authority().digest.bytes + keys.joined())
    }

    /// What the keys that an authority begins with are for, in the order of their numbers.
    package static let firstKeys: [(number: Int, purpose: TrustedKey.Purpose)] = [(1, .lists), (2, .log)]

    private func publicKey(number: Int) throws -> PublicKey {
        let certificate = try Data.fetchOne(
            database,
            sql: "SELECT certificate FROM issuingKey WHERE number = ?",
            arguments: [number]
        )
        if let certificate { return try Certificate(der: [UInt8](certificate)).publicKey }
        guard let asked = try requestedKeys().first(where: { $0.number.value == number }) else {
            throw RegistryError(.tampered, "key \(number) of the registry is gone; `licet doctor` says more")
        }
        return asked.request.publicKey
    }

    /// The acts that say who the officers are and what needs approval.
    private static let rules: [AuthorityAct] = [
        .createAuthority, .addOfficer, .rotateOfficerKey, .retireOfficer, .setPolicy,
    ]

    /// SHA-256 over the hashes of the acts that ``faultOfRules()`` looks at, up to `number`: none was taken away, and none made another.
    ///
    /// Nor is the end of a key.
    package func rules(upTo number: Int) throws -> Digest {
        try Digest(
            of: actsOnTheAuthority(Self.rules + [.retireKey, .revokeKey]).filter { $0.number <= number }.flatMap(
                \.hash.bytes
            )
        )
    }

    /// What is wrong with an act that was read, up to the signature that vouches for it; nil when it is bound and its officer's.
    package func fault(of act: Act) throws -> String? {
        if memory.sound.contains(act) { return nil }
        return try fault(from: act.number, isToTheEnd: false, as: act)
    }

    /// What ``fault(of:)`` need not look at again.
    package var soundActs: SoundActs { memory.sound }

    /// Spares ``fault(of:)`` the acts that another transaction has just gone along.
    package func remember(_ acts: SoundActs) { memory.sound = acts }

    /// Goes from `number` to the end, or to the first signature; the first act must be `first`, where that was read already.
    ///
    /// Each act is looked up by itself, as by all who use one: whoever goes along the table in one go may come by other rows.
    private func fault(
        from number: Int,
        isToTheEnd: Bool,
        as first: Act? = nil,
        progress: (Int) -> Void = { _ in },
        visit: (Act) throws -> Void = { _ in }
    ) throws -> String? {
        let officers = try officersByNumber()
        var before = try number > 1 ? act(number - 1)?.link : Act.origin
        var unsigned: Act?
        // Those that no signature vouches for yet.
        var pending: [Act] = []
        var next = number
        let end = try lastAct()
        while next <= end {
            guard let act = try act(next), act.number == next, let link = before,
                act.hash
                    == Act.hash(of: act.deed, number: act.number, at: act.at, officer: act.officer, after: link)
            else { return "act \(next) was altered, or something was taken away before it" }
            if let first, next == number, !act.isSame(as: first) { return "act \(next) is there twice" }
            guard let officer = officers[act.officer], officer.number < act.number || act.number == 1,
                officer.retired.map({ $0 >= act.number }) ?? true
            else { return "act \(act.number) is by nobody who is an officer" }
            if let unsigned, unsigned.officer != act.officer {
                return "act \(unsigned.number) is not signed by its officer"
            }
            try visit(act)
            (before, next) = (act.link, next + 1)
            if next.isMultiple(of: 500) { progress(act.number) }
            pending.append(act)
            guard let signature = act.signature else {
                unsigned = unsigned ?? act
                continue
            }
            guard officer.key.verifies(signature, of: Act.signedText(of: act.hash)) else {
                return "the signature of act \(act.number) is not by \(officer.name)"
            }
            for act in pending { memory.sound.insert(act) }
            pending = []
            if !isToTheEnd { return nil }
            unsigned = nil
        }
        progress(end)
        // What this transaction has recorded it will sign.
        if let unsigned, let own = memory.firstOwnAct, unsigned.number >= own { return nil }
        return unsigned.map { "act \($0.number) is signed by nobody" }
    }
}
