#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Called once for each QR code found, with its text in UTF-8; the bytes are gone after the call.
typedef void (*licet_zxing_found)(void *context, const uint8_t *text, size_t count);

/// Looks for QR codes in 8-bit luminance, `width` bytes a row. `pure` promises one upright, undistorted, black on white
/// code. Returns 1, or 0 with a reason; no exception leaves this function.
int licet_zxing_read(const uint8_t *luminance, int width, int height, int pure, licet_zxing_found found, void *context,
                     char reason[128]);

#ifdef __cplusplus
}
#endif
