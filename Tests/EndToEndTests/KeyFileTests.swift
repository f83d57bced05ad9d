import Foundation
import Testing

/// Key files and passphrase files that are not as they should be: nothing is signed with them.
@Suite struct KeyFileTests {
    @Test func filesThatOthersMayReadAreNamedAndNotUsed() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        let key = try keyFile(3, bench)
        for mode in [0o644, 0o640, 0o604, 0o660] {
            for file in [bench.passphrase, key] {
                try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
                try signsNothing(bench, naming: file, "may be read by others")
                let doctor = try bench.licet(["doctor"])
                #expect(doctor.status == (file == key ? 65 : 0))
                #expect(doctor.output.contains("may be read by others") == (file == key))
                try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
            }
        }
        try bench.succeed(["issue", bench.application(), "--out", "codes"])
    }

    /// systemd gives the user of a unit its credentials by an access list, which makes their mode 0440.
    @Test(arguments: [(0o400, 0), (0o440, 0), (0o444, 77), (0o460, 77), (0o604, 77)])
    func aCredentialIsForItsUnitAlone(mode: Int, status: Int32) throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        try FileManager.default.createDirectory(atPath: bench.path("credentials"), withIntermediateDirectories: false)
        let file = bench.path("credentials/passphrase")
        try bench.write(secret: "a passphrase for tests", to: file)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
        let issue = ["issue", try bench.application(), "--out", "codes"]
        let outcome = try bench.licet(issue, opening: .credentials(bench.path("credentials")))
        #expect(outcome.status == status && outcome.error.contains("\(file) may be read by others") == (status == 77))
        #expect(try bench.register().count == (status == 0 ? 1 : 0))
    }

    @Test func aTruncatedKeyFileIsNamedWhereverItIsCut() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        let key = try keyFile(3, bench)
        let whole = try Data(contentsOf: URL(filePath: key))
        for length in stride(from: 0, to: whole.count - 1, by: 40) {
            try put(whole.prefix(length), key)
            try signsNothing(bench, naming: key)
        }
        for place in stride(from: 30, to: whole.count - 30, by: 40) {
            var flipped = whole
            flipped[place] ^= 2
            try put(flipped, key)
            try signsNothing(bench, naming: key)
        }
        try put(whole, key)
        try bench.succeed(["issue", bench.application(), "--out", "codes"])
    }

    @Test func theKeyOfAnotherCertificateSignsNothing() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        let (lists, office) = (try keyFile(1, bench), try keyFile(3, bench))
        let whole = try Data(contentsOf: URL(filePath: office))
        try put(Data(contentsOf: URL(filePath: lists)), office)
        try signsNothing(bench, naming: office, "is not the key of that name")
        try put(whole, office)
    }

    @Test func aKeyFileThatIsGoneIsNamed() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        let key = try keyFile(3, bench)
        try FileManager.default.moveItem(atPath: key, toPath: bench.path("away"))
        try signsNothing(bench, naming: key, "no such file")
        #expect(try bench.licet(["doctor"]).output.contains(key))
        try FileManager.default.moveItem(atPath: bench.path("away"), toPath: key)
    }

    @Test(arguments: ["", "\n", "short", String(repeating: "p", count: 2_000)])
    func aPassphraseFileThatHoldsNoneMakesNoKey(text: String) throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.write(secret: text, to: bench.passphrase)
        let outcome = try bench.licet(["authority", "create", "--name", "x"])
        #expect(outcome.status == (text == "short" ? 64 : 66), "\(outcome.error)")
        #expect(text.count < 2 || !outcome.error.contains(text))
        #expect(bench.files(in: "") == ["passphrase"])
        try FileManager.default.removeItem(atPath: bench.passphrase)
        #expect(try bench.licet(["authority", "create", "--name", "x"]).status == 66)
        #expect(try bench.licet(["authority", "create", "--name", "x"], opening: .arguments([])).status == 64)
        #expect(bench.files(in: "").isEmpty)
    }

    private func signsNothing(_ bench: Workbench, naming file: String, _ reason: String = "licet: ") throws {
        let before = try bench.dump()
        let outcome = try bench.licet(["issue", bench.application(), "--out", "codes"])
        #expect(outcome.status == 77, "\(outcome.error)")
        #expect(outcome.error.contains(file) && outcome.error.contains(reason), "\(outcome.error)")
        #expect(try bench.dump() == before && bench.files(in: "codes").isEmpty)
    }

    private func keyFile(_ number: Int, _ bench: Workbench) throws -> String {
        try #require(bench.keys().first { $0.number == number }?.place)
    }

    private func put(_ bytes: Data, _ file: String) throws {
        try bytes.write(to: URL(filePath: file))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
    }
}
