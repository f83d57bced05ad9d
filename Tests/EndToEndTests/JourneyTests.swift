import Foundation
import Testing

/// A licence from its application to the verdict, through the built programs.
@Suite struct JourneyTests {
    @Test func everySampleApplicationIsIssuedPublishedAndValid() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        try bench.succeed(["issue"] + Workbench.applications + ["--out", "codes"])
        #expect(bench.files(in: "codes").count == Workbench.applications.count)
        try bench.succeed(["publish"])
        let verdicts = try bench.licet(["verify", "codes", "--json"])
        #expect(verdicts.status == 0)
        #expect(verdicts.output.split(separator: "\n").count == Workbench.applications.count)
        #expect(verdicts.output.split(separator: "\n").allSatisfy { $0.contains(#""verdict":"valid""#) })
    }

    @Test func theSamplesHaveEveryKindAndLongScopes() throws {
        let applications = try Workbench.applications.map {
            try #require(JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: $0))) as? [String: Any])
        }
        #expect(Set(applications.compactMap { $0["kind"] as? String }).count == 7)
        #expect(applications.filter { ($0["scope"] as? String ?? "").count > 300 }.count >= 3)
    }

    @Test func beforeItIsPublishedALicenceIsNotValid() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        try bench.succeed(["publish"])
        try bench.succeed(["issue", bench.application(), "--out", "codes"])
        #expect(try bench.licet(["verify", "codes"]).status == 30)
    }

    @Test func theSameApplicationTwiceGivesTheSameLicence() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        try bench.succeed(["issue", bench.application(), "--out", "codes"])
        let picture = bench.path("codes/91341181MA2QW7K3XM-v1.png")
        let first = try Data(contentsOf: URL(filePath: picture))
        try FileManager.default.removeItem(atPath: picture)
        try bench.succeed(["issue", bench.application(), "--out", "codes"])
        #expect(try Data(contentsOf: URL(filePath: picture)) == first)
        #expect(try bench.register().count == 1)
    }

    @Test func aLicenceIsSuspendedResumedChangedAndRevokedAndEachVerdictSaysSo() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        let code = "91341181MA2QW7K3XM"
        try bench.found()
        try bench.succeed(["issue", bench.application(), "--out", "codes"])
        func verdict(_ version: Int) throws -> Int32 {
            try bench.succeed(["publish"])
            return try bench.licet(["verify", "codes/\(code)-v\(version).png"]).status
        }
        #expect(try verdict(1) == 0)
        try bench.succeed(["suspend", code, "--reason", "整改"])
        #expect(try verdict(1) == 11)
        try bench.succeed(["resume", code, "--reason", "整改完成"])
        #expect(try verdict(1) == 0)
        try bench.succeed(["change", code, "--set", "address=安徽省滁州市天长市新河路2号", "--reason", "迁址", "--out", "codes"])
        #expect(try verdict(1) == 10)
        #expect(try verdict(2) == 0)
        try bench.succeed(["revoke", code, "--reason", "违法经营"])
        #expect(try verdict(2) == 13)
        #expect(try verdict(1) == 10)
        #expect(try bench.licet(["resume", code, "--reason", "-"]).status == 65)
        let history = try bench.succeed(["show", code, "--history"])
        let acts = [
            "version 1 issued", "suspended (version 1)", "put in force again (version 1)",
            "version 2 changed in place of version 1",
            "revoked (version 2)",
        ]
        #expect(acts.allSatisfy { history.contains("\($0), by test officer") })
        #expect(history.contains("→ 安徽省滁州市天长市新河路2号"))
    }

    @Test func anotherProgramReadsTheSymbol() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        try bench.succeed(["issue", bench.application(), "--out", "codes"])
        let picture = bench.path("codes/91341181MA2QW7K3XM-v1.png")
        let inspected = try bench.succeed(["inspect", picture, "--json"])
        let document = try #require(JSONSerialization.jsonObject(with: Data(inspected.utf8)) as? [String: Any])
        let digits = try #require(document["digits"] as? String)
        let read = try bench.run("/usr/bin/zbarimg", ["--raw", "-q", "-Sdisable", "-Sqrcode.enable", picture])
        #expect(read.output == "HTTPS://LIC.EXAMPLE.CN/L/\(digits)\n")
    }

    @Test func opensslAcceptsTheChainAndTheKeysAreSealedWithScrypt() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        for name in bench.files(in: "home/certificates") {
            let verified = try bench.run(
                "/usr/bin/openssl",
                ["verify", "-x509_strict", "-CAfile", "home/root.crt", "home/certificates/\(name)"]
            )
            #expect(verified.status == 0, "\(verified.error)")
        }
        let keys = bench.files(in: "home/keys")
        #expect(keys.count == 5)
        for name in keys {
            let path = bench.path("home/keys/\(name)")
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber
            #expect(mode?.intValue == 0o600)
            let parsed = try bench.run("/usr/bin/openssl", ["asn1parse", "-in", path])
            #expect(parsed.output.contains("scrypt") && parsed.output.contains("PBES2"))
        }
    }

    @Test func flippingAnyBitOfTenCodesNeverGivesValid() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        try bench.succeed(["issue"] + Workbench.applications.prefix(10) + ["--out", "codes"])
        try bench.succeed(["publish"])
        var lines: [String] = []
        for name in bench.files(in: "codes") {
            let inspected = try bench.succeed(["inspect", "codes/\(name)", "--json"])
            let document = try #require(JSONSerialization.jsonObject(with: Data(inspected.utf8)) as? [String: Any])
            let bytes = try #require((document["digits"] as? String).map(Decimals.bytes))
            lines.append("LICET:" + Decimals.text(bytes))
            for bit in 0..<bytes.count * 8 {
                var flipped = bytes
                flipped[bit / 8] ^= 1 << UInt8(bit % 8)
                lines.append("LICET:" + Decimals.text(flipped))
            }
        }
        #expect(lines.count > 10_000)
        let verdicts = try bench.licet(["verify", "-", "--json"], input: lines.joined(separator: "\n") + "\n").output
            .split(separator: "\n")
        #expect(verdicts.count == lines.count)
        // The ten themselves, and nothing else.
        #expect(verdicts.filter { $0.contains(#""verdict":"valid""#) }.count == 10)
    }
}

/// Big-endian numbers in decimal, reckoned in the plainest way.
enum Decimals {
    static func bytes(_ digits: String) -> [UInt8] {
        var bytes: [UInt8] = []
        for digit in digits.utf8 {
            var carry = Int(digit) - 48
            for index in bytes.indices.reversed() {
                carry += Int(bytes[index]) * 10
                bytes[index] = UInt8(carry & 255)
                carry >>= 8
            }
            if carry > 0 { bytes.insert(UInt8(carry), at: 0) }
        }
        return bytes
    }

    static func text(_ bytes: [UInt8]) -> String {
        var digits: [UInt8] = [0]
        for byte in bytes {
            var carry = Int(byte)
            for index in digits.indices {
                carry += Int(digits[index]) * 256
                digits[index] = UInt8(carry % 10)
                carry /= 10
            }
            while carry > 0 {
                digits.append(UInt8(carry % 10))
                carry /= 10
            }
        }
        return String(decoding: digits.reversed().map { $0 + 48 }, as: UTF8.self)
    }
}
