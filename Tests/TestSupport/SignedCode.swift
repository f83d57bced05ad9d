package import LicenceCode
package import OpenSSL

extension UnverifiedCode {
    /// `claims` packed, and signed by `key` as key `number` of a trust list.
    package init(_ claims: Claims, number: IssuerNumber, signedBy key: PrivateKey) throws {
        let unsigned = try UnverifiedCode(unsigned: claims, algorithm: key.algorithm, issuerNumber: number)
        self = unsigned.signed(with: try key.signature(of: unsigned.toBeSigned))
    }
}
