"""Archives that unfold to much or lie about it, and pieces of files."""

import io
import struct
import zipfile

from tests.support.answers import SAMPLES

MEGABYTE = 1 << 20


def archive(members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as target:
        for name, content in members.items():
            target.writestr(name, content)
    return buffer.getvalue()


def bomb(megabytes: int, name: str) -> bytes:
    """A zip of one member of zeros, written without holding them."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target,
        target.open(name, "w") as member,
    ):
        for _ in range(megabytes // 8):
            member.write(bytes(8 * MEGABYTE))
    return buffer.getvalue()


def cut(content: bytes, share: float) -> bytes:
    return content[: int(len(content) * share)]


def sample(path: str) -> bytes:
    return (SAMPLES / "clean" / path).read_bytes()


def lying_archive() -> bytes:
    """A zip whose entry says that it is small, and is not."""
    packed = bytearray(archive({"生态2024.csv": b"0" * (40 * MEGABYTE)}))
    for signature, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = packed.index(signature) + at
        packed[place : place + 4] = struct.pack("<I", 100)
    return bytes(packed)
