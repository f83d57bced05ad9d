"""Runs a program as systemd would: another user without rights, a file system that it cannot write to, and a filter of system calls.

usage: sealed.py CALLS STATE USER PROGRAM ARGUMENT…

CALLS is a file with the names of the system calls that are allowed, one a line; everything else fails with EPERM. STATE is the one
folder that can be written to. Must be started by root, in a mount namespace of its own (`unshare --mount`).
"""

import ctypes
import os
import pwd
import resource
import subprocess
import sys

EPERM = 1
SCMP_ACT_ALLOW, SCMP_ACT_ERRNO = 0x7FFF0000, 0x00050000 | EPERM
MASKED_EQUAL = 7
WRITE, EXECUTE = 2, 4


class Comparison(ctypes.Structure):
    _fields_ = [("argument", ctypes.c_uint), ("operation", ctypes.c_int), ("mask", ctypes.c_uint64), ("value", ctypes.c_uint64)]


def filtered(names):
    """No system call but these, and no memory that is written and executed (MemoryDenyWriteExecute=)."""
    library = ctypes.CDLL("libseccomp.so.2")
    library.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(library.seccomp_init(ctypes.c_uint32(SCMP_ACT_ERRNO)))

    def allow(name, *comparisons):
        number = library.seccomp_syscall_resolve_name(name.encode())
        if number < 0:
            return
        array = (Comparison * max(1, len(comparisons)))(*comparisons)
        status = library.seccomp_rule_add_array(context, ctypes.c_uint32(SCMP_ACT_ALLOW), number, len(comparisons), array)
        if status != 0:
            raise OSError(-status, name)

    for name in names:
        if name == "mmap":
            for value in 0, WRITE, EXECUTE:
                allow(name, Comparison(2, MASKED_EQUAL, WRITE | EXECUTE, value))
        elif name in ("mprotect", "pkey_mprotect"):
            allow(name, Comparison(2, MASKED_EQUAL, EXECUTE, 0))
        elif name == "shmat":
            allow(name, Comparison(2, MASKED_EQUAL, 0o100000, 0))
        else:
            allow(name)
    if library.seccomp_load(context) != 0:
        raise OSError("the filter of system calls is not to be had")


def main():
    calls, state, user, *command = sys.argv[1:]
    account = pwd.getpwnam(user)
    with open(calls) as file:
        names = file.read().split()
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)
    subprocess.run(["mount", "--bind", state, state], check=True)
    subprocess.run(["mount", "-o", "remount,ro,bind", "/"], check=True)
    os.setgroups([])
    os.setresgid(account.pw_gid, account.pw_gid, account.pw_gid)
    os.setresuid(account.pw_uid, account.pw_uid, account.pw_uid)
    resource.setrlimit(resource.RLIMIT_NOFILE, (2_048, 2_048))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Nearest to MemoryMax= of all that a process alone can be given.
    resource.setrlimit(resource.RLIMIT_DATA, (512 << 20, 512 << 20))
    ctypes.CDLL(None).prctl(38, 1, 0, 0, 0)  # PR_SET_NO_NEW_PRIVS
    filtered(names)
    os.execv(command[0], command)


main()
