import Licence
import LicenceCode
import OpenSSL
import Publication
import TestSupport
import TransparencyLog

/// A publication with a log, in a folder; each call of ``publish(_:)`` adds to both.
final class LoggedPublication {
    let issuer: Issuer
    let logKey: PrivateKey
    let log: TrustedKey
    let folder: TemporaryFolder
    private var edge = TreeEdge()
    private var table = ListTable()
    private(set) var heads: [TreeHead] = []
    private var sequence = 0

    init() throws {
        issuer = try Issuer()
        logKey = try PrivateKey(algorithm: .edDSA)
        log = try Issuer.trusted(3, .log, certificate: issuer.certificate(of: logKey, .log), divisions: [], kinds: [])
        folder = try TemporaryFolder()
        try write(trust: trust())
    }

    /// Another history by the same keys.
    init(forking other: LoggedPublication) throws {
        (issuer, logKey, log) = (other.issuer, other.logKey, other.log)
        folder = try TemporaryFolder()
        try write(trust: trust())
    }

    func trust(sequence: Int = 1, log: TrustedKey? = nil) -> TrustList {
        issuer.trustList(sequence: sequence, keys: [issuer.lists, issuer.licences, log ?? self.log])
    }

    func write(trust: TrustList) throws { try write(trust.signed(by: issuer.rootKey), TrustList.path) }

    func write(_ bytes: [UInt8], _ path: String) throws {
        try DurableFile.makeFolder(DurableFile.parent(of: folder.file(path)))
        try DurableFile.write(bytes, to: folder.file(path))
    }

    func read(_ path: String) throws -> [UInt8] { try DurableFile.read(folder.file(path), limit: 1 << 24) }

    func append(_ entry: [UInt8]) throws {
        var full: [(Tile, [UInt8])] = []
        edge.append(entry) { full.append(($0, $1)) }
        for (tile, bytes) in full { try write(bytes, AuthorityLog.path(of: tile)) }
    }

    func append(_ entry: LogEntry) throws {
        if case .list(let list) = entry.content { table.tell(list, at: edge.size) }
        try append(entry.encoded)
    }

    /// Tells the log how far the acts have come and which lists are the newest, as each publication ends; `changing` says otherwise.
    func end(acts: Int, at now: Instant, changing: (inout ListTable) -> Void = { _ in }) throws {
        changing(&table)
        let end = LogEntry(at: now, .registry(acts: acts, head: digest(2), lists: table.digest))
        try append(end)
        try write(table.file(endedBy: end), AuthorityLog.lists(ofLogOf: edge.size))
    }

    /// Signs both lists, tells them in the log, and signs that.
    func publish(
        at now: Instant = .noon - 3_600,
        padding: Int = 0,
        index: (Int) -> Int? = { $0 },
        isTold: Bool = true
    ) throws {
        sequence += 1
        for number in 0..<padding {
            try append(LogEntry(at: now, .registry(acts: number, head: digest(1), lists: digest(1))))
        }
        for path in [statusPath, issuedPath] {
            let claims = ListClaims(
                subject: Issuer.base + path,
                issuedAt: now,
                expires: .noon + .day,
                timeToLive: 600,
                sequence: sequence,
                logIndex: index(edge.size)
            )
            let bytes = path == statusPath ? try issuer.statusList(claims) : try issuer.issuedList(claims)
            try write(bytes, path)
            if isTold { try append(LogEntry(path: path, claims, signed: bytes)) }
        }
        try end(acts: sequence, at: now)
        try sign()
    }

    /// Signs the head of the log; `witnesses` sign as well.
    func sign(by key: PrivateKey? = nil, origin: String? = nil, witnesses: [(NoteKey, PrivateKey)] = []) throws {
        for (tile, bytes) in edge.partial { try write(bytes, AuthorityLog.path(of: tile)) }
        heads.append(edge.head)
        try write(checkpoint(edge.head, by: key, origin: origin, witnesses: witnesses), AuthorityLog.checkpoint)
    }

    func checkpoint(
        _ head: TreeHead,
        by key: PrivateKey? = nil,
        origin: String? = nil,
        witnesses: [(NoteKey, PrivateKey)] = []
    ) throws -> [UInt8] {
        struct NoKey: Error {}
        let key = key ?? logKey
        let name = origin ?? "lic.example.cn/publication/log"
        guard let signer = NoteKey(name: name, kind: .log, key: key.publicKey) else { throw NoKey() }
        let checkpoint = Checkpoint(origin: name, head: head)
        var note = SignedNote(text: checkpoint.text, signatures: [try signer.signature(of: checkpoint.text, by: key)])
        for (witness, secret) in witnesses {
            note.add([try witness.signature(of: checkpoint.text, by: secret, at: 1_773_806_400)])
        }
        return note.bytes
    }

    func snapshot(_ seen: inout HighWater, policy: WitnessPolicy = .none) -> Snapshot {
        PublicationReader(folder: folder.path, root: issuer.root, policy: policy).snapshot(&seen, now: .noon)
    }

    func snapshot(policy: WitnessPolicy = .none) -> Snapshot {
        var seen = HighWater()
        return snapshot(&seen, policy: policy)
    }
}

extension Result where Failure == PublicationError {
    var code: PublicationError.Code? { if case .failure(let error) = self { error.code } else { nil } }
}
