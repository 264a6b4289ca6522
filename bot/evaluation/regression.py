"""The one place that knows the statistics library: a difference with its interval, when people come in pairs.

Imported only where an evaluation is asked for: statsmodels, scipy and what they bring are large, and an extra.
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from scipy import stats  # pyright: ignore[reportMissingTypeStubs] - the library has no types
from statsmodels.regression import linear_model  # pyright: ignore[reportMissingTypeStubs] - the library has no types
from statsmodels.stats import multitest, proportion  # pyright: ignore[reportMissingTypeStubs] - the library has no types

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

LEVEL = 0.95
_TANGLED = 0.98
"""The share of an exposure's variation that others explain, above which it cannot be told apart from them."""
_SLIGHT = 1e-9


@dataclass(frozen=True, slots=True)
class Estimate:
    """A difference, its 95 % interval, and the probability of one at least as large where there is none."""

    effect: float
    low: float
    high: float
    p: float


def difference(
    outcome: Floats, exposure: Floats | None, others: Floats, pairs: Whole, people: Whole
) -> Estimate | None:
    """How much `outcome` differs for one unit of `exposure`, with `others` (a column each) held alike.

    An ordinary least squares fit, whose standard errors allow for whatever partners have in common (clusters by
    `pairs`) and for whoever is there several times (clusters by `people`). Pairs count by how much they tell: what a
    few unusual pairs carry is told with the wider interval of a few pairs (`_telling`). Without an exposure, it is the
    mean that is estimated. None where the exposure cannot be told apart from the others, or nothing varies.
    """
    count = len(outcome)
    target = np.ones(count) if exposure is None else exposure
    base = np.empty((count, 0)) if exposure is None else np.column_stack([np.ones(count), others])
    base = _independent(base)
    rest = target - base @ np.linalg.lstsq(base, target, rcond=None)[0] if base.shape[1] else target
    spread = float(((target - target.mean()) ** 2).sum()) if exposure is not None else float(count)
    if spread < _SLIGHT or float((rest**2).sum()) < (1 - _TANGLED) * spread or count <= base.shape[1] + 1:
        return None
    telling = min(_telling(rest, pairs), _telling(rest, people))
    if telling < 2:
        return None
    effect, error = _fit(outcome, np.column_stack([target, base]), pairs, people)
    if not np.isfinite(error) or error < _SLIGHT:
        return None
    error *= float(np.sqrt(telling / (telling - 1)))
    free = min(telling, count - base.shape[1] - 1) - 1
    law = cast("Any", stats).t(max(free, 1.0))
    reach = float(law.ppf((1 + LEVEL) / 2)) * error
    return Estimate(effect, effect - reach, effect + reach, float(2 * law.sf(abs(effect) / error)))


def _fit(outcome: Floats, design: Floats, pairs: Whole, people: Whole) -> tuple[float, float]:
    """The first coefficient and its standard error."""
    model = cast("Any", linear_model).OLS(outcome, design)
    repeated = len(np.unique(people)) < len(people)
    wanted = [np.column_stack([pairs, people]), pairs] if repeated else [pairs]
    for groups in wanted:
        # Clusters both ways can give a variance that is none, where few people come again; then pairs alone decide.
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            fit = model.fit(cov_type="cluster", cov_kwds={"groups": groups, "use_correction": True}, use_t=True)
            variance = float(np.asarray(fit.cov_params())[0, 0])
        if variance > 0:
            return float(fit.params[0]), float(np.sqrt(variance))
    return 0.0, float("nan")


def _telling(rest: Floats, groups: Whole) -> float:
    """To how many equal clusters these come, by the share that each has in what the exposure varies on its own.

    Twelve pairs against four hundred tell as much as about twelve, since their mean is known no better than that.
    """
    index = np.unique(groups, return_inverse=True)[1]
    weights = np.bincount(index, weights=rest**2)
    return float(weights.sum() ** 2 / (weights**2).sum())


def _independent(columns: Floats) -> Floats:
    """Those columns that the earlier ones do not already determine."""
    kept: Floats = np.empty((columns.shape[0], 0))
    for column in list[Floats](columns.T):
        rest: Floats = column - kept @ np.linalg.lstsq(kept, column, rcond=None)[0] if kept.shape[1] else column
        if float((rest**2).sum()) > 1e-8 * max(float((column**2).sum()), 1.0):
            kept = np.column_stack([kept, column])
    return kept


def corrected(chances: Sequence[float]) -> list[float]:
    """Probabilities corrected for how many there are, by Holm's method: all of them together err in 5 of 100 cases."""
    if not chances:
        return []
    return [float(one) for one in cast("Any", multitest).multipletests(list(chances), method="holm")[1]]


def wilson(count: int, of: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share."""
    low, high = cast("Any", proportion).proportion_confint(count, of, alpha=1 - LEVEL, method="wilson")
    return float(low), float(high)
