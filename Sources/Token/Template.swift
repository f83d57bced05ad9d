import CPKCS11

/// Attributes of an object, as PKCS#11 takes them (version 2.40, section 4.2).
struct Template {
    private var entries: [(type: CK_ATTRIBUTE_TYPE, value: [UInt8])] = []

    mutating func set(_ type: CK_ATTRIBUTE_TYPE, _ value: [UInt8]) { entries.append((type, value)) }

    mutating func set(_ type: CK_ATTRIBUTE_TYPE, _ value: Bool) {
        set(type, [value ? CK_BBOOL(CK_TRUE) : CK_BBOOL(CK_FALSE)])
    }

    mutating func set(_ type: CK_ATTRIBUTE_TYPE, _ value: CK_ULONG) { set(type, Self.bytes(value)) }

    /// A CK_ULONG as it lies in memory.
    static func bytes(_ number: CK_ULONG) -> [UInt8] {
        unsafe withUnsafeBytes(of: number) { unsafe Array($0) }
    }

    /// Lends the attributes, and how many they are, for the length of `body`.
    func withAttributes<Result>(_ body: (UnsafeMutablePointer<CK_ATTRIBUTE>?, CK_ULONG) -> Result) -> Result {
        var values = entries.flatMap(\.value)
        return unsafe values.withUnsafeMutableBytes { bytes in
            var offset = 0
            var attributes = unsafe entries.map { entry in
                defer { offset += entry.value.count }
                return unsafe CK_ATTRIBUTE(
                    type: entry.type,
                    pValue: bytes.baseAddress.map { unsafe $0 + offset },
                    ulValueLen: CK_ULONG(entry.value.count)
                )
            }
            return unsafe attributes.withUnsafeMutableBufferPointer {
                unsafe body($0.baseAddress, CK_ULONG($0.count))
            }
        }
    }
}
