package import Authority
import Foundation
package import Licence
import LicenceCode
import Licensing
import OpenSSL
import Publication
import Registry

/// Checks everything that an authority has signed and recorded, by the rules that held before the signature.
package struct Doctor {
    let authority: Authority
    private let clock: () -> Instant
    /// A copy of the anchor that was kept elsewhere.
    let outside: Anchor?

    package init(_ authority: Authority, anchor outside: Anchor? = nil, now: @escaping @autoclosure () -> Instant) {
        self.authority = authority
        self.outside = outside
        clock = now
    }

    /// Others may be at work meanwhile.
    var now: Instant { clock() }

    /// Something that is not as it should be.
    package struct Finding: Hashable {
        /// What it is about: a licence and version, a key, a trust list, a list, the registry.
        package let subject: String
        package let field: String?
        package let reason: String

        package init(_ subject: String, field: String? = nil, _ reason: String) {
            self.subject = subject
            self.field = field
            self.reason = reason
        }
    }

    /// What was looked at.
    package struct Report {
        package internal(set) var acts = 0
        package internal(set) var licences = 0
        package internal(set) var keys = 0
        package internal(set) var trustLists = 0
        package internal(set) var logEntries = 0
        package internal(set) var findings = 0
        /// What is no finding and good to know: keys that nobody has yet or any more, and registries from before that somebody took on.
        package internal(set) var notes: [String] = []
    }

    /// How many licences are read at once.
    static let page = 500

    /// Goes through the whole registry; `find` is told of each finding, `progress` how many of how many acts and licences are done.
    package func examine(
        find: (Finding) throws -> Void,
        progress: (Int, Int) -> Void = { _, _ in }
    ) throws -> Report {
        var report = Report()
        func tell(_ findings: [Finding]) throws {
            report.findings += findings.count
            try findings.forEach(find)
        }
        do { try tell(try authority.registry.read { try $0.damage() }.map { Finding("registry", $0) }) } catch let error
            as RegistryError
        { try tell([Finding("registry", "\(error)")]) }
        try tell(try rootFindings())
        let roots = try authority.roots
        // What others record meanwhile is for the next time.
        let (keys, lists, end) = try authority.registry.read {
            (try $0.keys(of: authority.record), try $0.trustLists(), try $0.lastLicence())
        }
        report.keys = keys.count
        for key in keys { try tell(findings(of: key, roots)) }
        report.trustLists = lists.count
        try tell(findings(of: lists, keys, takenOver: (try? trustListsTakenOver()) ?? []))
        let total = try authority.registry.read { try $0.licenceCount() + $0.actCount() }
        (report.acts, report.notes) = try examineActs(find: tell) { progress($0, total) }
        do {
            let (requested, faults) = try authority.registry.read { session in
                let requested = try session.requestedKeys()
                return (requested, try requested.compactMap { try session.fault(of: $0, authority.record) })
            }
            report.notes += try keyFileNotes(keys, requested)
            try tell(faults.map { Finding("requested keys", $0) })
        } catch {
            try tell([Finding("requested keys", "cannot be read: \(error)")])
        }
        var last: Int64 = 0
        while true {
            let page = try authority.registry.read { session in
                try session.storedLicences(after: last, upTo: end, limit: Self.page).map { row in
                    (id: row.id, findings: try findings(of: row, keys, in: session))
                }
            }
            guard let reached = page.last?.id else { break }
            for row in page { try tell(row.findings) }
            report.licences += page.count
            let done = report.acts + report.licences
            progress(done, max(total, done))
            last = reached
        }
        try tell(
            try authority.registry.read { try $0.miscountedLists() }.map {
                Finding("list \($0.list)", "says that \($0.said) entries are used; \($0.counted) are")
            }
        )
        do {
            let fault = try authority.registry.read { try authority.faultOfPublishedTrust($0) }
            try tell([fault].compactMap { $0 }.map { Finding("trust list", "takes back what was published: \($0)") })
        } catch { try tell([Finding("trust list", "\(error)")]) }
        try tell(try authority.registry.read { try $0.faultsOfNumbers() }.map { Finding("registry", $0) })
        try tell(try listFindings())
        try tell(try actFindings())
        do {
            let log = try LogAudit(authority, publication: nil).examine { try tell([$0]) }
            report.notes += log.notes
            report.logEntries = log.entries
            let remark = try authority.registry.read { try authority.remarkOfLogBeginning($0) }
            try tell([remark].compactMap { $0 }.map { Finding("log", $0) })
        } catch { try tell([Finding("log", "\(error)")]) }
        return report
    }
}
