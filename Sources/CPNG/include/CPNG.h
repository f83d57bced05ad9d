#include <png.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/// A growing PNG file, or the reason why there is none. Starts as all zeros.
typedef struct {
    uint8_t *bytes;
    size_t count;
    size_t capacity;
    char reason[128];
} licet_png_output;

/// Writes a 1-bit grayscale PNG of `width` pixels a row, each of the `row_count` packed rows `repeat` times.
/// Returns 1, or 0 with a reason; libpng's longjmp never leaves this function.
int licet_png_write(licet_png_output *output, const uint8_t *rows, size_t row_count, size_t repeat, size_t width,
                    uint32_t pixels_per_metre);

/// A 1-bit picture, or the reason why there is none. Starts as all zeros.
typedef struct {
    uint8_t *rows;
    size_t stride;
    uint32_t width;
    uint32_t height;
    char reason[128];
} licet_png_bits;

/// Reads a PNG of one bit a pixel in grey, without interlacing, of at most `longest_side` pixels a side, into packed rows.
/// Returns 1; 0 for a PNG of another kind; −1 with a reason for whatever libpng as much as warns of, and for what follows
/// the picture. libpng's longjmp never leaves this function.
int licet_png_read_bits(licet_png_bits *output, const uint8_t *bytes, size_t count, uint32_t longest_side);

static inline void licet_png_free_bits(licet_png_bits *output) { free(output->rows); }
static inline const char *licet_png_bits_reason(const licet_png_bits *output) { return output->reason; }

static inline void licet_png_free(licet_png_output *output) { free(output->bytes); }

/// Swift sees arrays in structures as tuples.
static inline const char *licet_png_reason(const licet_png_output *output) { return output->reason; }
static inline const char *licet_png_message(const png_image *image) { return image->message; }
