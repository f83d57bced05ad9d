#pragma once
#include <stddef.h>
#include <stdint.h>

/// libFuzzer's main loop (LLVM, compiler-rt/include/sanitizer/fuzzer runtime), which its header does not declare.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*callback)(const uint8_t *bytes, size_t count));

/// Changes up to `count` bytes in place, to at most `limit`; returns how many there are then.
size_t LLVMFuzzerMutate(uint8_t *bytes, size_t count, size_t limit);
