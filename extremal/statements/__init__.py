"""The paper's numbered statements, each checked by sampling: a function that returns a `Verdict`."""

from ._claims import Claim
from ._corollary_d1 import corollary_d1
from ._cover_counts import cover_counts
from ._definition_2_1 import definition_2_1
from ._extremal_counts import extremal_counts
from ._lemma_c1 import lemma_c1
from ._lemmas_f import lemmas_f
from ._proposition_3_1 import proposition_3_1
from ._theorem_3_1 import theorem_3_1
from ._theorem_4_1 import theorem_4_1
from ._theorem_d1 import theorem_d1
from ._verdict import Verdict

__all__ = [
    "Claim",
    "Verdict",
    "corollary_d1",
    "cover_counts",
    "definition_2_1",
    "extremal_counts",
    "lemma_c1",
    "lemmas_f",
    "proposition_3_1",
    "theorem_3_1",
    "theorem_4_1",
    "theorem_d1",
]
