#define _GNU_SOURCE
#include <malloc.h>
#include <stdio.h>
#include <unistd.h>

#include "CLinux.h"

int licet_syncfs(int descriptor) { return syncfs(descriptor); }

void licet_buffer_output_by_lines(void) { setvbuf(stdout, NULL, _IOLBF, 0); }

int licet_output_failed(void) { return fflush(stdout) != 0 || ferror(stdout) != 0; }

int licet_give_back_blocks_of(int bytes) { return mallopt(M_MMAP_THRESHOLD, bytes); }
