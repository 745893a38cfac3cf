"""A proof as data: a tree of cones, the vectors that exclude them, and the vectors that are claimed; and its file.

The file is a zip of plain arrays (numpy's npz, no pickle) with a digest of all of them, so a changed byte is noticed.
"""

import hashlib
import json
import zipfile
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

import numpy as np

from ...errors import InvalidValueError, MissingFileError

__all__ = ["CLOSED", "LEAF", "OPEN", "SPLIT", "Proof", "digest_of"]

SPLIT, CLOSED, LEAF, OPEN = 0, 1, 2, 3
VERSION = 1


def digest_of(*arrays: np.ndarray) -> str:
    """SHA-256 of shapes, types and bytes of arrays."""
    total = hashlib.sha256()
    for array in arrays:
        total.update(f"{array.dtype.str}{array.shape}".encode())
        total.update(np.ascontiguousarray(array).tobytes())
    return total.hexdigest()


@dataclass(frozen=True, eq=False)
class Proof:
    """A proof that the claimed vectors are all the extremal vectors of a data set.

    The sphere is covered by the cones of the 2^(d−1) sign choices on the rows of `basis`, the first of them +, each
    together with its negative. The nodes are listed in preorder, the cone that replaces vertex `low` first.

    Attributes
    ----------
    data_digest : str
        SHA-256 of the data (X, y, leak) that the proof speaks of.
    basis : ndarray (d, d)
        Integer vectors (as floats) that span R^d.
    kind : ndarray (N,) of int8
        0: split, 1: closed (every hypothesis is excluded), 2: leaf (solved by its patterns), 3: open (not proved).
    ends : ndarray (N, 2) of int8
        For a split, the vertices between which the new one lies.
    factors : ndarray (N, 2)
        For a split, the positive integers with which they are combined.
    counts : ndarray (N,) of int32
        How many exclusions a node has.
    vectors : ndarray (K, d)
        The excluding vectors u, with u·w ≥ 0 on the cone.
    excluded : ndarray (K,) of uint8
        The hypotheses each excludes, one bit each: s = +1, −1 on the cone; s = +1, −1 on its negative; D = 0 on the
        cone; D = 0 on its negative.
    signs : ndarray (k,) of int8
        The signs s of the claimed vectors, 0 for D = 0.
    patterns : ndarray (k, n) of int8
        The signs of w·x_j for each claimed vector.
    directions : ndarray (k, d)
        Directions w (used for D = 0 only).
    """

    data_digest: str
    basis: np.ndarray
    kind: np.ndarray
    ends: np.ndarray
    factors: np.ndarray
    counts: np.ndarray
    vectors: np.ndarray
    excluded: np.ndarray
    signs: np.ndarray
    patterns: np.ndarray
    directions: np.ndarray

    @property
    def complete(self) -> bool:
        """Whether no node is open; `extremal.check` says whether it is right."""
        return not (self.kind == OPEN).any()

    def __len__(self) -> int:
        return len(self.kind)

    def __repr__(self) -> str:
        closed, leaves, left = ((self.kind == k).sum() for k in (CLOSED, LEAF, OPEN))
        return (
            f"<proof for {len(self.signs)} extremal vectors: {len(self)} cones, {closed} excluded, {leaves} solved, "
            f"{left} open>"
        )

    def _arrays(self) -> dict[str, np.ndarray]:
        names = ("basis", "kind", "ends", "factors", "counts", "vectors", "excluded", "signs", "patterns", "directions")
        return {name: getattr(self, name) for name in names}

    def save(self, path: "str | PathLike[str]") -> None:
        """Write the proof to a file (.npz)."""
        arrays = self._arrays()
        header = {"version": VERSION, "data": self.data_digest, "digest": digest_of(*arrays.values())}
        with open(path, "wb") as file:
            np.savez_compressed(file, header=np.array(json.dumps(header)), **arrays)  # type: ignore[arg-type]

    @classmethod
    def load(cls, path: "str | PathLike[str]") -> "Proof":
        """
        Read a proof from a file.

        Raises
        ------
        MissingFileError
            If there is no such file.
        InvalidValueError
            If it is not a proof, or any of it was changed.
        """
        if not Path(path).is_file():
            raise MissingFileError(f"there is no file {str(path)!r}.")
        try:
            with open(path, "rb") as stream, np.load(stream, allow_pickle=False) as file:
                header = json.loads(str(file["header"]))
                arrays = {name: file[name] for name in file.files if name != "header"}
                proof = cls(data_digest=header["data"], **arrays)
                intact = header["version"] == VERSION and header["digest"] == digest_of(*proof._arrays().values())
        except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile, NotImplementedError) as error:
            raise InvalidValueError(f"{str(path)!r} is not a proof, or it is damaged: {error}.") from error
        except Exception as error:  # zlib.error and what else a damaged zip can raise
            raise InvalidValueError(f"{str(path)!r} is damaged: {error}.") from error
        if not intact:
            raise InvalidValueError(f"{str(path)!r} was changed after it was written: its digest does not fit.")
        return proof
