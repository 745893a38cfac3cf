"""Finite n at θ = 0: cones and faces, G_n and its Clarke subdifferential, and the extremal vectors."""

from .clarke._function import D, G
from .clarke._subdifferential import subdifferential
from .clarke._zonotope import Zonotope
from .critical._audit import EulerAudit
from .critical._certificate import Certificate
from .critical._find import find
from .critical._result import ExtremalVector, ExtremalVectors, Region, Status, Unresolved
from .hyperplanes._counting import characteristic_polynomial, count_cones, count_faces, cover_count
from .hyperplanes._faces import Cone, Face, cones, faces
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
