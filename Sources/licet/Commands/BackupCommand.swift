import ArgumentParser
import Audit
import Authority
import Foundation
import Licensing
import OpenSSL

struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy the registry into one file, while others go on with it.",
        discussion: """
            Example: licet backup /mnt/backup/licet-2026-11-24.sqlite

            The copy and its acts are checked before it gets its name; where somebody has tampered with the registry it stays all the same,
            and the exit code is 65. Keys are not in it: they are kept by who keeps the home's folder keys.
            """
    )

    @Argument(help: "The new file.")
    var file: String

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var options: HomeOptions

    func run() throws {
        guard !FileManager.default.fileExists(atPath: file) else {
            throw Failure.usage("\(file) is there already; a backup is never written over")
        }
        var copying: Progress?
        var checking: Progress?
        let backup = try options.withoutKeys().backUp(to: file) { done, total in
            if copying == nil { copying = Progress(total: total, work: "copying") }
            copying?.show(done)
        } checking: { done, total in
            if checking == nil { checking = Progress(total: total, work: "checking the acts") }
            checking?.show(done)
        }
        copying?.end()
        checking?.end()
        let anchor = backup.anchor
        if json {
            try Console.json(
                Document(file: file, acts: anchor.acts, head: anchor.head.description, fault: backup.fault)
            )
        } else {
            print("\(file): all until act \(anchor.acts), \(anchor.head)")
        }
        if let fault = backup.fault {
            throw Failure.data(
                "\(fault): somebody has tampered with the registry, and this copy cannot be put back. Keep the copies from before; "
                    + "`licet doctor` says more"
            )
        }
    }

    private struct Document: Encodable {
        let file: String
        let acts: Int
        let head: String
        /// Nil where all is well.
        let fault: String?
    }
}

struct RestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Put a backup in the place of the registry, and answer for what is lost with it.",
        discussion: """
            Example: licet restore /mnt/backup/licet-2026-11-24.sqlite --reason "disk failed at 10:40"
                     licet restore --as-it-is --reason "the backup of 09:00 was put back by hand"

            A registry that is older than it was is refused by every command until a supervisor has taken it on; one whose acts
            nobody has signed is not taken on at all. What was there before is kept beside it, and its policy and officers
            stay. Who was revoked since the copy was made stays so, as the log and the published lists tell. The log goes on
            where it was: one that the home has lost is taken over from the publication, and where neither has all of it
            nothing is taken on without --new-log. Afterwards issue again what was issued since the backup, and publish: the
            licences of that time get new versions of their codes, the lost ones are not valid any more.
            """
    )

    @Argument(help: "The backup.")
    var file: String?

    @Flag(help: "Take on the registry that lies in the home.")
    var asItIs = false

    @Option(help: "Why, for the record.")
    var reason: String

    @Option(
        help: ArgumentHelp(
            "What is published now, whose numbers must not come again (default: publication in the home); of several folders the one published to last.",
            valueName: "dir"
        )
    )
    var publication: String?

    @Flag(help: "Nothing was ever published, or nothing of it is left; the home's own log still counts.")
    var nothingPublished = false

    @Flag(
        help:
            "Nobody has all of the log any more: what is here of it is put aside and another begins, which readers believe by another key only."
    )
    var newLog = false

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var options: AuthorityOptions

    func validate() throws {
        if newLog, nothingPublished { throw ValidationError("either --new-log or --nothing-published") }
        if publication != nil, nothingPublished { throw ValidationError("either --publication or --nothing-published") }
        if (file == nil) != asItIs { throw ValidationError("either a backup, or --as-it-is") }
    }

    func run() throws {
        let restored = try Authority.restore(
            file,
            at: options.place,
            publication: nothingPublished ? nil : publication ?? options.place.publication,
            isLogLost: newLog,
            reason: Words.forTheRecord(reason, "a reason"),
            officer: options.who(),
            prompt: options.secrets.prompt,
            now: Clock.now
        )
        if json {
            return try Console.json(
                Document(
                    acts: restored.acts,
                    actsBefore: restored.actsBefore,
                    keptAside: restored.keptAside,
                    remarks: restored.remarks
                )
            )
        }
        let before = restored.actsBefore.map { ", of which there had been \($0)" } ?? ""
        print("taken on; there are \(restored.acts) acts\(before)")
        if let aside = restored.keptAside { print("what was there before: \(aside)") }
        for remark in restored.remarks { print("note: \(remark)") }
        print("next: licet doctor, issue again what was issued since, licet publish")
    }

    private struct Document: Encodable {
        let acts: Int
        let actsBefore: Int?
        let keptAside: String?
        let remarks: [String]
    }
}
