"""Extremal vectors as plain values: the document that `extremal find --json` prints."""

from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from ...data._json import plain

if TYPE_CHECKING:
    from ...data import Dataset

__all__ = ["document"]


def document(result: Any, data: "Dataset") -> dict[str, Any]:
    """Write down the vectors of a data set, what is known of the list, and by which version."""
    audit = result.audit
    return {
        name: plain(value)
        for name, value in {
            "extremal": version("extremal"),
            "n": data.n,
            "d": data.d,
            "features": data.features,
            "target": data.target,
            "complete": result.complete,
            "status": result.status,
            "audit": {name: getattr(audit, name) for name in ("applicable", "total", "expected", "holds")},
            "unresolved": {"share": result.unresolved.share},
            "count": len(result),
            "vectors": result.vectors,
            "directions": result.directions,
            "signs": result.signs,
            "kinds": result.kinds,
            "indices": result.indices,
            "values": result.values,
            "residuals": [item.residual for item in result],
            "boundary": [item.boundary for item in result],
        }.items()
    }
