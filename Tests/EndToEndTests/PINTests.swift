import Foundation
import Testing

/// PINs: tried once, never locked by repetition, and left nowhere.
@Suite struct PINTests {
    @Test func aWrongPINIsTriedOnceAndNeverLocksTheToken() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try found(bench)
        let right = Workbench.Opening.arguments(["--pin-file", bench.pinFile])
        let wrong = Workbench.Opening.arguments(["--pin-file", bench.path("wrong")])
        try bench.write(secret: "111111", to: bench.path("wrong"))
        let file = try bench.application(["creditCode": "91341181MA8N4T6P6Q"], name: "other.json")
        let dump = try bench.dump()
        let first = try bench.licet(["issue", file, "--out", "codes"], opening: wrong)
        #expect(first.status == 77 && first.error.contains("refuses the PIN"))
        for _ in 0..<20 {
            let next = try bench.licet(["issue", file, "--out", "codes"], opening: wrong)
            #expect(next.status == 77 && next.error.contains("has refused a PIN since the last login"))
            #expect(!(next.output + next.error).contains("111111"))
        }
        // Even the right one waits for a person who looks.
        #expect(try bench.licet(["publish"], opening: right).error.contains("log in by hand once"))
        #expect(try bench.dump() == dump && bench.files(in: "codes").isEmpty)
        let attended = try bench.onTerminal(["publish"], answers: [Workbench.pin])
        #expect(attended.status == 0 && attended.output.contains("PIN of the token of"), "\(attended.output)")
        #expect(!attended.output.contains(Workbench.pin))
        try bench.succeed(["issue", file, "--out", "codes"], opening: right)
        try bench.succeed(["publish"], opening: right)
        #expect(try bench.licet(["verify", "codes"]).status == 0)
    }

    @Test func aWrongPINOnATerminalIsTriedOnceToo() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try found(bench)
        let wrong = try bench.onTerminal(["publish"], answers: ["111111", "111112", "111113"])
        #expect(wrong.status == 77 && wrong.output.contains("refuses the PIN"))
        #expect(wrong.output.components(separatedBy: "PIN of the token").count == 2)
        let none = try bench.onTerminal(["publish"], answers: [])
        #expect(none.status == 130 && none.output.contains("nothing was done"))
        #expect(try bench.onTerminal(["publish"], answers: [Workbench.pin]).status == 0)
    }

    @Test(arguments: ["624351x", "6243511", " 624351", ""])
    func aPINIsTakenAsItStands(pin: String) throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try found(bench)
        try bench.write(secret: pin, to: bench.pinFile)
        let outcome = try bench.licet(["publish"], opening: .arguments(["--pin-file", bench.pinFile]))
        #expect(outcome.status == (pin.isEmpty ? 66 : 77), "\(outcome)")
        #expect(pin.isEmpty || !outcome.error.contains(pin))
    }

    @Test func aPINThatOthersMayReadIsNotUsed() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try found(bench)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: bench.pinFile)
        let outcome = try bench.licet(["publish"], opening: .arguments(["--pin-file", bench.pinFile]))
        #expect(outcome.status == 77 && outcome.error.contains("\(bench.pinFile) may be read by others"))
        #expect(!bench.files(in: "home/publication").contains("trust-list"))
    }

    /// Makes an authority with its keys in a token and a licence that waits to be published.
    private func found(_ bench: Workbench) throws {
        try bench.found(in: try bench.makeToken())
        try bench.succeed(
            ["issue", bench.application(), "--out", "first"],
            opening: .arguments(["--pin-file", bench.pinFile])
        )
    }
}
