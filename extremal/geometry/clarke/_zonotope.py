"""Zonotopes base + Σ_k [0, 1] g_k, the shape of every Clarke subdifferential of G_n (section 2.2)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...data._json import plain
from ...data._real import check_finite, real_array
from ...errors import InvalidTypeError, InvalidValueError
from ..exact._signs import chunks, normalised_rows
from ._membership import member
from ._nearest import nearest_to_origin
from ._vertices import exact_rank, iter_vertices, merge_parallel, vertices, volume

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

__all__ = ["Zonotope"]

# Membership in floats: the nearest point is good to about 1e-12 of the size on data that is not extreme, and
# this leaves room for points that came out of a computation.
MEMBERSHIP = 1e-9


@dataclass(frozen=True, eq=False, repr=False)
class Zonotope:
    """
    The set base + Σ_k [0, 1] g_k of all base + Σ_k t_k g_k with 0 ≤ t_k ≤ 1.

    Parameters
    ----------
    generators : array_like of shape (m, d)
        The vectors g_k, one a row; m may be 0. Zeros and parallel vectors are allowed.
    base : array_like of shape (d,)
        The point with all t_k = 0. (The set is symmetric about `centre`, where all t_k = 1/2.)

    Attributes
    ----------
    generators : ndarray of shape (m, d)
        float64, read-only.
    base : ndarray of shape (d,)
        float64, read-only.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        Arrays that are not finite real numbers of matching shapes.

    Examples
    --------
    >>> from extremal.geometry import Zonotope
    >>> square = Zonotope([[1.0, 0.0], [0.0, 2.0]], [0.0, 0.0])
    >>> square
    Zonotope(m=2, d=2)
    >>> print(square.support([1, 1]), square.nearest([5, 1]), round(square.volume(), 12))
    3.0 [1. 1.] 2.0
    >>> square.contains([1, 2]), square.contains([1, 2.1])
    (True, False)
    """

    generators: NDArray[np.float64]
    base: NDArray[np.float64]

    def __post_init__(self) -> None:
        base = real_array(self.base, "base", "a vector of d real numbers")
        if base.ndim != 1 or base.size == 0:
            raise InvalidValueError(f"base has shape {base.shape}; expected (d,), one point of R^d with d ≥ 1")
        generators = real_array(self.generators, "generators", "an array of real numbers of shape (m, d)")
        if generators.size == 0 and generators.ndim <= 2:
            generators = np.zeros((0, base.size))
        if generators.ndim != 2 or generators.shape[1] != base.size:
            raise InvalidValueError(
                f"generators has shape {generators.shape}; expected (m, {base.size}), one vector a row, as "
                f"base has {base.size} entries"
            )
        check_finite(base, "base")
        check_finite(generators, "generators")
        for array in (base, generators):
            array.flags.writeable = False
        object.__setattr__(self, "base", base)
        object.__setattr__(self, "generators", generators)

    @property
    def d(self) -> int:
        """The dimension of the space."""
        return int(self.base.size)

    @property
    def centre(self) -> NDArray[np.float64]:
        """The point base + ½ Σ_k g_k of symmetry, shape (d,)."""
        return self.base + 0.5 * self.generators.sum(axis=0)

    @property
    def dim(self) -> int:
        """The dimension of the set: the rank of the generators, exact for the floats they are."""
        return exact_rank(merge_parallel(self.base, self.generators)[2])

    def support(self, u: ArrayLike) -> Any:
        """
        Compute the maximum of u·v over the points v of the set.

        Parameters
        ----------
        u : array_like of shape (..., d)
            Directions; they need not have length one.

        Returns
        -------
        ndarray of shape (...)
            base·u + Σ_k max(0, g_k·u), a float64 for one direction.

        Raises
        ------
        InvalidValueError, InvalidTypeError
            Directions that are not finite or not in R^d.
        """
        directions = self._points(u, "u")
        flat, exponents = normalised_rows(directions.reshape(-1, self.d))
        result = flat @ self.base
        for part in chunks(len(flat), len(self.generators)):
            result[part] += np.maximum(flat[part] @ self.generators.T, 0.0).sum(axis=1)
        with np.errstate(over="ignore", under="ignore"):
            return np.ldexp(result, exponents).reshape(directions.shape[:-1])[()]

    def nearest(self, v: ArrayLike) -> NDArray[np.float64]:
        """
        Project a point onto the set.

        Parameters
        ----------
        v : array_like of shape (d,)
            A point; ``nearest(0)`` written with zeros gives the element of minimum norm.

        Returns
        -------
        ndarray of shape (d,)
            The point of the set nearest to v in the Euclidean norm, by Wolfe's algorithm.

        Raises
        ------
        InvalidValueError, InvalidTypeError
            A point that is not finite or not in R^d.
        """
        return self.base + self.multipliers(v) @ self.generators

    def multipliers(self, v: ArrayLike) -> NDArray[np.float64]:
        """
        Compute multipliers t with base + Σ_k t_k g_k = nearest(v); they need not be unique.

        Parameters
        ----------
        v : array_like of shape (d,)
            A point.

        Returns
        -------
        ndarray of shape (m,)
            In [0, 1]. At most d of them lie strictly between, if v is outside and in general position.

        Raises
        ------
        InvalidValueError, InvalidTypeError
            A point that is not finite or not in R^d.
        """
        point = self._point(v)
        stack = np.vstack([self.base, point, self.generators])
        exponent = int(np.frexp(np.abs(stack).max())[1])
        base, point, *generators = np.ldexp(stack, -exponent)
        return nearest_to_origin(base - point, np.array(generators).reshape(self.generators.shape))

    def contains(self, v: ArrayLike, tol: float = MEMBERSHIP) -> bool:
        """
        Tell whether a point belongs to the set.

        Parameters
        ----------
        v : array_like of shape (d,)
            A point.
        tol : float, optional
            Largest distance that still counts as inside, relative to ‖base‖ + Σ_k ‖g_k‖. With tol = 0 the
            answer is exact: all floats are read as the dyadic rationals that they are, and none is rounded.

        Returns
        -------
        bool
            Whether v is a point of the set.

        Raises
        ------
        InvalidValueError, InvalidTypeError
            A point that is not finite or not in R^d, a negative tolerance.
        """
        point = self._point(v)
        if not isinstance(tol, (int, float, np.floating, np.integer)) or isinstance(tol, bool):
            raise InvalidTypeError(f"tol is {tol!r}; expected a number ≥ 0, with 0 for an exact answer")
        if not 0 <= tol < np.inf:
            raise InvalidValueError(f"tol is {tol!r}; expected a number ≥ 0, with 0 for an exact answer")
        multipliers = self.multipliers(point)
        if tol == 0:
            return member(self.base, self.generators, point, multipliers)
        stack = np.vstack([point, self.base, self.generators])
        stack = np.ldexp(stack, -int(np.frexp(np.abs(stack).max())[1]))
        distance = np.linalg.norm(stack[1] + multipliers @ stack[2:] - stack[0])
        return bool(distance <= tol * np.linalg.norm(stack[1:], axis=1).sum())

    def vertices(self) -> NDArray[np.float64]:
        """
        List the vertices, for d ≤ 3, in order.

        Which points are vertices is decided in exact arithmetic on the generators as they are; coordinates
        are rounded. Generators that are parallel or coplanar only up to rounding count as different.

        Returns
        -------
        ndarray of shape (v, d)
            Counter-clockwise from the lowest when d = 2, ascending when d = 1, lexicographic when d = 3.

        Raises
        ------
        InvalidValueError
            d > 3.

        See Also
        --------
        iter_vertices : one vertex at a time, in every dimension.
        """
        if self.d > 3:
            raise InvalidValueError(
                f"the zonotope is in R^{self.d}; vertices() expects d ≤ 3: use iter_vertices(), which works in "
                "every dimension"
            )
        return vertices(self.base, self.generators)

    def iter_vertices(self) -> Iterator[NDArray[np.float64]]:
        """
        Go through the vertices one by one, in every dimension.

        There is one for each cone of the hyperplanes g_k^⊥, base + Σ_{u·g_k > 0} g_k for any u inside. The cones are
        enumerated exactly, by `extremal.cones` and with its use of memory; coordinates are rounded.

        Yields
        ------
        ndarray of shape (d,)
            Each vertex once, followed by the one opposite in `centre`. The order is reproducible.

        Examples
        --------
        >>> from extremal.geometry import Zonotope
        >>> cube = Zonotope([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]], [0, 0, 0, 0])
        >>> sum(1 for vertex in cube.iter_vertices())
        16
        """
        return iter_vertices(self.base, self.generators)

    def volume(self) -> float:
        """
        Compute the d-dimensional volume, Σ |det(g_k1, …, g_kd)| over the d-subsets of generators.

        Returns
        -------
        float
            0 when the generators do not span R^d.

        Raises
        ------
        InvalidValueError
            More than five million subsets.
        """
        return volume(self.base, self.generators)

    def polygon(self) -> "BaseGeometry":
        """
        Return the set as a shapely geometry, for d = 2.

        Returns
        -------
        shapely.Polygon
            A LineString or a Point when the generators do not span the plane.

        Raises
        ------
        InvalidValueError
            d ≠ 2.
        """
        import shapely

        if self.d != 2:
            raise InvalidValueError(f"the zonotope is in R^{self.d}; polygon() expects d = 2")
        corners = self.vertices()
        if len(corners) == 1:
            return shapely.Point(corners[0])
        return shapely.LineString(corners) if len(corners) == 2 else shapely.Polygon(corners)

    def to_json(self) -> dict[str, Any]:
        """
        Give the zonotope as plain values.

        Returns
        -------
        dict
            base, centre and generators as lists.

        Examples
        --------
        >>> from extremal.geometry import Zonotope
        >>> Zonotope([[1.0, 0.0]], [0.0, 2.0]).to_json()
        {'base': [0.0, 2.0], 'centre': [0.5, 2.0], 'generators': [[1.0, 0.0]]}
        """
        return {"base": plain(self.base), "centre": plain(self.centre), "generators": plain(self.generators)}

    def __repr__(self) -> str:
        return f"Zonotope(m={len(self.generators)}, d={self.d})"

    def __reduce__(self) -> tuple[Any, ...]:
        # numpy does not pickle the read-only flag; building again restores it
        return (Zonotope, (self.generators, self.base))

    def _points(self, v: ArrayLike, name: str) -> NDArray[np.float64]:
        points = real_array(v, name, f"an array of real numbers of shape (..., {self.d})")
        if points.ndim == 0 or points.shape[-1] != self.d:
            raise InvalidValueError(
                f"{name} has shape {points.shape}; expected (..., {self.d}), as the zonotope is in R^{self.d}"
            )
        check_finite(points, name)
        return points

    def _point(self, v: ArrayLike) -> NDArray[np.float64]:
        point = self._points(v, "v")
        if point.ndim != 1:
            raise InvalidValueError(f"v has shape {point.shape}; expected ({self.d},): pass one point at a time")
        return point
