"""pdfium's functions called with bare addresses: one call for each character or object is all the time there is."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

HANDLE = ctypes.c_void_p


def direct(function: Any, *arguments: Any, gives: Any = ctypes.c_int) -> Callable[..., int]:
    """The same C function without the conversions of its binding: a handle is a number, and so is a pointer.

    The interpreter's lock is kept: a getter returns in less time than giving the lock up takes.
    """
    return ctypes.PYFUNCTYPE(gives, *arguments)(_address_of_function(function))


def bare(function: Any, gives: Any = ctypes.c_int) -> Callable[..., Any]:
    """The same C function without any conversion: it takes ``c_void_p`` objects, and Python's int for C's int.

    Twice as fast as ``direct`` where one handle stands in all of the calls.
    """
    return ctypes.PYFUNCTYPE(gives)(_address_of_function(function))


def _address_of_function(function: Any) -> int:
    address = ctypes.cast(function, ctypes.c_void_p).value
    if address is None:
        raise ImportError(f"expected pdfium to offer {function}, found no address")
    return address


def address_of(handle: Any) -> int:
    """The number behind a handle of the binding."""
    return ctypes.cast(handle, ctypes.c_void_p).value or 0
