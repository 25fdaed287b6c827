"""How the caller (`client`), its host and the host's children talk: messages of declared types in MessagePack, each behind
its length. Nothing is pickled: whoever opens a pickle runs what its writer wants.
"""

import io
import os
import socket
import struct
import typing
from collections.abc import Callable, Hashable
from functools import cache
from importlib import import_module
from numbers import Integral, Real
from pathlib import Path
from typing import Any, Literal, TypeVar, cast

import msgspec

from contracts import Contract, contract

Failure = Literal["timeout", "memory", "space", "crash", "error", "system"]
FileRights = Literal["landlock", "mounts", "user", "none"]
Kind = TypeVar("Kind")

GUARDS_LENGTH = 3  # the version of Landlock from which on it does
HEADER = struct.Struct("!Q")  # length of the message that follows


class Held(msgspec.Struct, frozen=True):
    """What keeps the children of a host, as far as this system has it.

    files: reading and writing are kept to named places by Landlock (landlock_abi: its version, 0 where there is none),
    by a file system of their own (mounts), or to what an unprivileged user may do (user).
    network: they are where there is no network. calls: starting programs and processes, sockets, and reaching into
    other processes are refused by seccomp.
    """

    files: FileRights
    landlock_abi: int
    network: bool
    calls: bool

    @property
    def guards_length(self) -> bool:
        """Whether Landlock keeps a file that may not be written from being cut short."""
        return self.landlock_abi >= GUARDS_LENGTH


class Job(msgspec.Struct, frozen=True):
    """A call of a function (`module:name`) with encoded arguments. reads: paths it may read; writes: folders of its own,
    the first one for temporary files. Paths as the system writes them.
    """

    function: str
    arguments: bytes
    environment: dict[str, str]
    working_folder: bytes
    reads: list[bytes]
    writes: list[bytes]
    seconds: float
    megabytes: int
    cpu_seconds: float | None


class Answer(msgspec.Struct, frozen=True):
    """What a child says of its call: a value, encoded by itself, or a failure and its detail."""

    failure: Failure | None = None
    detail: str = ""
    value: msgspec.Raw = msgspec.Raw(b"\xc0")


class Report(msgspec.Struct, frozen=True):
    """What the host says of a child that has ended."""

    exceeded: Literal["timeout", "memory", "space"] | None
    code: int
    signal: int
    seconds: float
    cpu_seconds: float
    peak_megabytes: float


def encoded(value: Any) -> bytes:
    """A value of declared types as bytes. Raises TypeError for what has no such form, UnicodeError."""
    return msgspec.msgpack.encode(value, enc_hook=_as_message)


def decoded(kind: type[Kind], message: bytes | bytearray | memoryview | msgspec.Raw) -> Kind:
    """A value of a declared type. Raises msgspec.DecodeError, ValueError (as Arrow does) or LookupError for anything else."""
    return _decoder(cast(Hashable, kind)).decode(message)


def named(function: Callable[..., Any]) -> str:
    """The name by which the other end finds a function of a module."""
    return f"{function.__module__}:{function.__qualname__}"


def found(name: str) -> Callable[..., Any]:
    """The function of a name. Raises ImportError, AttributeError."""
    module, _, function = name.partition(":")
    return getattr(import_module(module), function)


def argument_types(function: Callable[..., Any], count: int) -> Any:
    """The type of a function's first arguments together."""
    hints = _hints(function)
    names = [name for name in hints if name != "return"][:count]
    return tuple[tuple(hints[name] for name in names)] if count else tuple[()]  # type: ignore[misc]


def value_type(function: Callable[..., Any]) -> Any:
    """The type of what a function gives."""
    return _hints(function)["return"]


def send(control: socket.socket, message: msgspec.Struct) -> None:
    """Sends a message behind its length."""
    body = encoded(message)
    control.sendall(HEADER.pack(len(body)) + body)


def receive(control: socket.socket, kind: type[Kind]) -> Kind:
    """The next message. Raises EOFError when the other end has closed, OSError."""
    return decoded(kind, receive_exactly(control, HEADER.unpack(receive_exactly(control, HEADER.size))[0]))


def receive_exactly(control: socket.socket, size: int) -> bytes:
    """Exactly so many bytes of a stream. Raises EOFError when it ends before."""
    parts = bytearray()
    while len(parts) < size:
        part = control.recv(size - len(parts))
        if not part:
            raise EOFError("the other end has closed")
        parts += part
    return bytes(parts)


@cache
def _hints(function: Callable[..., Any]) -> dict[str, Any]:
    return typing.get_type_hints(function)


@cache
def _decoder(kind: Any) -> msgspec.msgpack.Decoder[Any]:
    return msgspec.msgpack.Decoder(kind, dec_hook=_from_message)


def _as_message(value: Any) -> Any:
    """What msgspec knows no form for: tables as Arrow's stream, paths as the system writes them, a contract by its name,
    rule outcomes as they are stored, NumPy's scalars as the numbers that they are.
    """
    import pyarrow as pa  # not above, nor NumPy: with their threads a host can leave the network no more

    from contracts.rule_outcomes import RuleOutcomes

    if isinstance(value, pa.Table):
        sink = io.BytesIO()
        with pa.ipc.new_stream(sink, value.schema) as stream:
            stream.write_table(value)
        return sink.getbuffer()
    if isinstance(value, Path):
        return os.fsencode(value)
    if isinstance(value, Contract):
        return value.dataset
    if isinstance(value, RuleOutcomes):
        return value.as_dict()
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        return float(value)
    raise TypeError(f"{type(value).__name__} is of no type that travels")


def _from_message(kind: type, message: Any) -> Any:
    import pyarrow as pa

    from contracts.rule_outcomes import RuleOutcomes, outcomes_of

    if kind is pa.Table:
        return pa.ipc.open_stream(pa.py_buffer(message)).read_all()
    if kind is Contract:
        return contract(message)
    if kind is RuleOutcomes:
        return outcomes_of(message)
    if isinstance(kind, type) and issubclass(kind, Path):
        return Path(os.fsdecode(message))
    raise TypeError(f"{kind} is of no type that travels")
