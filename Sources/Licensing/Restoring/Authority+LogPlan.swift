import Authority
import Foundation
import Licence
import Publication
import Registry
import TransparencyLog

extension Authority {
    /// Lets the next publication begin another log, with the act of the registry that says so, and puts what there is of one aside.
    ///
    /// Until this is done nothing is published.
    func beginLog(with act: Act, replacing replaced: TreeHead?) throws -> [String] {
        var remarks: [String] = []
        if FileManager.default.fileExists(atPath: home.log) {
            let aside = Self.freeName("\(home.log).before")
            try DurableFile.move(home.log, to: aside)
            remarks.append("the log that was here lies in \(aside)")
        }
        try DurableFile.makeFolder(home.log)
        try LogBeginning(act, replaced: replaced).write(in: home.log)
        return remarks
    }
}

extension Authority {
    /// How the log goes on with what is published in `publication`; nil: nothing ever was.
    func logPlan(
        with publication: String?,
        isLost: Bool,
        _ published: Published,
        at desk: Desk,
        numbersBefore: [String: Int]
    ) throws -> (LogPlan, RestoredLog) {
        let session = desk.session
        let known = try session.keys(of: record)
        let begun = LogBeginning(in: home.log)
        // Where another log is signed, the one of before is gone on from no more.
        let began = try session.logBeginning()?.logBegan
        let isPublished = began.map { began in
            let first = publication.flatMap { LogFolder("\($0)/\(AuthorityLog.folder)").firstEnd() }
            return first.map { $0 >= began } ?? false
        }
        let isSigned = begun?.stage == .toLay || isPublished ?? false
        let last = isSigned ? LastPublication(at: home) : LastPublication.ofLog(at: home)
        // The lists of a log of before say nothing of one that began since.
        var ofLists = SeenLog()
        if begun == nil { ofLists.see(published.claims) }
        var seen = ofLists
        if let head = last?.log { seen.see(head, of: LastPublication.logInWords) }
        let newest = try session.newestTrustList()?.sequence ?? 0
        let isNewer = published.trust.map { $0.list.sequence > newest && $0.list != publishedTrustList() } ?? false
        let isRecorded = try session.hasPublished() || !numbersBefore.isEmpty
        let all = known + (published.trust?.list.keys ?? []).filter { !known.contains($0) }
        let log = RestoredLog(
            home: home,
            keys: try logKeys(all),
            seen: seen,
            ofLists: ofLists,
            revoked: Set(try logKeys(all) { $0.revocation != nil }),
            hasLists: isRecorded || last.map { !$0.files.isEmpty || $0.log != nil } ?? false || !published.files.isEmpty
                || !published.damaged.isEmpty,
            hasNewerTrust: isNewer,
            publishedTo: last?.folder,
            begun: begun
        )
        var plan =
            try publication.map { try logPlan(log, publishedIn: $0, isLost: isLost) } ?? logPlan(log, last, at: desk)
        plan.beginning = try log.beginning(of: plan.way, session.logBeginning())
        return (plan, log)
    }

    private func logPlan(_ log: RestoredLog, publishedIn folder: String, isLost: Bool) throws -> LogPlan {
        do { return try log.plan(publishedIn: folder) } catch let error as RestoredLog.Standstill {
            if isLost { return LogPlan(way: .anew(replaced: error.replaced), remarks: [error.reason]) }
            throw AuthorityError(.request, "\(error.reason): \(log.advice)")
        }
    }

    /// Where nothing was named.
    private func logPlan(_ log: RestoredLog, _ last: LastPublication?, at desk: Desk) throws -> LogPlan {
        var plan = log.planWithoutPublication()
        guard log.hasLists else { return plan }
        if case .own = plan.way, last?.log != nil { return plan }
        plan.remarks.append(
            "LISTS WERE PUBLISHED BEFORE, and nothing of them was looked at: who was revoked since may be valid again. Wherever a copy "
                + "of them is, take the registry on once more with --publication"
        )
        if case .own = plan.way {
            let keys = try desk.session.keys(of: record).filter { $0.purpose == .log && $0.revocation == nil }
            plan.remarks.append(Self.needsAnotherKey("WHERE READERS SAW A LONGER LOG", instead: keys, desk.now))
        }
        return plan
    }
}
