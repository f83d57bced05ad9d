// Calls of Linux that glibc hides from programs that do not ask for them.
#pragma once

/// syncfs(2): puts the file system of an open file on the disk; 0, or -1 with errno.
int licet_syncfs(int descriptor);

/// Has standard output written a line at a time, wherever it goes: a line that acknowledges something must not wait.
void licet_buffer_output_by_lines(void);

/// Writes what is left of standard output; not 0 when anything that was ever printed could not be written.
int licet_output_failed(void);

/// Has blocks of so many bytes and more go back to the system when they are let go, for good; 0 where the heap does not take it.
int licet_give_back_blocks_of(int bytes);
