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

// Macros and variadic functions, which Swift does not import.
static inline EVP_PKEY *licet_EVP_EC_gen(const char *curve) { return EVP_EC_gen(curve); }
static inline long licet_BIO_get_mem_data(BIO *bio, char **data) { return BIO_get_mem_data(bio, data); }
