#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Called once for each QR code found, with its text in UTF-8; the bytes are gone after the call.
typedef void (*licet_zxing_found)(void *context, const uint8_t *text, size_t count);

/// What a picture is known to be.
typedef enum {
    /// Anything.
    LICET_ZXING_GREY,
    /// Black where 0 and white elsewhere.
    LICET_ZXING_BLACK_AND_WHITE,
    /// One upright, undistorted, black on white code and nothing else.
    LICET_ZXING_PURE,
} licet_zxing_kind;

/// Looks for QR codes in 8-bit luminance, at this size only; rows begin `stride` bytes apart. Returns 1, or 0 with a
/// reason; no exception leaves this function.
int licet_zxing_read(const uint8_t *luminance, int width, int height, int stride, licet_zxing_kind kind,
                     licet_zxing_found found, void *context, char reason[128]);

#ifdef __cplusplus
}
#endif
