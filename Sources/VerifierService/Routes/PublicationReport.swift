import Licence
import Publication
import TransparencyLog

/// What is loaded, how old it is, and what is wrong with it.
struct PublicationReport: Encodable {
    let trustList: File?
    let log: Log?
    let lists: [File]
    /// Empty when verdicts can be relied on.
    let faults: [String]

    struct File: Encodable {
        let path: String
        let sequence: Int
        let issuedAt: String
        let expires: String
        let ageSeconds: Int64
    }

    struct Log: Encodable {
        let origin: String
        let size: Int
        let witnesses: [String]
    }

    init(_ publication: LoadedPublication, now: Instant) {
        let snapshot = publication.snapshot
        var faults = publication.refusals.map(\.description)
        func file(_ path: String, _ sequence: Int, from issuedAt: Instant, to expires: Instant) -> File {
            if now >= expires { faults.append("\(path): expired at \(expires)") }
            if issuedAt > now.adding(seconds: PublicationReader.clockSkew) {
                faults.append("\(path): issued ahead of this clock")
            }
            return File(
                path: path,
                sequence: sequence,
                issuedAt: issuedAt.description,
                expires: expires.description,
                ageSeconds: now.since(issuedAt)
            )
        }
        trustList = (try? snapshot.trust.get()).map {
            file(TrustList.path, $0.sequence, from: $0.issuedAt, to: $0.nextUpdate)
        }
        log = (try? snapshot.log?.get()).map { head in
            Log(
                origin: head.checkpoint.origin,
                size: head.head.size,
                witnesses: head.witnesses.keys.map(\.name).sorted()
            )
        }
        let status = snapshot.statusLists.mapValues { try? $0.get().claims }
        let issued = snapshot.issuedLists.mapValues { try? $0.get().claims }
        lists = status.merging(issued) { list, _ in list }.sorted { $0.key < $1.key }.compactMap { path, claims in
            claims.map { file(path, $0.sequence, from: $0.issuedAt, to: $0.expires) }
        }
        for path in Self.partners(of: lists.map(\.path)) where !faults.contains(where: { $0.hasPrefix("\(path):") }) {
            faults.append("\(path): is not in the publication")
        }
        if trustList == nil, faults.isEmpty { faults.append("\(TrustList.path): is not loaded") }
        self.faults = faults
    }

    /// Lists that should be there because the other of the pair is: without both no verdict is possible.
    private static func partners(of paths: [String]) -> [String] {
        let partners = paths.compactMap { path in
            ListKind(path: path).map { kind in
                (kind == .status ? ListKind.issued : .status).path(named: kind.name(at: path))
            }
        }
        return partners.filter { !paths.contains($0) }
    }
}
