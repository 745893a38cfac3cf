"""Finite n at θ = 0: cones and faces, G_n and its Clarke subdifferential, and the extremal vectors."""

from ._audit import EulerAudit
from ._certificate import Certificate
from ._counting import characteristic_polynomial, count_cones, count_faces, cover_count
from ._faces import Cone, Face, cones, faces
from ._find import find
from ._function import D, G
from ._result import ExtremalVector, ExtremalVectors, Region, Status, Unresolved
from ._subdifferential import subdifferential
from ._zonotope import Zonotope
from .proof import Proof, Verdict, check

__all__ = [
    "Certificate",
    "Cone",
    "D",
    "EulerAudit",
    "ExtremalVector",
    "ExtremalVectors",
    "Face",
    "G",
    "Proof",
    "Region",
    "Status",
    "Unresolved",
    "Verdict",
    "Zonotope",
    "characteristic_polynomial",
    "check",
    "cones",
    "count_cones",
    "count_faces",
    "cover_count",
    "faces",
    "find",
    "subdifferential",
]
