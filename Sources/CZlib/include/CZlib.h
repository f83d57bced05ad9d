// Input is never written to.
#define ZLIB_CONST
#include <zlib.h>
