#include "CPNG.h"
#include <string.h>

static void append(png_structp png, png_bytep bytes, size_t count) {
    licet_png_output *output = png_get_io_ptr(png);
    if (output->count + count > output->capacity) {
        size_t capacity = 2 * output->capacity + count;
        uint8_t *grown = realloc(output->bytes, capacity);
        if (grown == NULL) png_error(png, "out of memory");
        output->bytes = grown;
        output->capacity = capacity;
    }
    memcpy(output->bytes + output->count, bytes, count);
    output->count += count;
}

static void flush(png_structp png) { (void)png; }

static void fail(png_structp png, png_const_charp reason) {
    licet_png_output *output = png_get_error_ptr(png);
    strncpy(output->reason, reason, sizeof output->reason - 1);
    png_longjmp(png, 1);
}

static void ignore(png_structp png, png_const_charp warning) { (void)png, (void)warning; }

int licet_png_write(licet_png_output *output, const uint8_t *rows, size_t row_count, size_t repeat, size_t width,
                    uint32_t pixels_per_metre) {
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, output, fail, ignore);
    if (png == NULL) return 0;
    png_infop info = png_create_info_struct(png);
    if (info == NULL || setjmp(png_jmpbuf(png))) {
        png_destroy_write_struct(&png, &info);
        return 0;
    }
    png_set_write_fn(png, output, append, flush);
    png_set_IHDR(png, info, width, row_count * repeat, 1, PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_set_pHYs(png, info, pixels_per_metre, pixels_per_metre, PNG_RESOLUTION_METER);
    png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_NONE);
    png_set_compression_level(png, 3);  // measured: as quick as 1 and a tenth smaller; 6 takes four times as long
    png_write_info(png, info);
    for (size_t row = 0; row < row_count; row++)
        for (size_t copy = 0; copy < repeat; copy++) png_write_row(png, rows + row * ((width + 7) / 8));
    png_write_end(png, NULL);
    png_destroy_write_struct(&png, &info);
    return 1;
}

/// Where libpng reads from.
typedef struct {
    const uint8_t *bytes;
    size_t count;
    size_t position;
    licet_png_bits *output;
} source;

static void take(png_structp png, png_bytep bytes, size_t count) {
    source *input = png_get_io_ptr(png);
    if (count > input->count - input->position) png_error(png, "the file ends too early");
    memcpy(bytes, input->bytes + input->position, count);
    input->position += count;
}

static void fail_reading(png_structp png, png_const_charp reason) {
    licet_png_bits *output = png_get_error_ptr(png);
    strncpy(output->reason, reason, sizeof output->reason - 1);
    png_longjmp(png, 1);
}

int licet_png_read_bits(licet_png_bits *output, const uint8_t *bytes, size_t count, uint32_t longest_side) {
    source input = {bytes, count, 0, output};
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, output, fail_reading, fail_reading);
    if (png == NULL) return -1;
    png_infop info = png_create_info_struct(png);
    if (info == NULL || setjmp(png_jmpbuf(png))) {
        png_destroy_read_struct(&png, &info, NULL);
        return -1;
    }
    png_set_read_fn(png, &input, take);
    png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
    png_read_info(png, info);
    output->width = png_get_image_width(png, info);
    output->height = png_get_image_height(png, info);
    int plain = png_get_bit_depth(png, info) == 1 && png_get_color_type(png, info) == PNG_COLOR_TYPE_GRAY &&
                png_get_interlace_type(png, info) == PNG_INTERLACE_NONE && output->width <= longest_side &&
                output->height <= longest_side;
    if (plain) {
        output->stride = png_get_rowbytes(png, info);
        output->rows = malloc(output->stride * output->height);
        if (output->rows == NULL) png_error(png, "out of memory");
        // libpng leaves the bits behind the last pixel of a row as they are.
        memset(output->rows, 0xFF, output->stride * output->height);
        for (size_t row = 0; row < output->height; row++) png_read_row(png, output->rows + row * output->stride, NULL);
        png_read_end(png, NULL);
        if (input.position != count) png_error(png, "something follows the picture");
    }
    png_destroy_read_struct(&png, &info, NULL);
    return plain;
}
