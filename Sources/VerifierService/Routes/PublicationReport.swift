import Licence

/// What is loaded, how old it is now, and what is wrong with it.
struct PublicationReport: Encodable {
    let trustList: File?
    let log: PublicationContents.Log?
    let lists: [File]
    /// When everything was last fetched; nil where the publication is a folder.
    let syncedAt: String?
    /// Empty when verdicts can be relied on.
    let faults: [String]

    struct File: Encodable {
        let path: String
        let sequence: Int
        let issuedAt: String
        let expires: String
        let ageSeconds: Int64
    }

    /// `fault` is what is wrong with the way on which the publication comes.
    init(_ contents: PublicationContents, now: Instant, syncedAt: Instant? = nil, fault: String? = nil) {
        let files = (contents.statusLists + contents.issuedLists).sorted { $0.path < $1.path }
        trustList = contents.trustList.map { File($0, now: now) }
        log = contents.log
        lists = files.map { File($0, now: now) }
        self.syncedAt = syncedAt?.description
        faults =
            contents.faults + [fault].compactMap { $0 }
            + ([contents.trustList].compactMap { $0 } + files).flatMap { $0.faults(at: now) }
    }
}

extension PublicationReport.File {
    fileprivate init(_ file: PublicationContents.File, now: Instant) {
        self.init(
            path: file.path,
            sequence: file.sequence,
            issuedAt: file.issuedAt.description,
            expires: file.expires.description,
            ageSeconds: now.since(file.issuedAt)
        )
    }
}

extension PublicationContents.File {
    fileprivate func faults(at now: Instant) -> [String] {
        var faults: [String] = []
        if now >= expires { faults.append("\(path): expired at \(expires)") }
        if PublicationContents.isAhead(issuedAt, of: now) { faults.append("\(path): issued ahead of this clock") }
        return faults
    }
}
