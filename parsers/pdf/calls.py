"""pdfium's functions called with bare addresses: one call for each character or object is all the time there is."""

from __future__ import annotations

import ctypes
from array import array
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

HANDLE = ctypes.c_void_p
_KEPT = 4_096  # answers: more are rare, and pointers to them take a hundred bytes each


def direct(function: Any, *arguments: Any, gives: Any = ctypes.c_int) -> Callable[..., int]:
    """The same C function without the conversions of its binding: a handle is a number, and so is a pointer.

    The interpreter's lock is kept: a getter returns in less time than giving the lock up takes.
    """
    return ctypes.PYFUNCTYPE(gives, *arguments)(address_of_function(function))


def bare(function: Any, gives: Any = ctypes.c_int) -> Callable[..., Any]:
    """The same C function without any conversion: it takes ``c_void_p`` objects or pointers that are made already
    (``pointer_to``), and Python's int for C's int.

    Twice as fast as ``direct`` where one handle stands in all of the calls.
    """
    return ctypes.PYFUNCTYPE(gives)(address_of_function(function))


def address_of_function(function: Any) -> int:
    """Where a C function of the binding stands."""
    address = ctypes.cast(function, ctypes.c_void_p).value
    if address is None:
        raise ImportError(f"expected pdfium to offer {function}, found no address")
    return address


def address_of(handle: Any) -> int:
    """The number behind a handle of the binding."""
    return ctypes.cast(handle, ctypes.c_void_p).value or 0


Pointer = Any
"""An argument of ``bare`` as ``ctypes.byref`` makes it: handed on as it is, where a ``c_void_p`` is made one of these
in every call. The box of a character then takes 0.22 µs, not 0.30, and that of an object 0.35, not 0.57."""


def pointer_to(handle: Any) -> Pointer:
    """A handle of the binding that will stand in many calls."""
    return ctypes.byref(ctypes.c_char.from_address(address_of(handle)))


Places = Sequence[Sequence[Pointer]]


def room_for(kind: str, fields: int, count: int, places: int | None = None) -> tuple[array[Any], Places]:
    """Room for so many answers of so many numbers each (``kind`` as in ``array``), at least; and pointers into it.

    One sequence of pointers for each of the first ``places`` fields (all, if None). The same room is given again and
    written over: what is read there must be taken before anything else is asked for.
    """
    made = _kept_room if count <= _KEPT else _kept_room.__wrapped__
    return made(kind, fields, 1 << (count - 1).bit_length(), fields if places is None else places)


@lru_cache(maxsize=64)
def _kept_room(kind: str, fields: int, count: int, places: int) -> tuple[array[Any], Places]:
    room = array(kind, bytes(array(kind).itemsize * fields * count))
    start, size = (ctypes.c_char * (room.itemsize * len(room))).from_buffer(room), room.itemsize
    return room, [[ctypes.byref(start, (at * fields + field) * size) for at in range(count)] for field in range(places)]
