"""How the caller (`client`) and its host talk: over a pair of sockets, each message behind its length."""

import socket
import struct

HEADER = struct.Struct("!Q")  # length of the message that follows
# What the host sends when it can take jobs, of one length: whether it has left the network
ALONE, CONNECTED = b"alone", b"ready"


def receive_exactly(control: socket.socket, size: int) -> bytes:
    """Exactly so many bytes of a stream. Raises EOFError when it ends before."""
    parts = bytearray()
    while len(parts) < size:
        part = control.recv(size - len(parts))
        if not part:
            raise EOFError("the other end has closed")
        parts += part
    return bytes(parts)
