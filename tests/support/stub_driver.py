"""The program `confianza` with stubs in the place of worlds, as a process of its own that can be killed."""

import sys

import stub_runs

from experiments.cli import app as cli
from experiments.execution.local_workers import LocalExecutor
from experiments.studies import sweep_command

if __name__ == "__main__":
    sweep_command.executor_and_order = lambda hands, *_: (
        LocalExecutor(hands.workers, stub_runs.slow),
        lambda job: job.run,
    )
    sys.exit(cli.run_program(sys.argv[1:]))
