import Authority
import Publication
import Registry

/// The acts since the last publication, along which everything goes before it is signed.
extension Authority {
    /// The acts that were looked at before anything is signed.
    struct Traced {
        /// Those that are bound and signed.
        let sound: SoundActs
        /// The last of them.
        let head: Anchor
        /// The lists that there were.
        let lists: [StatusListRecord]
        let last: LastPublication?
        let folder: FolderBefore
        /// The entries with acts since this registry published last; nil where nobody knows what that was, and each must be looked at.
        let touched: [StatusListRecord.Name: Set<Int>]?
    }

    /// Goes along the acts since this registry published last; along all of them where what lies in `folder`, or where it was laid last,
    /// is not what it published.
    ///
    /// The registry counts changes as well; but who can write the file can count otherwise, and a revocation would stay unpublished.
    func trace(
        in folder: String,
        _ session: Registry.Session,
        _ log: inout LogWriter?,
        _ checking: (Int, Int) -> Void
    ) throws -> Traced {
        guard let head = try Anchor(of: session) else { throw RegistryError(.storage, "the registry has no acts") }
        let lists = try session.statusLists()
        if try !session.usedLists().isSubset(of: lists.map(\.name)) {
            throw Self.tampered("a status list is gone on which there are licences")
        }
        if let fault = try session.faultOfListNumbers() { throw Self.tampered(fault) }
        if let fault = try faultsOfKeys(session).first { throw Self.tampered(fault) }
        let trust = try newestTrust(session)
        let last = LastPublication(at: home)
        let before = try FolderBefore(folder, last, log, session)
        let isWhole =
            trust.map { trust in
                lists.allSatisfy { before.lists(of: $0, trust: trust).isOurs }
            } ?? false
        var first = 1
        if isWhole, let last, try session.contradiction(to: last.head) == nil { first = last.head.acts + 1 }
        let touched: [StatusListRecord.Name: Set<Int>]?
        if var writer = log {
            let next = try actsToTell(of: session, lists, &writer)
            let start = min(first, next)
            // What was published tells of acts that the log does not: a publication was broken off.
            let all = try trace(from: start, logged: next, session, &writer) {
                checking($0 - start + 1, head.acts - start + 1)
            }
            touched = start == first ? all : try trace(from: first, session)
            log = writer
        } else {
            touched = try trace(from: first, session) { checking($0 - first + 1, head.acts - first + 1) }
        }
        return Traced(sound: session.soundActs, head: head, lists: lists, last: last, folder: before, touched: touched)
    }

    func trace(
        from first: Int,
        _ session: Registry.Session,
        progress: (Int) -> Void = { _ in }
    ) throws -> [StatusListRecord.Name: Set<Int>]? {
        do { return try session.trace(from: first, progress: progress) } catch let error as RegistryError
            where error.code == .tampered
        { throw Self.tampered(error.reason) }
    }

    /// The same, and tells the log of the acts from `logged` on, or from where it has come to.
    func trace(
        from first: Int,
        logged: Int? = nil,
        _ session: Registry.Session,
        _ log: inout LogWriter,
        progress: (Int) -> Void = { _ in }
    ) throws -> [StatusListRecord.Name: Set<Int>]? {
        let next = logged ?? (log.told?.acts ?? 0) + 1
        var writer = log
        let touched: [StatusListRecord.Name: Set<Int>]?
        do {
            touched = try session.trace(from: first, logged: next, progress: progress) { try writer.append($0) }
        } catch let error as RegistryError where error.code == .tampered { throw Self.tampered(error.reason) }
        if let head = try session.head() { writer.tell(upTo: head.number, head.hash) }
        log = writer
        return touched
    }

    static func tampered(_ what: String) -> AuthorityError {
        AuthorityError.tampered(what, "nothing of it is published")
    }

    func newestTrust(_ session: Registry.Session) throws -> TrustList? {
        try session.newestTrustList().flatMap { newest in
            try? trustList(newest)
        }
    }
}
