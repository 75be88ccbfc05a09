"""Respondents from Parquet and from SPSS. The libraries are imported only where a file needs them."""

from __future__ import annotations

import importlib
import struct
import warnings
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

import pandas as pd

from surveys.errors import InputRefused

from .tables import STEP, Gathered

_BROKEN = (
    AttributeError,
    EOFError,
    IndexError,
    KeyError,
    MemoryError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    TypeError,
    ValueError,
    struct.error,
)
"""What the readers raise for bytes that are not what they say."""


def _library(name: str, path: Path, kind: str) -> Any:
    try:
        # What a library asks pandas on its way in is no concern of who reads the console.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            return importlib.import_module(name)
    except ImportError as error:
        raise InputRefused(
            f"Reading {path.name} needs the package {name}, which is not installed here. Install "
            f"it, or save the {kind} as CSV in UTF-8."
        ) from error


def read_parquet(path: Path, gathered: Gathered) -> None:
    """The needed columns of a Parquet file, one row group at a time."""
    with ExitStack() as opened:
        _read_parquet(path, gathered, opened)


def _read_parquet(path: Path, gathered: Gathered, opened: ExitStack) -> None:
    def open_with(name: str, mode: str = "rb") -> IO[bytes]:
        return opened.enter_context(open(name, mode))

    library = _library("fastparquet", path, "table")
    unpacking = _library("cramjam", path, "table").DecompressionError
    try:
        file = library.ParquetFile(str(path), open_with=open_with)
        head = [str(name) for name in file.columns]
    except (*_BROKEN, unpacking) as error:
        raise InputRefused(f"The file {path.name} is no Parquet: {_short(error)}.") from error
    gathered.require(head)
    parts = file.iter_row_groups(columns=list(gathered.needed), index=False)
    while True:
        try:
            part = next(parts, None)
        except (*_BROKEN, unpacking) as error:
            raise InputRefused(
                f"The file {path.name} cannot be read after row {gathered.n:,}: {_short(error)}."
            ) from error
        if part is None:
            return
        _take(part, gathered)


def read_sav(path: Path, gathered: Gathered) -> None:
    """The needed variables of an SPSS file. User-missing values stay codes: the plan says which
    codes are no answer."""
    library = _library("pyreadstat", path, "data")
    broken = (*_BROKEN, library.ReadstatError, library.PyreadstatError)
    try:
        _none, meta = library.read_sav(str(path), metadataonly=True)
    except broken as error:
        raise InputRefused(f"The file {path.name} is no SPSS file: {_short(error)}.") from error
    gathered.require(list(meta.column_names))
    try:
        data, _meta = library.read_sav(
            str(path),
            usecols=list(gathered.needed),
            user_missing=True,
            disable_datetime_conversion=True,
        )
    except broken as error:
        raise InputRefused(f"The file {path.name} cannot be read: {_short(error)}.") from error
    for start in range(0, len(data), STEP):
        _take(data.iloc[start : start + STEP], gathered)


def _take(part: pd.DataFrame, gathered: Gathered) -> None:
    for name in gathered.needed:
        gathered.add_series(name, part[name], 1)
    gathered.count(len(part))


def _short(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")[:200]
