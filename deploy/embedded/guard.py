"""Starts a program that cannot outlive the supervisor: `guard.py PARENT SIGNAL UID GID PROGRAM ARGUMENT...`.

Run as a script by its path, with nothing of Polku imported. It gives up privileges where asked to, asks the kernel
to signal it when the parent dies, and becomes the program. A script of its own because the same calls between fork
and exec of a supervisor with threads could deadlock, and because changing the user clears the request, so the order
matters.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1
"""linux/prctl.h"""


def become(parent: int, signal: int, uid: int, gid: int, command: list[str]) -> None:
    """Never returns: replaces this process, or raises OSError."""
    if uid >= 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    if os.getppid() != parent:  # It died before the request: nobody is left to stop the program.
        sys.exit("The supervisor is gone; not started.")
    os.execv(command[0], command)  # noqa: S606 (no shell is what we want)


if __name__ == "__main__":
    _parent, _signal, _uid, _gid = (int(number) for number in sys.argv[1:5])
    become(_parent, _signal, _uid, _gid, sys.argv[5:])
