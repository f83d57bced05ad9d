package import Authority
import Foundation
package import Licence
import OpenSSL
import Publication
import Registry

extension Authority {
    /// What was taken on again.
    package struct Restored {
        /// How many acts the registry has now, the one that says so included.
        package let acts: Int
        /// How many acts there had been; nil where nobody knows.
        package let actsBefore: Int?
        /// Where the registry lies that was there before; nil where it was taken on as it is.
        package let keptAside: String?
        /// What must be looked at.
        package let remarks: [String]
    }

    /// A copy of the registry.
    package struct Backup {
        /// How far it goes.
        package let anchor: Anchor
        /// What is wrong with its acts or missing, so that it could not be put back; nil where nothing is.
        package let fault: String?
    }

    /// Copies the registry into a file that needs no other, while others go on with it.
    ///
    /// A copy whose acts are not all bound and signed stays as well, for whoever looks for what happened. `copying` is told how many of how
    /// many pages are done, `checking` how many of how many acts.
    package func backUp(
        to path: String,
        copying: (Int, Int) -> Void = { _, _ in },
        checking: (Int, Int) -> Void = { _, _ in }
    ) throws -> Backup {
        try home.read(registry) { _ in }
        let temporary = "\(path).\(UInt32.random(in: .min ... .max)).tmp"
        defer { unlink(temporary) }
        try DurableFile.write([], to: temporary, mode: 0o600)
        try registry.copy(to: temporary, progress: copying)
        let copy = try Registry(path: temporary)
        let (damage, anchor) = try copy.read { (try $0.brokenPages(), try Anchor(of: $0)) }
        guard damage.isEmpty, let anchor else {
            throw AuthorityError(.storage, "the copy is damaged: \(damage.first ?? "it has no acts")")
        }
        let fault = try copy.read { session in
            try session.faultOfTail(from: 1) { checking($0, anchor.acts) } ?? session.orphans().first
        }
        try copy.fold()
        try DurableFile.move(temporary, to: path)
        return Backup(anchor: anchor, fault: fault)
    }

    static func freeName(_ name: String) -> String {
        let names = [name] + (2...9_999).map { "\(name)-\($0)" }
        return names.first { !FileManager.default.fileExists(atPath: $0) }
            ?? "\(name)-\(UInt32.random(in: .min ... .max))"
    }

    /// Puts the copy at `path` in the place of the registry, or takes on the one that lies there when `path` is nil; the officer answers
    /// for what is lost with it, in an act of its own.
    ///
    /// Every office begins a new status list, files get greater numbers than those that `publication`, the log or the home knows, and keys
    /// that only the published trust list still knows are taken over from it: no index, number or key comes twice. Without a publication
    /// nothing was ever published.
    /// The log goes on where readers saw it; with `isLogLost` another may begin where nobody has that any more.
    package static func restore(
        _ path: String?,
        at home: Home,
        publication: String?,
        isLogLost: Bool = false,
        reason: String,
        officer: String,
        prompt: @escaping SecretPrompt,
        now: @autoclosure () -> Instant
    ) throws -> Restored {
        try home.checkOwnership()
        let lock = try FileLock(path: home.registryLock, waiting: false)
        defer { _ = lock }
        let before = try? Anchor(file: home.anchor)
        let draft = path == nil ? home.registry : "\(home.registry).new"
        func sweep() { for name in [draft, "\(draft)-wal", "\(draft)-shm"] where path != nil { unlink(name) } }
        sweep()
        // Once it has the registry's name, nothing is left to sweep.
        defer { sweep() }
        if let path {
            if DurableFile.mayBeWrittenByOthers(path) {
                throw AuthorityError(.key, "\(path) may be written by others; `chmod go-w` it, and ask who had access")
            }
            try DurableFile.copy(path, to: draft, mode: 0o600)
            let start = try FileHandle(forReadingAtPath: draft)?.read(upToCount: 16)
            guard start == Data("SQLite format 3\0".utf8) else {
                throw PublicationError(.unreadable, file: path, "is no copy of a registry")
            }
        }
        let authority = try Authority(home: home, registry: draft, prompt: prompt, presence: Presence(unlocked: ()))
        if let damage = try authority.registry.read({ try $0.damage() }).first {
            throw AuthorityError(.storage, "\(path ?? draft) is damaged: \(damage)")
        }
        let present = path == nil ? nil : try? Registry(path: home.registry)
        // Of a registry that somebody has tampered with nothing is believed.
        let first = try? present?.read { session in
            try session.act(1).flatMap { try session.fault(of: $0) == nil ? $0.hash : nil }
        }
        if let first, try authority.registry.read({ try $0.hash(ofAct: 1) }) != first {
            throw AuthorityError(.rolledBack, "\(path ?? draft) is the registry of another authority")
        }
        let rules = Rules.of(present, before)
        var (remarks, beginning) = try authority.takeOn(
            before,
            publication,
            isLogLost: isLogLost,
            rules,
            numbersBefore: (try? present?.read { try $0.publishedNumbers() }) ?? [:],
            reason: reason,
            officer: officer,
            now: now
        )
        let (head, begins) = try authority.registry.read { (try Anchor(of: $0), try $0.logBeginning()) }
        guard let anchor = head else { throw AuthorityError(.storage, "the registry has no acts") }
        var keptAside: String?
        if path != nil {
            try authority.registry.fold()
            let aside = freeName("\(home.registry).before-\(anchor.acts)")
            keptAside = FileManager.default.fileExists(atPath: home.registry) ? aside : nil
            // The log first: with a registry that it is not of, it would ruin it.
            for suffix in ["-wal", "-shm", ""] where FileManager.default.fileExists(atPath: home.registry + suffix) {
                try DurableFile.move(home.registry + suffix, to: aside + suffix)
            }
            try DurableFile.move(draft, to: home.registry)
        }
        try home.write(anchor)
        // Only now that the registry says so.
        switch (beginning, begins) {
        case (.begins(let replaced), let act?): remarks += try authority.beginLog(with: act, replacing: replaced)
        case (.carried(let begun), let act?): try begun.carried(to: act).write(in: home.log)
        default: break
        }
        return Restored(acts: anchor.acts, actsBefore: before?.acts, keptAside: keptAside, remarks: remarks)
    }

    private func takeOn(
        _ before: Anchor?,
        _ publication: String?,
        isLogLost: Bool,
        _ rules: Result<Rules, Rules.Unbelieved>?,
        numbersBefore: [String: Int],
        reason: String,
        officer: String,
        now: () -> Instant
    ) throws -> (remarks: [String], LogPlan.Beginning) {
        var beginning = LogPlan.Beginning.none
        var remarks: [String] = []
        let published = try Published(in: publication ?? "", of: self)
        if let publication, published.trust == nil {
            throw AuthorityError(
                .request,
                "\(publication) holds no trust list of this authority: name what is published now with --publication, since it alone "
                    + "tells what was done after the copy was made; or say --nothing-published"
            )
        }
        remarks += published.remarks
        try write(as: officer, isAnchored: false, now: now) { desk in
            let session = desk.session
            guard desk.officer.isSupervisor else {
                throw AuthorityError(.officer, "only a supervisor takes on a registry from before; \(officer) is none")
            }
            // The signature of this would vouch for what nobody has signed.
            if let fault = try session.faultOfTail(from: 1) {
                throw AuthorityError(.rolledBack, "\(fault); a registry whose acts nobody vouches for is not taken on")
            }
            let lost = before.map { "; there had been \($0.acts) acts, the last one \($0.head)" } ?? ""
            // Before anything of the publication is taken over.
            let (plan, log) = try logPlan(
                with: publication,
                isLost: isLogLost,
                published,
                at: desk,
                numbersBefore: numbersBefore
            )
            let isOtherwise = try before.map { try $0.rules != session.rules(upTo: .max) } ?? false
            let rulesLost = isOtherwise && (try? rules?.get()) == nil
            // First: what follows rests on it.
            let restore = try session.record(
                Deed(
                    .authority(.restore),
                    digest: before?.head,
                    reason: reason,
                    detail:
                        "taken on after act \(try session.head()?.number ?? 0)\(lost)\(rulesLost ? Deed.rulesLost : "")"
                        + plan.beginning.detail
                ),
                by: desk.officer.number,
                at: desk.now
            )
            switch rules {
            case .success(let rules)?: remarks += try keep(rules, restore, at: desk)
            case .failure(let why)?: remarks.append("who may do what is as the copy says: \(why.reason)")
            case nil: break
            }
            if rulesLost {
                remarks.append(
                    "THE OFFICERS OR THE POLICY HAD BEEN OTHERS; look at `licet officer list` and `licet policy`, and set again what is lost"
                )
            }
            if let (list, bytes) = published.trust {
                let newest = try session.newestTrustList().map { try trustList($0) }
                if list.sequence > newest?.sequence ?? 0 {
                    remarks += try takeOver(list, bytes, restore, at: desk)
                } else if let fault = newest?.faults(after: list).first, newest != list {
                    throw Self.notTakenOver(.request, fault)
                }
            }
            beginning = plan.beginning
            remarks += plan.remarks
            if let before, before.acts < restore - 1 {
                remarks.append(
                    "THIS HOME IS OLDER THAN THE REGISTRY that is taken on: it knows of \(before.acts) acts, and there are \(restore - 1). Where the "
                        + "rest of it was put back from a copy, its log and what lies in its publication may be older than what readers saw: "
                        + "find the newest of both, and take the registry on once more with that, before you publish"
                )
            }
            if case .takenOver(let published) = plan.way {
                remarks += try log.takeOver(published)
                if case .stays(let begun) = beginning {
                    try begun.write(in: home.log)
                    unlink(home.publishedBefore)
                }
            }
            remarks += try [remarkOfLogBeginning(session)].compactMap { $0 }
            let told = try Told(published, in: publication, plan.way, at: home, session, numbersBefore, now: desk.now)
            remarks += told.remarks
            if let lost = try lostLicences(told, session) { remarks.append(lost) }
            for list in try session.statusLists() {
                guard let tellers = told.tellers[list.name.description] else { continue }
                remarks += try catchUp(with: tellers, list, restore, at: desk)
            }
            try session.beginNewLists(after: told.lists)
            try session.raiseSequences(to: told.numbers)
            // What was published is in the named publication now, and was asked. Gone before the registry is another one: where this
            // breaks off, publishing looks at everything.
            try LastPublication.forget(at: home)
            if let bytes = published.trust?.bytes { try DurableFile.write(bytes, to: home.publishedTrustList) }
        }
        return (remarks, beginning)
    }
}
