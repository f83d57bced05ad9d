import CPKCS11

/// The handles of the two halves of a key, which hold for as long as the token stays.
struct KeyPair: Hashable, Sendable {
    var `public`: CK_OBJECT_HANDLE = 0
    var `private`: CK_OBJECT_HANDLE = 0
}
