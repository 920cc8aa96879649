"""The result of a federated model as a JSON file, the same bytes for the same answers."""

import json
from pathlib import Path
from typing import Any

from gravida.analysis.federated.plan import FederatedPlan
from gravida.analysis.fit import Fit


def result_of(plan: FederatedPlan, fit: Fit) -> dict[str, Any]:
    """What the file says: the plan's hashes, who was counted, every term on the model's scale."""
    return {
        "name": plan.name,
        "plan_hash": plan.hash,
        "analysis_plan": plan.analysis_plan,
        "sites": list(plan.sites),
        "smallest_cell": plan.smallest_cell,
        "method": fit.method,
        "scale": fit.scale,
        "standard_errors_by": fit.standard_errors_by,
        "rows": fit.n_rows,
        "events": fit.n_events,
        "women": fit.n_clusters,
        "left_out_at_least": fit.n_left_out,
        "rounds": fit.iterations,
        "log_likelihood": fit.log_likelihood,
        "null_log_likelihood": fit.null_log_likelihood,
        "warnings": list(fit.warnings),
        "terms": [
            {
                "name": term.name,
                "estimate": term.estimate,
                "standard_error": term.standard_error,
                "lower": term.lower,
                "upper": term.upper,
                "p_value": term.p_value,
            }
            for term in fit.terms()
        ],
        "covariance": fit.covariance.tolist(),
        "model_covariance": fit.model_covariance.tolist(),
    }


def write_result(path: Path, plan: FederatedPlan, fit: Fit) -> None:
    """Write the file whole or not at all."""
    temporary = path.with_name(f".{path.name}.part")
    temporary.write_text(json.dumps(result_of(plan, fit), indent=1, sort_keys=True) + "\n", encoding="utf-8")
    temporary.replace(path)
