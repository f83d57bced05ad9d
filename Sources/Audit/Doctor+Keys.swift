import Authority
import Foundation
import Licence
import LicenceCode
import Licensing
import OpenSSL
import Publication
import Registry

/// What the doctor looks for in the root, the keys, the trust lists and the acts on them.
extension Doctor {
    func rootFindings() throws -> [Finding] {
        let root = authority.root
        var findings: [Finding] = []
        if !root.isIssued(by: root) { findings.append(Finding("root.crt", "is not signed by its own key")) }
        if !root.lifetime.contains(now) {
            findings.append(
                Finding("root.crt", "is good from \(root.lifetime.lowerBound) to \(root.lifetime.upperBound)")
            )
        }
        if authority.hasRootKey { findings += fileFindings(root.publicKey.id.description, "the root's key") }
        return findings
    }

    func findings(of key: TrustedKey, _ roots: [Certificate]) -> [Finding] {
        let subject = "key \(key.number)"
        var findings: [Finding] = []
        if !roots.contains(where: key.certificate.isIssued) {
            findings.append(Finding(subject, "its certificate is not of this root"))
        }
        let expected = key.purpose == .licences ? key.jurisdiction.der : nil
        if key.certificate.usages != [Jurisdiction.usage(key.purpose)]
            || key.certificate.value(ofExtension: Jurisdiction.identifier) != expected
        {
            findings.append(Finding(subject, "its certificate has another purpose, other divisions or other kinds"))
        }
        switch key.state(at: now) {
        case .live, .future: findings += fileFindings(key.certificate.publicKey.id.description, subject)
        case .retired, .expired, .revoked: break
        }
        return findings
    }

    /// Whether the key lies where it should, and for its owner alone; it is not opened.
    func fileFindings(_ name: String, _ subject: String) -> [Finding] {
        do {
            if try authority.home.tokenURI(name) == nil { try authority.home.checkKeyFile(name) }
            return []
        } catch { return [Finding(subject, "\(error)")] }
    }

    /// Trust lists that a restoration took over from what was published; those before them may have been lost.
    func trustListsTakenOver() throws -> Set<Digest> {
        try authority.registry.read { session in
            let restorations = Set(try session.actsOnTheAuthority([.restore]).map(\.number))
            let accepted = try session.actsOnTheAuthority([.acceptTrustList])
            return Set(
                accepted.filter { $0.deed.reference.map(restorations.contains) ?? false }.compactMap(\.deed.digest)
            )
        }
    }

    func findings(of lists: [TrustListRecord], _ keys: [TrustedKey], takenOver: Set<Digest>) -> [Finding] {
        var findings: [Finding] = []
        var previous: TrustList?
        for record in lists {
            let subject = "trust list \(record.sequence)"
            let list: TrustList
            do { list = try authority.trustList(record.bytes) } catch {
                findings.append(Finding(subject, "\(error)"))
                continue
            }
            findings += list.faults(after: previous).map { Finding(subject, $0) }
            if list.sequence != record.sequence || list.issuedAt != record.issuedAt
                || list.nextUpdate != record.nextUpdate
            {
                findings.append(Finding(subject, "is recorded with another number or other times"))
            }
            previous = list
        }
        for key in previous?.keys ?? []
        where !keys.contains(where: { $0.number == key.number && $0.certificate == key.certificate }) {
            findings.append(Finding("key \(key.number)", "is in the newest trust list and not in the registry"))
        }
        for key in keys {
            let subject = "key \(key.number)"
            guard let told = previous?.key(key.number) else {
                findings.append(Finding(subject, "is in no trust list"))
                continue
            }
            if !told.isSame(as: key) { findings.append(Finding(subject, "is another than in the newest trust list")) }
            // An instant may have moved to an earlier one, of which the root is still to be told.
            if let revocation = told.revocation, key.revocation.map({ $0.at > revocation.at }) ?? true {
                findings.append(
                    Finding(subject, "is revoked as of \(revocation.at) in the newest trust list, and not so here")
                )
            }
            if let at = told.retiredAt, key.retiredAt.map({ $0 > at }) ?? true {
                findings.append(Finding(subject, "retires at \(at) in the newest trust list, and not so here"))
            }
        }
        let record = authority.record
        if let previous, previous.authority != record.name || previous.base != record.base {
            findings.append(
                Finding("authority", "is \(previous.authority) with \(previous.base) in the newest trust list")
            )
        }
        if record.base != record.expectedBase {
            findings.append(
                Finding(
                    "authority",
                    "its codes point to \(record.verifyAddress ?? "nowhere"), its lists to \(record.base)"
                )
            )
        }
        if !(0...Authority.greatestSkew).contains(record.clockSkew) {
            findings.append(Finding("authority", "declares a skew of the clock of \(record.clockSkew) seconds"))
        }
        if !keys.isEmpty, lists.isEmpty { findings.append(Finding("trust lists", "are missing")) }
        if !lists.isEmpty, lists.first?.sequence != 1, authority.hasRootKey {
            findings.append(Finding("trust list 1", "is missing"))
        }
        if authority.hasRootKey {
            for (one, next) in zip(lists, lists.dropFirst())
            where next.sequence != one.sequence + 1 && !takenOver.contains(Digest(of: next.bytes)) {
                findings.append(Finding("trust list \(one.sequence + 1)", "is missing"))
            }
        }
        return findings
    }

    /// Keys that lie in the home and are of nobody that the registry knows.
    func keyFileNotes(_ keys: [TrustedKey], _ requested: [RequestedKey]) throws -> [String] {
        var known = Set(keys.map(\.certificate.publicKey.id.description))
        known.formUnion(((try? authority.registry.read { try $0.officers() }) ?? []).map(\.key.id.description))
        known.formUnion(try authority.roots.map(\.publicKey.id.description))
        known.formUnion(requested.map(\.request.publicKey.id.description))
        return authority.home.keyNames().filter { !known.contains($0) }.map {
            "keys/\($0): of nobody that the registry knows: an officer who is not added yet, a key from before, something broken off"
        }
    }

    /// Keys that the root certified, or waits to, and nobody asked for; after a restoration some may be of acts that were lost.
    private func faultOfKeyCount(_ session: Registry.Session) throws -> String? {
        guard try session.actsOnTheAuthority([.restore]).isEmpty else { return nil }
        // The authority began with some that nobody asked for.
        let asked = try session.actsOnTheAuthority([.addOffice, .addKey]).count + Registry.Session.firstKeys.count
        let present = try session.keys(of: authority.record).count + session.requestedKeys().count
        return present == asked ? nil : "there are \(present), and \(asked) were asked for"
    }

    /// What the acts say of themselves: their times, whom they are about, and what they did to keys.
    func actFindings() throws -> [Finding] {
        var findings: [Finding] = []
        let (newest, orphans) = try authority.registry.read { (try $0.newestRecord(), try $0.actsOnNothing()) }
        // The clock is asked after the registry.
        if let newest, newest.since(now) > Int64(authority.record.clockSkew) {
            findings.append(
                Finding("clock", "something is recorded at \(newest), which is to come; nothing is signed until then")
            )
        }
        if (try? authority.registry.read { try $0.isAsFounded() }) != true {
            findings.append(Finding("authority", "is not what its first act says"))
        }
        findings += orphans.map { Finding($0, "has acts and is not there") }
        do {
            let (newest, untold) = try authority.registry.read { session in
                (try authority.newestTrustList(session), authority.hasRootKey ? try authority.endedUntold(session) : [])
            }
            if newest != nil {
                findings += untold.map { Finding("key \($0)", "has ended, and the newest trust list says otherwise") }
            }
        } catch { findings.append(Finding("trust lists", "\(error)")) }
        do {
            let fault = try authority.registry.read { try faultOfKeyCount($0) }
            findings += fault.map { [Finding("keys", $0)] } ?? []
        } catch { findings.append(Finding("keys", "cannot be counted: \(error)")) }
        do {
            let faults = try authority.registry.read { try authority.faultsOfKeys($0) }
            findings += faults.map { Finding("keys", $0) }
        } catch { findings.append(Finding("acts", "on keys cannot be read: \(error)")) }
        return findings
    }
}
