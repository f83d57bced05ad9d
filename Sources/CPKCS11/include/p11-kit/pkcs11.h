// By this name p11-kit's headers include one another; it spares everyone the compiler flag that pkg-config would give.
#include <p11-kit-1/p11-kit/pkcs11.h>
