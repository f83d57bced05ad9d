package import OpenSSL
import Publication
package import Registry

/// How far the acts of a registry had come, kept in a file of its own: a registry that knows less was put back, or lost its end.
///
/// A copy kept anywhere else, on another disk or on paper, serves `licet doctor --anchor` as well.
package struct Anchor: Hashable, CustomStringConvertible {
    /// How many acts there were.
    package let acts: Int
    /// The hash of the last one, which stands for all of them.
    package let head: Digest
    /// Of the acts that say who the officers are and what needs approval, which are looked at before anything is done.
    package let rules: Digest

    /// Of a registry as it is now; nil of one that has no acts.
    package init?(of session: Registry.Session) throws {
        guard let head = try session.head() else { return nil }
        acts = head.number
        self.head = head.hash
        rules = try session.rules(upTo: head.number)
    }

    /// The file's text.
    package var description: String { "licet anchor 1\nacts \(acts)\nhead \(head)\nrules \(rules)\n" }

    /// - Throws: ``AuthorityError/Code/rolledBack`` when the file is missing or damaged.
    package init(file path: String) throws(AuthorityError) {
        let bytes: [UInt8]
        do { bytes = try DurableFile.read(path, limit: 1_024, regularOnly: true) } catch {
            throw AuthorityError(
                .rolledBack,
                "\(path), which says how far the registry had come, cannot be read (\(error.reason)); \(Self.advice)"
            )
        }
        guard let anchor = Anchor(text: String(decoding: bytes, as: UTF8.self)) else {
            throw AuthorityError(.rolledBack, "\(path) is damaged; \(Self.advice)")
        }
        self = anchor
    }

    /// Reads ``description``; nil for anything else.
    package init?(text: String) {
        let lines = text.split(separator: "\n").map { $0.split(separator: " ") }
        guard lines.count == 4, lines[0] == ["licet", "anchor", "1"], lines[1].count == 2, lines[1][0] == "acts",
            lines[2].count == 2, lines[2][0] == "head", let acts = Int(lines[1][1]), acts > 0,
            let head = [UInt8](hexadecimal: lines[2][1]).flatMap({ Digest(bytes: $0) }),
            lines[3].count == 2, lines[3][0] == "rules",
            let rules = [UInt8](hexadecimal: lines[3][1]).flatMap({ Digest(bytes: $0) })
        else { return nil }
        self.acts = acts
        self.head = head
        self.rules = rules
    }

    /// What to do.
    fileprivate static let advice =
        "`licet doctor` says more; bring the right file back, or take on what is there with `licet restore --as-it-is`"
}

extension Registry.Session {
    /// Why the registry is not one that came after `anchor`; nil when it is.
    package func contradiction(to anchor: Anchor) throws -> String? {
        guard let head = try head() else { return "the registry has no acts, and there were \(anchor.acts)" }
        if head.number < anchor.acts {
            return "the registry has \(head.number) acts, and there were \(anchor.acts) already"
        }
        guard try hash(ofAct: anchor.acts) == anchor.head else {
            return "act \(anchor.acts) of the registry is another than there was"
        }
        return try rules(upTo: anchor.acts) == anchor.rules
            ? nil : "the officers, the policy or the ended keys of the registry are others than there were"
    }
}

extension Home {
    package var anchor: String { "\(path)/anchor" }
    /// Held by whoever has the authority open, and alone by who puts another registry in its place.
    package var registryLock: String { "\(path)/registry.lock" }
    /// Held while the anchor moves.
    private var anchorLock: String { "\(path)/anchor.lock" }

    /// Reads one state of a registry that is not older than it was, nor another.
    ///
    /// The anchor is read first: what others record meanwhile moves it, and the state may be from before.
    ///
    /// - Throws: ``AuthorityError/Code/rolledBack``
    package func read<Value>(_ registry: Registry, _ body: (Registry.Session) throws -> Value) throws -> Value {
        let anchor = try Anchor(file: anchor)
        return try registry.read { session in
            try check(session, against: anchor)
            return try body(session)
        }
    }

    /// Refuses a registry that is older than it was, or another, in a transaction that holds it alone.
    ///
    /// - Throws: ``AuthorityError/Code/rolledBack``
    func checkAnchor(_ session: Registry.Session) throws { try check(session, against: Anchor(file: anchor)) }

    private func check(_ session: Registry.Session, against anchor: Anchor) throws {
        if let contradiction = try session.contradiction(to: anchor) {
            throw AuthorityError(
                .rolledBack,
                "\(contradiction): an older copy was put back, or acts were taken away; nothing is done with it. \(Anchor.advice)"
            )
        }
    }

    /// Refuses to build on acts that were added since the anchor moved, or on a last one, that their officers have not signed.
    ///
    /// - Throws: ``AuthorityError/Code/rolledBack``
    package func checkTail(_ session: Registry.Session) throws {
        let anchored = (try? Anchor(file: anchor))?.acts ?? .max
        guard let head = try session.head(),
            let fault = try session.faultOfTail(from: min(anchored, head.number)) ?? session.faultOfRules()
        else { return }
        throw AuthorityError.tampered(fault, "nothing is done with it")
    }

    /// Brings the anchor to `head`, which is on the disk; never back, since processes that follow each other may get here in any order.
    func moveAnchor(to head: Anchor) throws {
        let lock = try FileLock(path: anchorLock)
        defer { _ = lock }
        if let present = try? Anchor(file: anchor), present.acts >= head.acts { return }
        try write(head)
    }

    package func write(_ anchor: Anchor) throws {
        try DurableFile.write(Array(anchor.description.utf8), to: self.anchor)
    }
}
