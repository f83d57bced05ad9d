import OpenSSL
import Publication

extension LoadedPublication {
    /// What was read, with believed files of `earlier` in the places of those that were not.
    ///
    /// `known` are the paths of all files that were ever believed; one that is gone is a refusal.
    convenience init(
        _ read: Snapshot,
        files: [String: PublishedFile],
        known: [String],
        holdingOnTo earlier: LoadedPublication?
    ) {
        let trust: TrustList
        do { trust = try read.trust.get() } catch {
            if let earlier, case .success = earlier.snapshot.trust {
                self.init(snapshot: earlier.snapshot, files: earlier.files, refusals: [error])
            } else {
                self.init(snapshot: read, files: [:], refusals: [error])
            }
            return
        }
        var held = Held(files: files, earlier: earlier?.files ?? [:], newest: read.table)
        let believeStatus = { (path: String, bytes: [UInt8]) throws(PublicationError) in
            try StatusList(bytes, path: path, trust: trust)
        }
        let believeIssued = { (path: String, bytes: [UInt8]) throws(PublicationError) in
            try IssuedList(bytes, path: path, trust: trust)
        }
        let statusLists = held.lists(read.statusLists, known.filter { ListKind(path: $0) == .status }, believeStatus)
        let issuedLists = held.lists(read.issuedLists, known.filter { ListKind(path: $0) == .issued }, believeIssued)
        var (log, refusals) = (read.log, held.refusals)
        if case .failure(let error)? = read.log {
            if !refusals.contains(error) { refusals.append(error) }
            if let before = earlier?.snapshot.log, case .success = before {
                log = before
                held.keep(AuthorityLog.checkpoint)
            }
        }
        self.init(
            snapshot: Snapshot(
                trust: .success(trust),
                log: log,
                table: read.table ?? earlier?.snapshot.table,
                statusLists: statusLists,
                issuedLists: issuedLists,
                digests: read.digests.merging(earlier?.snapshot.digests ?? [:]) { now, _ in now }
            ),
            files: held.files,
            refusals: refusals
        )
    }
}

/// Lists on their way from one publication to the next.
private struct Held {
    private(set) var files: [String: PublishedFile]
    let earlier: [String: PublishedFile]
    /// What the log tells of now; nil where that is not known.
    let newest: ListTable?
    private(set) var refusals: [PublicationError] = []

    init(files: [String: PublishedFile], earlier: [String: PublishedFile], newest: ListTable?) {
        self.files = files
        self.earlier = earlier
        self.newest = newest
    }

    /// Whether the log tells of no newer one than an earlier file.
    private func isNewest(_ path: String, _ file: PublishedFile) -> Bool {
        newest.map { $0[path]?.digest.description == file.mark } ?? true
    }

    /// Leaves the earlier file in its place.
    mutating func keep(_ path: String) { files[path] = earlier[path] }

    /// The lists of `read`; where one failed or is gone, the earlier one if `believe` still takes its bytes.
    mutating func lists<List>(
        _ read: [String: Result<List, PublicationError>],
        _ known: [String],
        _ believe: (String, [UInt8]) throws(PublicationError) -> List
    ) -> [String: Result<List, PublicationError>] {
        var lists = read
        for path in Set(read.keys).union(known).sorted() {
            let found = read[path] ?? .failure(PublicationError(.missing, file: path, "is not in the publication"))
            guard case .failure(let refusal) = found else { continue }
            // Of all lists it may be the log's.
            if refusals.last != refusal { refusals.append(refusal) }
            lists[path] = found
            // The key that signed it may have been revoked since; and one of which the log tells anew says nothing any more.
            if let file = earlier[path], isNewest(path, file), let bytes = file.bytes,
                let list = try? believe(path, bytes)
            {
                lists[path] = .success(list)
                files[path] = file
            }
        }
        return lists
    }
}
