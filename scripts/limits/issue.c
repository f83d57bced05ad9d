// The limit for `licet issue`: plain C that signs, encodes and draws, one core, nothing recorded.
// usage: issue CODES FOLDER — a code a line (prefix, a tab, digits); prints seconds for all of them.
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <png.h>
#include <qrencode.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PIXELS = 5, QUIET = 4, LONGEST = 8192 };

static void die(const char *what) {
    fprintf(stderr, "issue: %s failed\n", what);
    exit(1);
}

static void sign(EVP_PKEY *key, const unsigned char *message, size_t count) {
    unsigned char signature[80];
    size_t size = sizeof signature;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (context == NULL || EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key) != 1) die("EVP_DigestSignInit");
    if (EVP_DigestSign(context, signature, &size, message, count) != 1) die("EVP_DigestSign");
    EVP_MD_CTX_free(context);
}

static QRcode *encode(const char *prefix, const char *digits) {
    QRinput *input = QRinput_new2(0, QR_ECLEVEL_M);
    if (input == NULL) die("QRinput_new2");
    if (QRinput_append(input, QR_MODE_AN, (int)strlen(prefix), (const unsigned char *)prefix) != 0) die("prefix");
    if (QRinput_append(input, QR_MODE_NUM, (int)strlen(digits), (const unsigned char *)digits) != 0) die("digits");
    QRcode *code = QRcode_encodeInput(input);
    if (code == NULL) die("QRcode_encodeInput");
    QRinput_free(input);
    return code;
}

static void draw(const QRcode *code, const char *path) {
    FILE *file = fopen(path, "wb");
    if (file == NULL) die(path);
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png == NULL ? NULL : png_create_info_struct(png);
    if (info == NULL || setjmp(png_jmpbuf(png))) die("libpng");
    png_init_io(png, file);
    unsigned side = (unsigned)(code->width + 2 * QUIET) * PIXELS;
    png_set_IHDR(png, info, side, side, 1, PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    png_set_filter(png, 0, PNG_FILTER_NONE);
    png_set_compression_level(png, 3);
    png_write_info(png, info);
    unsigned char row[256];
    for (unsigned y = 0; y < side; y++) {
        memset(row, 0xFF, sizeof row);
        int module = (int)(y / PIXELS) - QUIET;
        if (module >= 0 && module < code->width) {
            for (unsigned x = QUIET * PIXELS; x < side - QUIET * PIXELS; x++) {
                int column = (int)(x / PIXELS) - QUIET;
                if (code->data[module * code->width + column] & 1) row[x / 8] &= (unsigned char)~(0x80 >> (x % 8));
            }
        }
        png_write_row(png, row);
    }
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    fclose(file);
}

int main(int count, char **arguments) {
    if (count != 3) die("usage: issue CODES FOLDER;");
    FILE *codes = fopen(arguments[1], "r");
    if (codes == NULL) die(arguments[1]);
    EVP_PKEY *key = EVP_EC_gen("P-256");
    if (key == NULL) die("EVP_EC_gen");
    char line[LONGEST];
    char path[4096];
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (unsigned number = 0; fgets(line, sizeof line, codes) != NULL; number++) {
        line[strcspn(line, "\n")] = 0;
        char *digits = strchr(line, '\t');
        if (digits == NULL) die("a line without a tab;");
        *digits++ = 0;
        sign(key, (const unsigned char *)digits, strlen(digits) * 10 / 24);
        QRcode *code = encode(line, digits);
        snprintf(path, sizeof path, "%s/%u.png", arguments[2], number);
        draw(code, path);
        QRcode_free(code);
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    printf("%.6f\n", (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9);
    return 0;
}
