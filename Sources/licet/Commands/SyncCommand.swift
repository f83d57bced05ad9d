import ArgumentParser
import Authority
import Foundation
import Licence
import OpenSSL
import Publication
import Syncing
import TransparencyLog
import Verification

struct SyncCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync",
        abstract: "Bring a copy of a publication up to date, or say what one holds and how old it is.",
        discussion: """
            Example: licet sync https://lic.example.cn/publication --root root.crt --bundle inspector.licet
                     licet sync https://lic.example.cn/publication --root root.crt --to /srv/publication
                     licet sync inspector.licet --root root.crt

            Nothing is taken that was not verified, and only what changed is fetched. A bundle is one file for a day without signal:
            `licet verify --publication inspector.licet PHOTO.jpg`. With neither --to nor --bundle a copy on this machine is looked at.
            Exit code 66: something was not had or not believed. Without the trust list or the log nothing changes; without a list of which
            the log tells, verdicts on its licences are undetermined from this copy until it is had.
            """
    )

    @Argument(help: ArgumentHelp("A folder, a bundle, or the address of a publication.", valueName: "source"))
    var source: String

    @Option(help: ArgumentHelp("The folder to bring up to date.", valueName: "dir"))
    var to: String?

    @Option(help: ArgumentHelp("The bundle to bring up to date.", valueName: "file"))
    var bundle: String?

    @Option(help: "Only the offices of this division and below.", transform: ArgumentText.division)
    var office: DivisionCode?

    @Flag(help: "The whole log as well, and not only what proves the lists.")
    var wholeLog = false

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var anchor: AnchorOptions
    @OptionGroup var witnesses: WitnessOptions
    @OptionGroup var web: WebServerOptions

    func validate() throws {
        guard to == nil || bundle == nil else { throw ValidationError("--to and --bundle are two; give one") }
        func place(_ path: String) -> String { URL(filePath: path).resolvingSymlinksInPath().standardized.path }
        if let target = to ?? bundle, place(target) == place(source) {
            throw ValidationError("\(target) is what is to be copied; name another place for the copy")
        }
    }

    func run() throws {
        let root = try anchor.certificate()
        let origin = try Origin(source)
        var memory = try Memory(of: root)
        let policy = try witnesses.policy()
        let target: Sync.Target
        if let to {
            target = .folder(to)
        } else if let bundle {
            target = .bundle(bundle)
        } else {
            guard
                let snapshot = try Sync.look(at: origin, root: root, policy: policy, seen: &memory.seen, now: Clock.now)
            else { throw Failure.usage("--to or --bundle says where the copy of \(source) goes") }
            return try show(CopyDocument(snapshot, of: source, now: Clock.now), refused: snapshot.refusals)
        }
        let sync = Sync(
            from: origin,
            root: root,
            policy: policy,
            scope: Sync.Scope(division: office, wholeLog: wholeLog),
            web: web.options
        )
        let bar = SharedProgress()
        defer { bar.end() }
        let report = try sync.run(
            to: target,
            seen: &memory.seen,
            now: Clock.now,
            whenHeld: {
                standardError("licet: another process is at work with \(to ?? bundle ?? ""); waiting for its end")
            },
            progress: { bar.show($0, of: $1) }
        )
        bar.end()
        memory.save()
        var document = CopyDocument(report.snapshot, of: to ?? bundle ?? "", now: Clock.now)
        document.written = report.written.count
        document.bytesFetched = report.bytesFetched
        try show(document, refused: report.refused)
    }

    private func show(_ document: CopyDocument, refused: [PublicationError]) throws {
        var document = document
        document.refused = refused.map(\.description)
        if json { try Console.json(document) } else { document.lines.forEach { print(Words.printable($0)) } }
        if let first = refused.first ?? document.failure {
            let more = refused.count > 1 ? ", and \(refused.count - 1) more" : ""
            let until = refused.isEmpty ? "" : "; until it is had, verdicts that rest on it are undetermined"
            throw Failure.unreadable("\(first)\(more)\(until)")
        }
    }
}

/// What a copy of a publication holds, and how old that is.
struct CopyDocument: Encodable {
    let copy: String
    let trustList: File?
    let log: Log?
    let statusLists: Int
    let issuedLists: Int
    let licences: Int
    /// When the oldest list was signed, and when the first of them ends.
    let oldestIssuedAt: String?
    let oldestAgeSeconds: Int64?
    let firstExpires: String?
    var written: Int?
    var bytesFetched: Int?
    var refused: [String] = []

    private let now: Instant
    private let oldest: Instant?
    private let end: Instant?
    /// Why nothing of it can be believed.
    let failure: PublicationError?

    struct File: Encodable {
        let sequence: Int
        let issuedAt: String
        let nextUpdate: String
    }

    struct Log: Encodable {
        let origin: String
        let size: Int
        let witnesses: [String]
    }

    private enum CodingKeys: CodingKey {
        case copy, trustList, log, statusLists, issuedLists, licences, oldestIssuedAt, oldestAgeSeconds, firstExpires
        case written, bytesFetched, refused
    }

    init(_ snapshot: Snapshot, of copy: String, now: Instant) {
        self.copy = copy
        self.now = now
        let trust = try? snapshot.trust.get()
        trustList = trust.map {
            File(sequence: $0.sequence, issuedAt: $0.issuedAt.description, nextUpdate: $0.nextUpdate.description)
        }
        // An authority that has signed no list yet has no log either.
        let isEmpty = snapshot.statusLists.isEmpty && snapshot.issuedLists.isEmpty
        if case .failure(let error) = snapshot.trust {
            failure = error
        } else if case .failure(let error)? = snapshot.log,
            error.code != .missing || !isEmpty
        {
            failure = error
        } else {
            failure = nil
        }
        log = (try? snapshot.log?.get()).map {
            Log(origin: $0.checkpoint.origin, size: $0.head.size, witnesses: $0.witnesses.keys.map(\.name).sorted())
        }
        let status = snapshot.statusLists.values.compactMap { try? $0.get().claims }
        let issued = snapshot.issuedLists.values.compactMap { try? $0.get() }
        statusLists = status.count
        issuedLists = issued.count
        licences = issued.map(\.count).reduce(0, +)
        let claims = status + issued.map(\.claims)
        oldest = claims.map(\.issuedAt).min()
        end = claims.map(\.expires).min().map { min($0, trust?.nextUpdate ?? $0) }
        oldestIssuedAt = oldest?.description
        oldestAgeSeconds = oldest.map { max(0, now.since($0)) }
        firstExpires = end?.description
    }

    var lines: [String] {
        func count(_ number: Int, _ what: String) -> String { "\(number) \(what)\(number == 1 ? "" : "s")" }
        if failure != nil, statusLists == 0, issuedLists == 0 { return ["\(copy): nothing that was read is believed"] }
        var lines = [
            "\(copy): \(count(statusLists, "status list")) and \(count(issuedLists, "issued list")) of \(count(licences, "licence version"))"
        ]
        if let trustList { lines.append("trust list \(trustList.sequence) of \(trustList.issuedAt)") }
        if let log {
            let witnesses = log.witnesses.isEmpty ? "" : ", witnessed by \(log.witnesses.joined(separator: ", "))"
            lines.append(
                "log \(log.origin) with \(count(log.size, "entry").replacing("entrys", with: "entries"))\(witnesses)"
            )
        }
        if log == nil, failure == nil {
            lines.append("NO LISTS: there is no log yet, and nothing can be verified by this")
        }
        if let oldest, let end {
            let age = Age(seconds: now.since(oldest)).en
            lines.append(
                now < end
                    ? "the oldest list is \(age) old; all speak until \(end)"
                    : "TOO OLD: the oldest list is \(age) old, and the first said nothing any more at \(end); fetch anew"
            )
        }
        if let written, let bytesFetched {
            lines.append(
                written == 0 ? "nothing is new" : "\(count(written, "file")) new, \(bytesFetched) bytes fetched"
            )
        }
        return lines
    }
}
