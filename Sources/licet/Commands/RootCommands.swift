import ArgumentParser
import Audit
import Authority
import Ceremony
import Foundation
import Licence
import Licensing
import OpenSSL
import Publication

extension AuthorityCommand {
    struct Request: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "request",
            abstract: "Write what a root that is kept apart is to sign.",
            discussion: """
                Example: licet authority request --out request.json

                Nothing in the file is secret. Its SHA-256 is printed: say it to who answers, so that both know it is the same file.
                """
        )

        @Option(help: "Where the request goes.")
        var out: String

        @Option(
            help: ArgumentHelp("How long the trust list shall speak, such as 200d.", valueName: "span"),
            transform: ArgumentText.span
        )
        var lifetime: Int64 = 200 * 86_400

        @OptionGroup var options: HomeOptions

        func run() throws {
            let authority = try options.withoutKeys()
            guard !authority.hasRootKey else {
                throw Failure.data("the root's key is here and signs by itself; no request is needed")
            }
            let bytes = try authority.rootRequest(lifetime: lifetime).json
            try DurableFile.write(bytes, to: out)
            print("\(out), SHA-256 \(Digest(of: bytes))")
            print("next, where the root is: licet authority answer \(out) --out trust-list")
        }
    }

    struct Answer: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "answer",
            abstract: "Have the root answer a request; to be run where the root is.",
            discussion: """
                Example: licet authority answer request.json --out trust-list --home /media/root --dry-run

                --dry-run shows what is asked for and opens no key. The answer is a trust list: licet authority accept takes it.
                """
        )

        @Argument(help: "The request.")
        var request: String

        @Option(help: "Where the answer goes.")
        var out: String

        @Option(
            help: ArgumentHelp(
                "What the request's SHA-256 must be, as the other side read it out.",
                valueName: "digest"
            )
        )
        var sha256: String?

        @Flag(help: "Show what is asked for; sign nothing.")
        var dryRun = false

        @OptionGroup var options: AuthorityOptions

        func run() throws {
            let home = options.place
            try home.checkOutput(out)
            let bytes = try DurableFile.read(request, limit: RootRequest.maximumBytes)
            let digest = Digest(of: bytes).description
            guard sha256.map({ $0.lowercased() == digest }) ?? true else {
                throw Failure.data("\(request) has SHA-256 \(digest): it is not what was agreed on; nothing was signed")
            }
            let asked = try Failure.naming(request) { try RootRequest(json: bytes) }
            print("\(request), SHA-256 \(digest)")
            let root = dryRun ? try Root(rehearsing: home) : try Root(in: home, prompt: options.secrets.prompt)
            let answer: Root.Answer
            let before: TrustList?
            if dryRun {
                before = try home.lastAnswer(root)
                answer = try root.answer(asked, after: before, now: Clock.now, isRehearsal: true)
            } else {
                (answer, before) = try home.answer(asked, by: root, to: out, now: { Clock.now })
            }
            let news = answer.list.news(since: before)
            for line in news { print("  \(line)") }
            if news.isEmpty { print("  nothing new but number and time") }
            print("  trust list \(answer.list.sequence), speaks until \(answer.list.nextUpdate)")
            if dryRun { return print("nothing was signed") }
            print("\(out), SHA-256 \(Digest(of: answer.bytes))")
            print("next, where the registry is: licet authority accept \(out)")
        }
    }

    struct Accept: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "accept",
            abstract: "Take the trust list that came back from the root.",
            discussion: "Example: licet authority accept trust-list"
        )

        @Argument(help: "The answer.")
        var answer: String

        @OptionGroup var options: AuthorityOptions

        func run() throws {
            let authority = try options.open()
            let bytes = try DurableFile.read(answer, limit: PublicationReader.maximumFile)
            let news = try Failure.naming(answer) {
                try authority.accept(trustList: bytes, officer: options.who(), now: Clock.now)
            }
            for line in news { print(line) }
            if news.isEmpty { print("nothing new in it but number and time") }
            // Opened anew: a new root may have taken over.
            let after = try options.withoutKeys()
            if after.root != authority.root {
                print("a new root took over, \(after.root.publicKey.id): hand out \(options.place.rootCertificate)")
            }
            let untold = try after.untold()
            for line in untold { print("verifiers do not know yet: \(line)") }
            if !untold.isEmpty { print("the root must be asked once more: licet authority request --out FILE") }
            print("next: licet publish")
        }
    }

    struct CeremonyCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "ceremony",
            abstract: "Do what a profile lays down with the root, and leave a signed transcript.",
            discussion: """
                Example: licet authority ceremony keys/ceremonies/founding.yaml --home /media/root --dry-run

                --dry-run goes through every step with throw-away keys and leaves nothing behind. The real one shows the plan, asks
                once, and writes transcripts/TIME.txt and TIME.cose, signed by the root, in the home.
                """
        )

        @Argument(help: "The profile, a YAML file.")
        var profile: String

        @Flag(help: "Rehearse: throw-away keys, nothing is left.")
        var dryRun = false

        @Flag(help: "Do not ask before beginning.")
        var yes = false

        @OptionGroup var options: AuthorityOptions

        func run() throws {
            let bytes = try DurableFile.read(profile, limit: CeremonyProfile.maximumBytes)
            let plan = try CeremonyProfile(bytes, file: profile, folder: DurableFile.parent(of: profile))
            if !dryRun, !yes { try agree(on: plan) }
            let secrets = options.secrets
            var ceremony = Ceremony(
                plan,
                home: options.place,
                isRehearsal: dryRun,
                room: Ceremony.Room(
                    newPassphrase: secrets.newPassphrase,
                    prompt: secrets.prompt,
                    clock: { Clock.now },
                    show: { print(Words.printable($0)) },
                    program: Self.program
                )
            )
            if let record = try ceremony.run() {
                print("transcript: \(record.text), signed: \(record.signed)")
            }
        }

        /// The version and what the program's own file digests to.
        private static var program: String {
            let digest = (try? DurableFile.read("/proc/self/exe", limit: 1 << 30)).map { Digest(of: $0).description }
            return "licet \(Licet.configuration.version), SHA-256 \(digest ?? "unknown")"
        }

        private func agree(on plan: CeremonyProfile) throws {
            var lines = ["\(plan.title), of \(plan.authority), in \(options.place.path)"]
            lines += plan.participants.map { "  \($0.name), \($0.role)" }
            lines += plan.summary.map { "  \($0)" }
            for line in lines { print(Words.printable(line)) }
            print(
                "profile SHA-256 \(Digest(of: plan.bytes)); is everybody here, and is this what was agreed on? Type yes: ",
                terminator: ""
            )
            fflush(nil)
            guard readLine() == "yes" else { throw Failure(exitCode: 130, message: "nothing was done") }
        }
    }

    struct TranscriptCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "transcript",
            abstract: "Check the signature of a ceremony's transcript and print it.",
            discussion: "Example: licet authority transcript transcripts/20261124T140000.cose --root root.crt"
        )

        @Argument(help: "The signed transcript.")
        var file: String

        @Option(help: ArgumentHelp("The root's certificate (default: that of the home).", valueName: "root.crt"))
        var root: String?

        @OptionGroup var options: HomeOptions

        func run() throws {
            let anchor = try Certificate(
                pem: DurableFile.read(root ?? options.place.rootCertificate, limit: 65_536)
            )
            let bytes = try DurableFile.read(file, limit: 16 << 20)
            let text = try Failure.naming(file) { try Transcript.text(of: bytes, root: anchor) }
            for line in text.split(separator: "\n", omittingEmptySubsequences: false) { print(Words.printable(line)) }
            standardError("signed by the root \(anchor.publicKey.id), or by one that it vouches for")
        }
    }
}
