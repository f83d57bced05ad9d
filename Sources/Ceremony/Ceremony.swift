package import Authority
import Foundation
package import Licence
package import OpenSSL
import Publication

/// Work on the root as a profile lays it down, with a transcript; or a rehearsal of it that leaves nothing behind.
package struct Ceremony {
    package let profile: CeremonyProfile
    private let home: Home
    private let isRehearsal: Bool
    private let room: Room
    private var transcript = Transcript()
    /// The root in hand; in a rehearsal its key is a throw-away one, whatever its certificate says.
    private var root: Root?
    /// What the root has signed last, in a rehearsal.
    private var previous: TrustList?
    /// Where the new root of each step is to be kept.
    private var places: [Int: KeyPlace] = [:]

    /// What a ceremony needs of those who are present.
    package struct Room {
        /// Asks for the passphrase of a new key, twice.
        package let newPassphrase: (String) throws -> Secret
        /// Asks for what opens a key that is there.
        package let prompt: SecretPrompt
        package let clock: () -> Instant
        /// Shows a line of the transcript as it is written.
        package let show: (String) -> Void
        /// Says which program is at work, for the transcript.
        package let program: String

        package init(
            newPassphrase: @escaping (String) throws -> Secret,
            prompt: @escaping SecretPrompt,
            clock: @escaping () -> Instant,
            show: @escaping (String) -> Void,
            program: String
        ) {
            self.newPassphrase = newPassphrase
            self.prompt = prompt
            self.clock = clock
            self.show = show
            self.program = program
        }
    }

    /// Where the transcript lies.
    package struct Record {
        /// For people.
        package let text: String
        /// Signed by the root.
        package let signed: String
    }

    package init(_ profile: CeremonyProfile, home: Home, isRehearsal: Bool, room: Room) {
        self.profile = profile
        self.home = home
        self.isRehearsal = isRehearsal
        self.room = room
    }

    /// Runs every step; returns where the transcript lies, or nil after a rehearsal.
    ///
    /// A step is done whole or not at all. When one fails, the steps before it stand, and the transcript of what was done is kept,
    /// signed where there is a root to sign it.
    package mutating func run() throws -> Record? {
        try check()
        // What would break off half-way shows before anything is done.
        if !isRehearsal { try rehearse() }
        try unlock()
        open()
        do {
            for (number, step) in profile.steps.enumerated() { try run(step, number + 1) }
            note("finished")
        } catch {
            note("broken off: \(error)")
            if !isRehearsal {
                do { _ = try close() } catch { room.show("the transcript cannot be kept: \(error)") }
            }
            throw error
        }
        return isRehearsal ? nil : try close()
    }

    /// Goes through all steps once with throw-away keys and nobody looking.
    private func rehearse() throws {
        let silent = Room(
            newPassphrase: room.newPassphrase,
            prompt: room.prompt,
            clock: room.clock,
            show: { _ in },
            program: room.program
        )
        var rehearsal = Ceremony(profile, home: home, isRehearsal: true, room: silent)
        _ = try rehearsal.run()
    }

    // MARK: - Steps

    /// Refuses, before anything is done, what cannot be done.
    private func check() throws {
        var hasRoot = FileManager.default.fileExists(atPath: home.rootCertificate)
        if hasRoot, let whose = try home.readRoot().organisation, whose != profile.authority {
            throw AuthorityError(.profile, "it is for \(profile.authority), and \(home.path) has the root of \(whose)")
        }
        var outs: Set<String> = []
        for (number, step) in profile.steps.enumerated() {
            func refuse(_ reason: String) -> AuthorityError {
                AuthorityError(.profile, "step \(number + 1): \(reason)")
            }
            switch step {
            case .createRoot:
                if hasRoot { throw refuse("\(home.path) has a root already; roll-root makes its successor") }
                hasRoot = true
            case .rollRoot:
                if !hasRoot { throw refuse("\(home.path) has no root; create-root makes one") }
            case .answer(let request, let digest, let out):
                if !hasRoot { throw refuse("\(home.path) has no root to answer with") }
                do { _ = try Self.request(profile.path(request), digest) } catch let error as AuthorityError {
                    throw refuse(error.reason)
                }
                let path = profile.path(out)
                if FileManager.default.fileExists(atPath: path) || !outs.insert(path).inserted {
                    throw refuse("\(path) is there already")
                }
                do { try home.checkOutput(path) } catch let error as AuthorityError { throw refuse(error.reason) }
            }
        }
    }

    /// Asks for every passphrase and PIN before anything is done, so that a slip of the finger leaves nothing.
    private mutating func unlock() throws {
        for (number, step) in profile.steps.enumerated() {
            switch step {
            case .createRoot(let new), .rollRoot(let new):
                if case .rollRoot = step, number == 0 { _ = try rootInHand() }
                if let uri = new.token, isRehearsal { try KeyPlace.check(token: uri) }
                if !isRehearsal { places[number + 1] = try place(of: new, "the new root") }
            case .answer: if number == 0 { _ = try rootInHand() }
            }
        }
    }

    private mutating func run(_ step: CeremonyProfile.Step, _ number: Int) throws {
        switch step {
        case .createRoot(let new): try createRoot(new, number)
        case .rollRoot(let new): try rollRoot(new, number)
        case .answer(let file, let digest, let out): try answer(file, digest, out, number)
        }
    }

    private mutating func createRoot(_ new: CeremonyProfile.NewRoot, _ number: Int) throws {
        let (name, now) = (profile.authority, room.clock())
        let made =
            isRehearsal
            ? try Root(rehearsing: name, key: PrivateKey(algorithm: new.algorithm), years: new.years, now: now)
            : try home.makeRoot(
                of: name,
                new.algorithm,
                in: place(ofStep: number),
                years: new.years,
                now: now
            )
        root = made
        note("step \(number), create-root: made \(describe(made.certificate)), kept in \(new.custody)")
    }

    private mutating func rollRoot(_ new: CeremonyProfile.NewRoot, _ number: Int) throws {
        let (name, now) = (profile.authority, room.clock())
        let old = try rootInHand()
        let next =
            isRehearsal
            ? try old.successor(of: name, key: PrivateKey(algorithm: new.algorithm), years: new.years, now: now)
            : try home.makeSuccessor(
                of: old,
                named: name,
                new.algorithm,
                in: place(ofStep: number),
                years: new.years,
                now: now
            )
        root = next
        note("step \(number), roll-root: \(describe(old.certificate)) is followed by")
        note("    \(describe(next.certificate)), kept in \(new.custody)")
        note("    the key of the old root signs nothing any more: destroy it when every step after this is done")
    }

    private mutating func answer(_ file: String, _ digest: Digest, _ out: String, _ number: Int) throws {
        let request = try Self.request(profile.path(file), digest)
        let root = try rootInHand()
        note("step \(number), answer: \(file), SHA-256 \(digest)")
        let answer: Root.Answer
        let before: TrustList?
        if isRehearsal {
            before = try previous ?? home.lastAnswer(root)
            answer = try root.answer(request, after: before, now: room.clock(), isRehearsal: true)
            previous = answer.list
        } else {
            (answer, before) = try home.answer(request, by: root, to: profile.path(out), now: room.clock)
        }
        for line in answer.list.news(since: before) { note("    \(line)") }
        note(
            "    trust list \(answer.list.sequence), speaks until \(answer.list.nextUpdate), SHA-256 \(Digest(of: answer.bytes)): \(out)"
        )
    }

    // MARK: - Root, places and transcript

    private mutating func rootInHand() throws -> Root {
        if let root { return root }
        let opened = isRehearsal ? try Root(rehearsing: home) : try Root(in: home, prompt: room.prompt)
        root = opened
        return opened
    }

    private func place(ofStep number: Int) throws -> KeyPlace {
        guard let place = places[number] else {
            throw AuthorityError(.profile, "step \(number): has no place for a key")
        }
        return place
    }

    private func place(of new: CeremonyProfile.NewRoot, _ subject: String) throws -> KeyPlace {
        guard let uri = new.token else { return .file(passphrase: try room.newPassphrase(subject)) }
        return try KeyPlace(token: uri, prompt: room.prompt, subject: subject)
    }

    private static func request(_ path: String, _ digest: Digest) throws -> RootRequest {
        let bytes = try DurableFile.read(path, limit: RootRequest.maximumBytes)
        guard Digest(of: bytes) == digest else {
            throw AuthorityError(
                .request,
                "\(path) has SHA-256 \(Digest(of: bytes)), not \(digest): it is not what was agreed on"
            )
        }
        do { return try RootRequest(json: bytes) } catch let error as AuthorityError {
            throw AuthorityError(error.code, "\(path): \(error.reason)")
        }
    }

    private func describe(_ certificate: Certificate) -> String {
        let key = certificate.publicKey
        return "root \(key.id), \(key.algorithm.rawValue), from \(certificate.lifetime.lowerBound) to "
            + "\(certificate.lifetime.upperBound), certificate SHA-256 \(Digest(of: certificate.der))"
    }

    private mutating func open() {
        line("Licet ceremony: \(profile.title)")
        if isRehearsal { line("REHEARSAL: throw-away keys; nothing is made and nothing is signed by the root") }
        line("authority: \(profile.authority)")
        if let place = profile.place { line("place: \(place)") }
        for participant in profile.participants { line("present: \(participant.name), \(participant.role)") }
        line("program: \(room.program)")
        line("profile: SHA-256 \(Digest(of: profile.bytes))")
        for quoted in String(decoding: profile.bytes, as: UTF8.self).split(
            separator: "\n",
            omittingEmptySubsequences: false
        ) {
            line("    | \(quoted)")
        }
        note("begun")
    }

    private mutating func note(_ text: String) { line("\(room.clock())  \(text)") }

    private mutating func line(_ text: String) {
        transcript.add(text)
        room.show(text)
    }

    private func close() throws -> Record {
        let folder = Transcript.folder(home)
        try DurableFile.makeFolder(folder)
        let stamp = room.clock().description.filter { $0.isNumber || $0 == "T" }
        // A second one in the same second overwrites nothing.
        let name =
            (1...).lazy.map { $0 == 1 ? stamp : "\(stamp)-\($0)" }
            .first { !FileManager.default.fileExists(atPath: "\(folder)/\($0).txt") } ?? stamp
        let record = Record(text: "\(folder)/\(name).txt", signed: "\(folder)/\(name).cose")
        try DurableFile.write(Array(transcript.text.utf8), to: record.text)
        if let root { try DurableFile.write(transcript.signed(by: root), to: record.signed) }
        return record
    }
}
