import ArgumentParser
import Audit
import Authority
import Foundation
import Licence
import LicenceCode
import Licensing
import Publication
import Registry

struct RevokeKeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke-key",
        abstract:
            "End the belief in a key as of an instant, and reissue or revoke the licences that this makes invalid.",
        discussion: """
            Example: licet office revoke-key 2 --after 2026-11-20T08:00:00+08:00 --reason 私钥可能泄露 --dry-run
                     licet office revoke-key 2 --after 2026-11-20T08:00:00+08:00 --reason 私钥可能泄露 --reissue --out codes

            A licence says its day and not its second: those of that day and later are affected. --reissue gives each a new version
            by another key of the office and draws its code; --revoke revokes each, and where that needs approval one approval is for
            all of them. Broken off, the same command goes on.
            """
    )

    @Argument(help: "The key, by number or identifier.")
    var key: String

    @Option(help: "What it signed after this instant is not believed.", transform: ArgumentText.instant)
    var after: Instant

    @Option(help: "Why, for everybody to read.")
    var reason: String?

    @Flag(help: "List what is affected; change nothing.")
    var dryRun = false

    @Flag(help: "Give each licence that is affected a new version by another key.")
    var reissue = false

    @Flag(help: "Revoke each licence that is affected.")
    var revoke = false

    @Flag(help: "Print what is affected, and what was done, as JSON.")
    var json = false

    @OptionGroup var symbol: SymbolOptions
    @OptionGroup var options: AuthorityOptions

    /// How many licences share one transaction.
    private static let chunk = 64

    func validate() throws {
        if reissue, revoke { throw ValidationError("either --reissue or --revoke") }
        if !dryRun, reason == nil { throw ValidationError("--reason is missing: everybody will read why") }
    }

    func run() throws {
        let authority = try options.open()
        let key = try authority.key(key)
        var report = Report(key: key.number.value, after: after.description, isDone: !dryRun)
        if !dryRun {
            let reason = try Words.forTheRecord(reason ?? "", "a reason")
            if reissue { try DurableFile.makeFolder(symbol.out) }
            try authority.revoke(
                key,
                asOf: after,
                reason: reason,
                mustHaveHeir: reissue,
                officer: options.who(),
                now: Clock.now
            )
        }
        do {
            if reissue, !dryRun { report.drawn = try drawWhatIsMissing(authority, key) }
            try goThrough(authority, key, &report)
        } catch  where !dryRun {
            // Whoever reads this must not think that nothing has happened.
            let failure = Failure(error)
            let rest = failure.exitCode == 75 ? "the rest" : "but"
            throw Failure(
                exitCode: failure.exitCode,
                message: "key \(key.number) of \(key.name.zh) IS revoked; \(rest) \(failure.message)"
            )
        }
        if json { try Console.json(report) } else { summarise(report, authority, key) }
        guard report.failed == 0 else {
            throw Failure.data(
                "\(report.failed) licences could not be reissued or revoked; mend what is said and run this again"
            )
        }
    }

    /// Draws the codes of what a run before reissued, and was broken off before it drew them; returns how many.
    private func drawWhatIsMissing(_ authority: Authority, _ key: TrustedKey) throws -> Int {
        let symbols = SymbolFile(prefix: try authority.prefix, options: symbol.measures)
        var filter = LicenceFilter(today: try authority.today(Clock.now))
        filter.issuer = key.number
        filter.status = .superseded
        filter.issuedSince = try CalendarDate(at: after, utcOffset: key.utcOffset)
        filter.limit = Self.chunk
        var drawn = 0
        while true {
            let (reissued, next) = try authority.registry.read { session in
                let page = try session.licences(filter)
                return (try page.records.compactMap { try Self.reissued($0, session) }, page.next)
            }
            for next in reissued where !symbols.isDrawn(next, in: symbol.out) {
                _ = try symbols.write(next, to: symbol.out)
                drawn += 1
            }
            guard let next else { return drawn }
            filter.after = next
        }
    }

    /// The version that was made of `before` because its key was revoked, if that is still the newest.
    private static func reissued(_ before: LicenceRecord, _ session: Registry.Session) throws -> LicenceRecord? {
        guard let newest = try session.licence(before.creditCode),
            newest.licence.version == before.licence.version + 1,
            newest.status == .valid || newest.status.isReversible
        else { return nil }
        let acts = try session.acts(on: before.creditCode)
        let isReissued = acts.contains {
            $0.deed.kind == .licence(.reissue) && $0.deed.subject?.version == newest.licence.version
        }
        return isReissued ? newest : nil
    }

    /// Page by page, so that a million licences take no more memory than one page; but for --json, which is one document.
    private func goThrough(_ authority: Authority, _ key: TrustedKey, _ report: inout Report) throws {
        let symbols = SymbolFile(prefix: try authority.prefix, options: symbol.measures)
        let total = try authority.count(affectedBy: key, asOf: after, now: Clock.now)
        var progress = Progress(total: total)
        defer { progress.end() }
        var last: LicenceFilter.Cursor?
        while true {
            let (page, next) = try authority.licences(
                affectedBy: key,
                asOf: after,
                now: Clock.now,
                after: last,
                limit: Self.chunk
            )
            let outcomes = try act(on: page.map(\.record), of: key, authority, symbols)
            for (licence, outcome) in zip(page, outcomes) { tell(licence, outcome, &report) }
            progress.show(report.affected)
            guard let next else { break }
            last = next
        }
    }

    /// What became of one licence.
    private enum Outcome {
        case listed
        case reissued(String)
        case revoked
        case failed(String)
    }

    private func act(
        on records: [LicenceRecord],
        of key: TrustedKey,
        _ authority: Authority,
        _ symbols: SymbolFile
    ) throws -> [Outcome] {
        if dryRun || !reissue && !revoke { return records.map { _ in .listed } }
        let reason = "key \(key.number) revoked: \(try Words.forTheRecord(reason ?? "", "a reason"))"
        if revoke {
            guard !records.isEmpty else { return [] }
            return try authority.revoke(
                records,
                of: key,
                asOf: after,
                reason: reason,
                officer: options.who(),
                now: Clock.now
            ).map { result in
                switch result {
                case .success: .revoked
                case .failure(let error): .failed(Failure(error).message)
                }
            }
        }
        let terms = Authority.IssueTerms(
            office: nil,
            profile: symbol.profile,
            officer: try options.who(),
            check: symbols.check
        )
        return try authority.reissue(records, reason: reason, on: terms, now: Clock.now).map { result in
            switch result {
            case .success(let record): .reissued(try symbols.write(record, to: symbol.out).path)
            case .failure(let error): .failed(Failure(error).message)
            }
        }
    }

    private func tell(_ affected: Authority.AffectedLicence, _ outcome: Outcome, _ report: inout Report) {
        let record = affected.record
        report.affected += 1
        var row = Report.Row(
            creditCode: record.creditCode.text,
            version: record.licence.version,
            name: record.licence.particulars.name,
            issued: record.licence.issued.description,
            recordedAt: affected.recordedAt?.description,
            isAfter: affected.recordedAt.map { $0 > after },
            file: nil,
            error: nil
        )
        var what = ""
        switch outcome {
        case .listed: break
        case .revoked:
            report.revoked += 1
            what = "  revoked"
        case .reissued(let file):
            report.reissued += 1
            row.file = file
            what = "  v\(row.version + 1): \(file)"
        case .failed(let reason):
            report.failed += 1
            row.error = reason
            what = "  NOT DONE: \(reason)"
        }
        if json { return report.licences.append(row) }
        let when = row.isAfter == true ? "after" : "before"
        print("\(row.creditCode) v\(row.version)  \(row.recordedAt ?? row.issued) (\(when))  \(row.name)\(what)")
    }

    private func summarise(_ report: Report, _ authority: Authority, _ key: TrustedKey) {
        let whole = "key \(key.number) of \(key.name.zh)"
        print("\(report.affected) licences in force are affected by revoking \(whole) as of \(after)")
        if dryRun { return print("nothing was changed; --reissue gives each a new version, --revoke revokes each") }
        if reissue { print("\(report.reissued) reissued; their codes are in \(symbol.out)") }
        if report.drawn > 0 { print("\(report.drawn) that were reissued before are drawn now") }
        if revoke { print("\(report.revoked) revoked") }
        print(
            "\(whole) is revoked; next: \(authority.hasRootKey ? "licet publish" : "licet authority request --out FILE, at once")"
        )
    }

    private struct Report: Encodable {
        let key: Int
        let after: String
        let isDone: Bool
        var affected = 0
        var reissued = 0
        var revoked = 0
        var failed = 0
        /// Codes that an earlier run left undrawn.
        var drawn = 0
        var licences: [Row] = []

        struct Row: Encodable {
            let creditCode: String
            let version: Int
            let name: String
            let issued: String
            let recordedAt: String?
            /// Whether it was recorded after the instant: somebody should remember issuing it.
            let isAfter: Bool?
            var file: String?
            var error: String?
        }
    }
}
