"""Workers of a dask.distributed cluster, on this machine or on many.

On a cluster with Slurm, a job of a few lines starts the workers, and the sweep is told where their scheduler is:

    from dask_jobqueue import SLURMCluster

    cluster = SLURMCluster(
        cores=1, memory="2GB", walltime="12:00:00", job_script_prologue=["cd ~/confianza"],
        scheduler_options={"dashboard_address": "127.0.0.1:0"}, worker_extra_args=["--no-dashboard"],
    )
    cluster.scale(jobs=100)
    print(cluster.scheduler_address)

A worker that is killed loses nothing: its scheduler gives the run to another.  Only the coordinator writes.
"""

import contextlib
import logging
import queue
from collections.abc import Iterator
from typing import Any

from experiments.execution.local_workers import AHEAD, Died, Returned, SchedulerGone, awaited
from experiments.execution.run_job import Done, Failed, attempt_far
from experiments.storage.run_spec import RunSpec
from model.engine.errors import InputError
from scenarios.extras import require_extra

PATIENCE_S, CLOSING_S = 20, 2


class DaskCrew:
    """The workers that a scheduler at this address knows of."""

    def __init__(self, address: str) -> None:
        require_extra("dask", "--dask")
        from distributed import Client
        from distributed.comm import get_address_host_port

        try:
            get_address_host_port(address if "://" in address else f"tcp://{address}", strict=True)
            for name in ("distributed", "distributed.client"):  # one line of our own says what matters
                logging.getLogger(name).setLevel(logging.CRITICAL)
            self.client = Client(address, timeout=PATIENCE_S, set_as_default=False)
        except (OSError, ValueError) as reason:
            raise InputError(f"--dask {address}: no scheduler answers there ({reason})") from None
        self.address, self.known = address, 1
        self.results: queue.SimpleQueue[tuple[RunSpec, Any]] = queue.SimpleQueue()
        self.out: dict[str, Any] = {}

    @contextlib.contextmanager
    def reached(self) -> Iterator[None]:
        """Ask something of the scheduler, or raise if it is gone, as it is before and while it is asked."""
        try:
            if self.client.status != "running":
                raise ConnectionError
            yield
        except OSError:
            raise SchedulerGone(f"the Dask scheduler at {self.address} is gone") from None

    def lanes(self) -> int:
        """Return how many runs the cluster carries out at the same time; workers may come and go."""
        with self.reached():
            self.known = max(1, sum(self.client.nthreads().values()))
        return self.known

    def room(self) -> int:
        """Return how many more jobs can be given."""
        return AHEAD * self.lanes() - len(self.out)

    def give(self, job: RunSpec) -> None:
        """Hand a job to the scheduler."""
        with self.reached():
            future = self.client.submit(attempt_far, job, key=f"run-{job.run}", pure=False)
        self.out[job.run] = future
        future.add_done_callback(lambda ended: self.results.put((job, ended)))

    def wait(self, seconds: float) -> list[tuple[RunSpec, Done | Failed | Died | Returned]]:
        """Wait for results, or raise if the scheduler is gone: what it was given will never come back."""
        if seconds > 0.0:
            with self.reached():
                pass
        return [one for ended in awaited(self.results, seconds) for one in self.taken(*ended)]

    def taken(self, job: RunSpec, ended: Any) -> list[tuple[RunSpec, Done | Failed | Died | Returned]]:
        """Return the result of a job, and forget it on the cluster, so that memory stays flat there, too."""
        if self.out.pop(job.run, None) is None or ended.cancelled():
            return []
        reason = ended.exception()
        if reason is None:
            result: Done | Failed | Died | Returned = ended.result()
        elif type(reason).__name__ == "KilledWorker":
            result = Died()
        else:
            result = Failed(f"{type(reason).__name__}: {reason}", str(reason))
        ended.release()
        return [(job, result)]

    def shifts(self) -> int:
        """Return none: the cluster tells of whole runs only."""
        return 0

    def stop(self) -> None:
        """Give up what is not finished, and leave; the cluster goes on for others."""
        with contextlib.suppress(SchedulerGone), self.reached():
            self.client.cancel(list(self.out.values()), force=True)
        self.out.clear()
        self.client.close(timeout=CLOSING_S)
