#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <sys/prctl.h>

// Macros and variadic functions, which Swift does not import.
static inline EVP_PKEY *licet_EVP_EC_gen(const char *curve) { return EVP_EC_gen(curve); }
static inline EVP_PKEY *licet_EVP_gen(const char *type) { return EVP_PKEY_Q_keygen(NULL, NULL, type); }
static inline long licet_BIO_get_mem_data(BIO *bio, char **data) { return BIO_get_mem_data(bio, data); }
static inline int licet_forbid_dumps(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }

// The places of a certificate's signature, which OpenSSL gives out for reading only: it knows no signer but its own keys.
static inline X509_ALGOR *licet_X509_tbs_algorithm(X509 *x509) { return (X509_ALGOR *)X509_get0_tbs_sigalg(x509); }
static inline X509_ALGOR *licet_X509_algorithm(X509 *x509) {
    const X509_ALGOR *algorithm = NULL;
    X509_get0_signature(NULL, &algorithm, x509);
    return (X509_ALGOR *)algorithm;
}
static inline ASN1_BIT_STRING *licet_X509_signature(X509 *x509) {
    const ASN1_BIT_STRING *signature = NULL;
    X509_get0_signature(&signature, NULL, x509);
    return (ASN1_BIT_STRING *)signature;
}
// A whole number of bytes, so that no bits of the last are unused.
static inline int licet_set_signature(ASN1_BIT_STRING *bits, const unsigned char *bytes, int count) {
    bits->flags &= ~(ASN1_STRING_FLAG_BITS_LEFT | 0x07);
    bits->flags |= ASN1_STRING_FLAG_BITS_LEFT;
    return ASN1_STRING_set(bits, bytes, count);
}

static inline int licet_EXTENDED_KEY_USAGE_num(const EXTENDED_KEY_USAGE *names) { return sk_ASN1_OBJECT_num(names); }
static inline ASN1_OBJECT *licet_EXTENDED_KEY_USAGE_value(const EXTENDED_KEY_USAGE *names, int index) {
    return sk_ASN1_OBJECT_value(names, index);
}
static inline void licet_EXTENDED_KEY_USAGE_free(EXTENDED_KEY_USAGE *names) { EXTENDED_KEY_USAGE_free(names); }

// OpenSSL 3 calls them deprecated, and names nothing in their place.
_Pragma("GCC diagnostic push") _Pragma("GCC diagnostic ignored \"-Wdeprecated-declarations\"")
static inline int licet_EC_GROUP_precompute_mult(EC_GROUP *group, BN_CTX *context) {
    // A library without it would still give the same products, more slowly.
    return EC_GROUP_precompute_mult(group, context);
}
static inline int licet_EC_POINT_get_Jprojective_coordinates(const EC_GROUP *group, const EC_POINT *point, BIGNUM *x, BIGNUM *y,
                                                             BIGNUM *z, BN_CTX *context) {
    return EC_POINT_get_Jprojective_coordinates_GFp(group, point, x, y, z, context);
}
_Pragma("GCC diagnostic pop")
