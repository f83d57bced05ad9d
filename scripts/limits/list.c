// The limit for a status list: plain C that compresses the packed entries and signs the outcome once, ECDSA with P-256 and SHA-256.
// usage: list PACKED — prints the median of milliseconds with zlib's run lengths.
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zlib.h>

enum { ROUNDS = 5, MOST = 1 << 24 };

static void die(const char *what) {
    fprintf(stderr, "list: %s failed\n", what);
    exit(1);
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static int compare(const void *left, const void *right) {
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static void sign(EVP_PKEY *key, const unsigned char *message, size_t count) {
    unsigned char signature[80];
    size_t size = sizeof signature;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (context == NULL || EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key) != 1) die("EVP_DigestSignInit");
    if (EVP_DigestSign(context, signature, &size, message, count) != 1) die("EVP_DigestSign");
    EVP_MD_CTX_free(context);
}

static double median(EVP_PKEY *key, const unsigned char *packed, size_t count) {
    double times[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
        double start = now();
        z_stream state = {0};
        if (deflateInit2(&state, Z_BEST_COMPRESSION, Z_DEFLATED, 15, 9, Z_RLE) != Z_OK) die("deflateInit2");
        size_t bound = deflateBound(&state, count);
        unsigned char *output = malloc(bound);
        if (output == NULL) die("malloc");
        state.next_in = (unsigned char *)packed;
        state.avail_in = (uInt)count;
        state.next_out = output;
        state.avail_out = (uInt)bound;
        if (deflate(&state, Z_FINISH) != Z_STREAM_END) die("deflate");
        sign(key, output, state.total_out);
        deflateEnd(&state);
        free(output);
        times[round] = now() - start;
    }
    qsort(times, ROUNDS, sizeof times[0], compare);
    return times[ROUNDS / 2];
}

int main(int count, char **arguments) {
    if (count != 2) die("usage: list PACKED;");
    static unsigned char packed[MOST];
    FILE *file = fopen(arguments[1], "rb");
    if (file == NULL) die(arguments[1]);
    size_t size = fread(packed, 1, sizeof packed, file);
    fclose(file);
    if (size == 0) die("reading entries");
    EVP_PKEY *key = EVP_EC_gen("P-256");
    if (key == NULL) die("EVP_EC_gen");
    printf("%.3f\n", median(key, packed, size));
    EVP_PKEY_free(key);
    return 0;
}
