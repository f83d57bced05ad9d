import Foundation
import OpenSSL
import TestSupport
import Testing

/// TARGETS row 24: what a key or a passphrase was is not left in memory when its owner lets go.
@Suite(.serialized) struct MemoryTests {
    @Test(arguments: Algorithm.allCases)
    func theBytesOfAPrivateKeyAreGoneWithTheKey(algorithm: Algorithm) throws {
        let passphrase = Secret("correct 马 battery".utf8)
        var key: PrivateKey? = try PrivateKey(algorithm: algorithm)
        let pem = try #require(try key?.encryptedPEM(passphrase: passphrase, cost: .none))
        let needle = try Needle(privateBytesOf: pem, passphrase: "correct 马 battery", algorithm)
        _ = try key?.signature(of: [1, 2, 3])
        // Else the search would prove nothing: while the key lives, it is found.
        #expect(try needle.count() > 0)
        key = nil
        #expect(try needle.count() == 0)
        // Opened, used and closed again.
        key = try PrivateKey(encryptedPEM: pem, passphrase: passphrase)
        _ = try key?.signature(of: [1, 2, 3])
        #expect(try needle.count() > 0)
        key = nil
        #expect(try needle.count() == 0)
    }

    @Test func theBytesOfASecretAreGoneWithTheSecret() throws {
        var generator = SystemRandomNumberGenerator()
        let mask = (0..<32).map { _ in UInt8.random(in: 1...255, using: &generator) }
        // The text exists nowhere but in the secret: it is put together in place.
        var secret: Secret? = Secret(capacity: 32) { buffer in
            for index in 0..<32 { buffer[index] = mask[index] ^ 0x5A }
            return 32
        }
        let needle = Needle(masked: mask.map { $0 ^ 0x5A ^ Needle.mask })
        #expect(try needle.count() > 0)
        #expect(secret?.count == 32)
        secret = nil
        #expect(try needle.count() == 0)
    }
}

/// Bytes to be searched for in this process's memory, kept so that they do not find themselves.
struct Needle {
    static let mask: UInt8 = 0xA7
    private let masked: [UInt8]

    init(masked: [UInt8]) { self.masked = masked }

    /// The private number of a key as it lies in memory, read by the `openssl` tool; that of a curve lies there with its lowest byte
    /// first, the seed of Ed25519 as it is.
    init(privateBytesOf pem: [UInt8], passphrase: String, _ algorithm: Algorithm) throws {
        masked = try TemporaryFolder.with { folder in
            let file = folder.appending(path: "key.pem")
            try Data(pem).write(to: file)
            let secret = folder.appending(path: "passphrase")
            try Data(passphrase.utf8).write(to: secret)
            let script = """
                openssl pkey -in "$1" -passin "file:$2" -text -noout | sed -n '/^priv:/,/^pub:/p' | grep '^ ' | tr -d ' :\\n' \
                | python3 -c 'import sys; b = bytes.fromhex(sys.stdin.read())[-32:].rjust(32, b"\\0"); \
                b = b if sys.argv[1] == "EdDSA" else b[::-1]; print(bytes(x ^ \(Self.mask) for x in b).hex())' "$3"
                """
            let found = try Tool.run("bash", ["-c", script, "bash", file.path, secret.path, algorithm.rawValue])
            let digits = found.text.compactMap { $0.hexDigitValue.map(UInt8.init) }
            try #require(digits.count == 64, "\(found.errors)")
            return stride(from: 0, to: 64, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
        }
    }

    /// All of the table of this process's memory.
    ///
    /// The kernel gives it a page at a time, and Foundation takes the first short read for the end of a file.
    private static func maps() throws -> String {
        let descriptor = open("/proc/self/maps", O_RDONLY)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        var text: [UInt8] = []
        var page = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let got = read(descriptor, &page, page.count)
            try #require(got >= 0)
            if got == 0 { break }
            text += page.prefix(got)
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// How often the bytes lie in what this process can write.
    func count() throws -> Int {
        let maps = try Self.maps()
        let descriptor = open("/proc/self/mem", O_RDONLY)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        let size = 1 << 20
        let window = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 16)
        defer { window.deallocate() }
        let own = UInt(bitPattern: window.baseAddress)
        let page = UInt(sysconf(Int32(_SC_PAGESIZE)))
        var found = 0
        for line in maps.split(separator: "\n") where line.contains(" rw") {
            let bounds = line.prefix { $0 != " " }.split(separator: "-").compactMap { UInt($0, radix: 16) }
            guard bounds.count == 2 else { continue }
            var start = bounds[0]
            while start < bounds[1] {
                let count = min(size, Int(bounds[1] - start))
                let got = pread(descriptor, window.baseAddress, count, off_t(start))
                if got <= 0 {
                    // A page that is given back, or that no memory stands behind, hides nothing; what follows it may.
                    let reason = errno
                    try #require(got < 0 && reason == EIO, "\(line) at \(start): \(String(cString: strerror(reason)))")
                    start = (start / page + 1) * page
                    continue
                }
                found += occurrences(
                    in: UnsafeRawBufferPointer(rebasing: window.prefix(got)),
                    at: start,
                    butNotFrom: own,
                    size
                )
                // Windows overlap, so that nothing hides on a seam.
                start += UInt(max(1, got > masked.count && start + UInt(got) < bounds[1] ? got - masked.count : got))
            }
            window.initializeMemory(as: UInt8.self, repeating: 0)
        }
        return found
    }

    private func occurrences(in bytes: UnsafeRawBufferPointer, at start: UInt, butNotFrom own: UInt, _ size: Int) -> Int
    {
        guard bytes.count >= masked.count else { return 0 }
        guard let base = bytes.baseAddress else { return 0 }
        let first = Int32(masked[0] ^ Self.mask)
        var found = 0
        var offset = 0
        while offset <= bytes.count - masked.count,
            let next = memchr(base + offset, first, bytes.count - masked.count - offset + 1)
        {
            offset = UnsafeRawPointer(next) - base
            let place = start + UInt(offset)
            let isOwn = place >= own && place < own + UInt(size)
            if !isOwn, masked.indices.allSatisfy({ bytes[offset + $0] ^ Self.mask == masked[$0] }) { found += 1 }
            offset += 1
        }
        return found
    }
}
