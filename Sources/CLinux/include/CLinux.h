// Calls of Linux that glibc hides from programs that do not ask for them.
#pragma once

/// syncfs(2): puts the file system of an open file on the disk; 0, or -1 with errno.
int licet_syncfs(int descriptor);
