import Publication
import TestSupport
import Testing

@Suite struct MutationTests {
    let issuer: Issuer

    init() throws { issuer = try Issuer() }

    @Test(arguments: [0x01, 0x80, 0xFF] as [UInt8])
    func noByteOfATrustListCanChange(mask: UInt8) throws {
        let file = try issuer.trustList().signed(by: issuer.rootKey)
        let accepted = survivors(of: file, mask) { _ = try TrustList($0, root: issuer.root) }
        #expect(accepted.isEmpty)
    }

    @Test(arguments: [0x01, 0x80, 0xFF] as [UInt8])
    func noByteOfAStatusListCanChange(mask: UInt8) throws {
        let trust = issuer.trustList()
        let accepted = survivors(of: try issuer.statusList(), mask) {
            _ = try StatusList($0, path: statusPath, trust: trust)
        }
        #expect(accepted.isEmpty)
    }

    @Test(arguments: [0x01, 0x80, 0xFF] as [UInt8])
    func noByteOfAnIssuedListCanChange(mask: UInt8) throws {
        let trust = issuer.trustList()
        let accepted = survivors(of: try issuer.issuedList(), mask) {
            _ = try IssuedList($0, path: issuedPath, trust: trust)
        }
        #expect(accepted.isEmpty)
    }

    @Test func noFileCanBeCutShort() throws {
        let trust = issuer.trustList()
        let trustFile = try trust.signed(by: issuer.rootKey)
        let statusFile = try issuer.statusList()
        for count in 0..<trustFile.count {
            #expect(throws: PublicationError.self) { try TrustList(Array(trustFile.prefix(count)), root: issuer.root) }
        }
        for count in 0..<statusFile.count {
            #expect(throws: PublicationError.self) {
                try StatusList(Array(statusFile.prefix(count)), path: statusPath, trust: trust)
            }
        }
    }

    /// The offsets whose byte may be changed by `mask` and `read` still believes the file; checks that it believes the original.
    private func survivors(of file: [UInt8], _ mask: UInt8, _ read: ([UInt8]) throws -> Void) -> [Int] {
        #expect(throws: Never.self) { try read(file) }
        return file.indices.filter { offset in
            var damaged = file
            damaged[offset] ^= mask
            do { try read(damaged) } catch { return false }
            return true
        }
    }
}
