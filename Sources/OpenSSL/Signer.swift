/// Something that signs: a private key in memory, or one that never leaves its token.
package protocol Signer: AnyObject, Sendable {
    var publicKey: PublicKey { get }

    /// Returns the raw signature of `message`, of ``Algorithm/signatureSize`` bytes.
    func signature(of message: [UInt8]) throws -> [UInt8]
}

extension Signer {
    package var algorithm: Algorithm { publicKey.algorithm }
}
