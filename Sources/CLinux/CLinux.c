#define _GNU_SOURCE
#include <unistd.h>

#include "CLinux.h"

int licet_syncfs(int descriptor) { return syncfs(descriptor); }
