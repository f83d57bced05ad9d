#include "CZXing.h"

#define ZX_USE_UTF8 1
#include <ZXing/ReadBarcode.h>
#include <cstring>
#include <exception>

int licet_zxing_read(const uint8_t *luminance, int width, int height, int stride, licet_zxing_kind kind,
                     licet_zxing_found found, void *context, char reason[128]) {
    using namespace ZXing;
    try {
        DecodeHints hints;
        const bool pure = kind == LICET_ZXING_PURE;
        hints.setFormats(BarcodeFormat::QRCode).setIsPure(pure);
        hints.setTryHarder(!pure).setTryRotate(!pure).setTryDownscale(false);
        hints.setBinarizer(pure                                  ? Binarizer::FixedThreshold
                           : kind == LICET_ZXING_BLACK_AND_WHITE ? Binarizer::BoolCast
                                                                 : Binarizer::LocalAverage);
        const ImageView view(luminance, width, height, ImageFormat::Lum, stride);
        for (const auto &result : ReadBarcodes(view, hints)) {
            if (!result.isValid()) continue;
            const std::string text = result.text();
            found(context, reinterpret_cast<const uint8_t *>(text.data()), text.size());
        }
        return 1;
    } catch (const std::exception &error) {
        std::strncpy(reason, error.what(), 127);
    } catch (...) {
        std::strncpy(reason, "unknown C++ exception", 127);
    }
    return 0;
}
