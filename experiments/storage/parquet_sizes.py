"""Limit the memory of a Parquet file by the headers of its pages, before Arrow decompresses any of them.

A page states its decompressed size, and Arrow allocates as much.  The sums in the footer are not sufficient, since a
forged file can state any.  Headers are structures of Thrift's compact protocol:
https://github.com/apache/parquet-format and https://github.com/apache/thrift (doc/specs/thrift-compact-protocol.md).
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from model.engine.errors import InputError

MAX_VALUES, MAX_BYTES = 2**28, 2**30
"""Largest number of values of a file (2 GB in memory), and of bytes of its decompressed pages, or of its texts."""
MAX_FOOTER_ENTRIES = 2**18
"""Longest list in a footer, such as the columns of all row groups."""
UNPACKED_SIZE, PACKED_SIZE = 2, 3
"""Fields of a page header: decompressed and compressed size (bytes)."""
ENCODING_FIELDS = {5: 2, 7: 2, 8: 4}
"""Fields of the headers of the three kinds of pages, with the number of the field of the encoding in each."""
PREFIX_ENCODING = 7
"""Encoding of texts by their common prefix with the previous one: few bytes may expand to many."""
STOP, TRUE, FALSE, BYTE, DOUBLE, BINARY, STRUCT = 0, 1, 2, 3, 7, 8, 12
INTEGERS = (4, 5, 6)
"""Field types of the compact protocol."""

type Fields = dict[int, Any]
"""Integers and nested structures of a structure, by field number."""


def check_sizes(metadata: pq.FileMetaData, content: bytes, path: Path) -> None:
    """Raise if a file holds too many values or bytes; ValueError or IndexError if its pages cannot be parsed."""
    values = unpacked = 0
    for group in map(metadata.row_group, range(metadata.num_row_groups)):
        for column in map(group.column, range(group.num_columns)):
            values += max(column.num_values, group.num_rows)
            if column.num_values:  # without values no page is read, and offsets may be invalid
                unpacked += sum(page_sizes(content, *span_of(column)))
    for number, most, unit in ((values, MAX_VALUES, "values"), (unpacked, MAX_BYTES, "bytes once unpacked")):
        if number > most:
            raise InputError(f"{path} must have at most {most:,} {unit}, got {number:,}")


def span_of(column: pq.ColumnChunkMetaData) -> tuple[int, int]:
    """Return the offsets of the first byte of a column's pages, and of the one behind the last."""
    first = column.data_page_offset
    if column.has_dictionary_page and 0 < column.dictionary_page_offset < first:
        first = column.dictionary_page_offset
    return first, first + column.total_compressed_size


def page_sizes(content: bytes, at: int, end: int) -> Iterator[int]:
    """Yield the decompressed size (bytes) of each page."""
    if not 0 <= at <= end <= len(content):
        raise ValueError("pages lie outside the file")
    while at < end:
        header, at = read_struct(content, at)
        if min(header[UNPACKED_SIZE], header[PACKED_SIZE]) < 0:
            raise ValueError("a page of less than no bytes")
        if any(header.get(kind, {}).get(place) == PREFIX_ENCODING for kind, place in ENCODING_FIELDS.items()):
            raise ValueError("texts must stand in full")
        at += header[PACKED_SIZE]
        yield header[UNPACKED_SIZE]


def read_struct(content: bytes, at: int) -> tuple[Fields, int]:
    """Parse the structure at an offset; return it and the offset behind it.

    >>> read_struct(bytes([0x15, 8, 0x18, 2, 65, 66, 0x1C, 0x15, 1, 0, 0]), 0)
    ({1: 4, 3: {1: -1}}, 11)
    """
    fields: Fields = {}
    number = 0
    while (head := content[at]) != STOP:
        kind, step = head & 15, head >> 4
        number, at = (number + step, at + 1) if step else read_integer(content, at + 1)
        if kind in INTEGERS:
            fields[number], at = read_integer(content, at)
        elif kind == STRUCT:
            fields[number], at = read_struct(content, at)
        elif kind == BINARY:
            length, at = read_varint(content, at)
            at += length
        elif kind in (TRUE, FALSE, BYTE, DOUBLE):
            at += {BYTE: 1, DOUBLE: 8}.get(kind, 0)
        else:
            raise ValueError("headers of pages hold no lists")
    return fields, at + 1


def read_integer(content: bytes, at: int) -> tuple[int, int]:
    """Parse a signed integer (zigzag); return it and the offset behind it."""
    number, at = read_varint(content, at)
    return (number >> 1) ^ -(number & 1), at


def read_varint(content: bytes, at: int) -> tuple[int, int]:
    """Parse an unsigned integer, seven bits per byte; return it and the offset behind it."""
    number = 0
    for shift in range(0, 70, 7):
        byte = content[at]
        at += 1
        number |= (byte & 127) << shift
        if byte < 128:
            return number, at
    raise ValueError("no integer has more than 64 bits")
