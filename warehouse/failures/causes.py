"""What lies behind an error: those that it came from, and whether the disk was full. The build and pipeline.failures ask."""

import errno

# EFBIG: the process or the file system allows no larger file
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
# of libraries that give a text instead of the number: sqlite, DuckDB, pyarrow, GDAL; the last of DuckDB's temporary files
FULL_TEXTS = (
    "No space left on device",
    "database or disk is full",
    "Disk quota exceeded",
    "File too large",
    "max_temp_directory_size",
)


def causes(error: BaseException) -> list[BaseException]:
    """An error, and those that it came from, each once."""
    found: list[BaseException] = []
    left: list[BaseException | None] = [error]
    while left:
        one = left.pop(0)
        if one is None or one in found:
            continue
        found.append(one)
        left += [one.__cause__, one.__context__]
        if isinstance(one, BaseExceptionGroup):
            left += one.exceptions
    return found


def text_of(error: BaseException) -> str:
    """The messages of an error and of those that it came from."""
    return "\n".join(str(one) for one in causes(error))


def says(error: BaseException, numbers: tuple[int, ...], texts: tuple[str, ...]) -> bool:
    """Whether an error, or one that it came from, has one of the system's numbers, or says one of the texts."""
    return any(isinstance(one, OSError) and one.errno in numbers for one in causes(error)) or any(
        text in text_of(error) for text in texts
    )


def is_disk_full(error: BaseException) -> bool:
    """Whether something could not be written for want of space, or beyond a size that is allowed."""
    return says(error, FULL, FULL_TEXTS)
