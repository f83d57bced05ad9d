package import Licence
import LicenceCode

/// What a status list and an issued list have in common: whose they are, and from when to when they speak.
package struct ListClaims: Hashable {
    /// CWT `sub`: the list's own name, ``TrustList/base`` and its path.
    package let subject: String
    /// CWT `iat`.
    package let issuedAt: Instant
    /// CWT `exp`: from this instant on the list says nothing any more.
    package let expires: Instant
    /// `ttl` in seconds: how long until it should be fetched again.
    package let timeToLive: Int
    /// Private claim −65537: rises by one with every new state of this list.
    package let sequence: Int
    /// Private claim −65538: the place of this list's own entry in the authority's log; nil where there is no log.
    package let logIndex: Int?

    package init(
        subject: String,
        issuedAt: Instant,
        expires: Instant,
        timeToLive: Int,
        sequence: Int,
        logIndex: Int? = nil
    ) {
        self.subject = subject
        self.issuedAt = issuedAt
        self.expires = expires
        self.timeToLive = timeToLive
        self.sequence = sequence
        self.logIndex = logIndex
    }

    /// The claims as a CWT (RFC 8392), with one more, `key`, whose value `content` writes.
    func encoded(_ key: Int, _ content: (inout CBORWriter) -> Void) -> [UInt8] {
        var writer = CBORWriter()
        writer.map(logIndex == nil ? 6 : 7)
        writer.int(2)
        writer.text(subject)
        writer.int(4)
        writer.int(Int(expires.seconds))
        writer.int(6)
        writer.int(Int(issuedAt.seconds))
        writer.int(key)
        content(&writer)
        writer.int(65_534)
        writer.int(timeToLive)
        writer.int(-65_537)
        writer.int(sequence)
        if let logIndex {
            writer.int(-65_538)
            writer.int(logIndex)
        }
        return writer.bytes
    }

    /// Reads ``encoded(_:_:)``; `content` reads the value of `key`, and any other claim is passed over.
    static func read(
        _ bytes: [UInt8],
        _ key: Int,
        _ content: (inout CBORReader) throws(CodeError) -> Void
    ) throws(CodeError) -> ListClaims {
        var subject: String?
        var expires: Instant?
        var issuedAt: Instant?
        var timeToLive = 0
        var sequence: Int?
        var logIndex: Int?
        var isRead = false
        var reader = CBORReader(bytes)
        try reader.map { label, reader throws(CodeError) in
            switch label {
            case 2: subject = try reader.text()
            case 4: expires = Instant(seconds: Int64(try reader.uint(upTo: .max)))
            case 6: issuedAt = Instant(seconds: Int64(try reader.uint(upTo: .max)))
            case 65_534: timeToLive = try reader.uint(upTo: .max)
            case -65_537: sequence = try reader.uint(upTo: .max)
            case -65_538: logIndex = try reader.uint(upTo: .max)
            case key:
                try content(&reader)
                isRead = true
            default: try reader.skip()
            }
        }
        try reader.finish()
        guard let subject, let expires, let issuedAt, let sequence, isRead else {
            throw CodeError(.missingClaim, "the list lacks sub, iat, exp, its number or its content")
        }
        return ListClaims(
            subject: subject,
            issuedAt: issuedAt,
            expires: expires,
            timeToLive: timeToLive,
            sequence: sequence,
            logIndex: logIndex
        )
    }
}
