"""One hypothesis profile for every test, with every field explicit; derandomised where the tests run unattended."""

import os

from hypothesis import HealthCheck, Phase, Verbosity, settings

settings.register_profile(
    "extremal",
    max_examples=25,
    derandomize="CI" in os.environ,
    database=None,
    verbosity=Verbosity.normal,
    phases=[Phase.explicit, Phase.generate, Phase.target, Phase.shrink],
    stateful_step_count=20,
    report_multiple_bugs=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    deadline=None,
    print_blob=True,
    backend="hypothesis",
)
settings.load_profile("extremal")
