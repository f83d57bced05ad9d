import Authority
import Licence
import LicenceCode
import OpenSSL
import Publication
import Registry

/// What was published after a copy of the registry was made, and is lost where the copy is put back.
extension Authority {
    /// Does again what was published and is lost: nobody who was revoked is valid again because a disk failed.
    func catchUp(with tellers: [Told.Teller], _ list: StatusListRecord, _ restore: Int, at desk: Desk) throws
        -> [String]
    {
        var remarks: [String] = []
        let tellers = tellers.sorted { $0.until > $1.until }
        for entry in try desk.session.entries(of: list) {
            if tellers.contains(where: { $0.isOfOther(than: entry.digest, at: entry.index) }) {
                remarks.append("entry \(entry.index) of list \(list.name) was published for another code; look at it")
                continue
            }
            // What has ended stays so, whoever says it; else the last word counts.
            let words = tellers.compactMap { teller in teller.status(at: entry.index).map { (told: $0, teller.until) } }
                .filter { $0.told != .neverIssued }
            guard let (told, until) = words.first(where: \.told.isEnd) ?? words.first, told != entry.status,
                let reference = ListReference(list: list.number, index: entry.index),
                let present = try desk.session.licence(at: reference, in: list.office)
            else { continue }
            // What was done after it was published last is not lost.
            if told.isReversible {
                let (acts, story) = try story(of: present, desk.session)
                let isLater = acts.last.map { $0.at > until } ?? false
                if isLater, story.wasEver(told, present.licence.version) { continue }
            }
            if told == .neverIssued || entry.status.isEnd && entry.status.canFollow(told) { continue }
            let name = "\(present.creditCode) v\(present.licence.version)"
            guard let act = told.act, (try? outcome(of: act, on: present, at: desk)) == .status(act.target ?? .valid)
            else {
                remarks.append("\(name) was published as \(told) and is \(present.status.rawValue) here; look at it")
                continue
            }
            let why =
                told == .superseded
                ? "its next version is lost, or it moved away; find out what became of it before you resume it"
                : "published before the loss" + (told.isReversible ? "; find out why before you resume it" : "")
            try desk.session.setStatus(act.target ?? .valid, of: present)
            try desk.record(
                Deed(
                    .licence(act),
                    on: present.subject,
                    digest: present.code.digest,
                    reference: restore,
                    reason: "registry put back: \(why)"
                )
            )
            remarks.append("\(name) is \(act.target?.rawValue ?? "") again: \(why)")
        }
        return remarks
    }

    /// What was told of licences that are lost: nobody knows any more which they were.
    func lostLicences(_ told: Told, _ session: Registry.Session) throws -> String? {
        let lists = Dictionary(try session.statusLists().map { ($0.name.description, $0) }) { first, _ in first }
        var counts: [ListedStatus: Int] = [:]
        for (name, tellers) in told.tellers {
            let known = Set(try lists[name].map { try session.entries(of: $0).map(\.index) } ?? [])
            var lost: [Int: ListedStatus] = [:]
            for teller in tellers.sorted(by: { $0.until < $1.until }) {
                for (index, status) in teller.issued where !known.contains(index) { lost[index] = status }
            }
            for status in lost.values { counts[status, default: 0] += 1 }
        }
        if counts.isEmpty { return nil }
        let words = counts.sorted { $0.key.rawValue < $1.key.rawValue }.map { "\($0.value) as \($0.key)" }
        return
            "licences, or versions of them, that are lost were published: \(words.joined(separator: ", ")); ask the businesses and look into the papers before you "
            + "issue, change or resume"
    }

    static func notTakenOver(_ code: AuthorityError.Code, _ reason: String) -> AuthorityError {
        AuthorityError(
            code,
            "the published trust list is not taken over: \(reason). Keys were made since an older registry was put back: put the backup back "
                + "once more, with this publication; what was done since is lost"
        )
    }

    /// Takes over a trust list that is newer than the registry's, and the keys that only it knows.
    func takeOver(_ list: TrustList, _ bytes: [UInt8], _ restore: Int, at desk: Desk) throws -> [String] {
        let session = desk.session
        let remarks = try adoptLostKeys(of: list, reference: restore, at: desk) { key in
            "key \(key.number) of \(key.name.zh) was taken over from the published trust list"
        }
        let previous = try session.newestTrustList().map { try trustList($0) }
        do { try session.accept(list, bytes: bytes, after: previous, of: record) } catch let error as AuthorityError {
            throw Self.notTakenOver(error.code, error.reason)
        }
        // Those between are lost; this says why they are not there.
        try desk.record(
            Deed(
                .authority(.acceptTrustList),
                digest: Digest(of: bytes),
                reference: restore,
                reason: "trust list \(list.sequence), published before the loss"
            )
        )
        return remarks
    }
}

extension ListedStatus {
    /// What leads to it again; a licence whose next version is lost rests until somebody makes that again.
    fileprivate var act: LicenceAct? {
        switch self {
        case .revoked: .revoke
        case .suspended, .superseded: .suspend
        case .cancelled: .cancel
        case .annulled: .annul
        case .dormant: .dormant
        case .valid, .neverIssued: nil
        }
    }
}

extension LicenceAct {
    /// The status that it ends in whatever was before; nil for acts that make a version.
    fileprivate var target: LicenceStatus? {
        if case .status(let status) = outcome(from: .valid) { status } else { nil }
    }
}
