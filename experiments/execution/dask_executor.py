"""Run jobs on the workers of a dask.distributed cluster.

Under Slurm, a few lines start the workers; `--dask` takes the address of their scheduler:

    from dask_jobqueue import SLURMCluster

    cluster = SLURMCluster(
        cores=1, memory="2GB", walltime="12:00:00", job_script_prologue=["cd ~/confianza"],
        scheduler_options={"dashboard_address": "127.0.0.1:0"}, worker_extra_args=["--no-dashboard"],
    )
    cluster.scale(jobs=100)
    print(cluster.scheduler_address)

A run whose worker is killed is given to another worker by the scheduler. Only the coordinator writes files.
"""

import contextlib
import logging
import queue
from collections.abc import Iterator
from typing import Any

from experiments.execution.local_workers import JOBS_PER_WORKER, SchedulerLost, WorkerDied, drain_queue
from experiments.execution.run_job import FailedRun, FinishedRun, try_run_on_cluster
from experiments.storage.run_spec import RunSpec
from model.engine.errors import InputError
from scenarios.extras import require_extra

CONNECT_TIMEOUT_S, CLOSE_TIMEOUT_S = 20, 2


class DaskExecutor:
    """Executor on the workers of the Dask scheduler at an address."""

    def __init__(self, address: str) -> None:
        require_extra("dask", "--dask")
        from distributed import Client
        from distributed.comm import get_address_host_port

        try:
            get_address_host_port(address if "://" in address else f"tcp://{address}", strict=True)
            check_tls_keys(address)
            for name in ("distributed", "distributed.client"):  # errors are reported in one line of our own
                logging.getLogger(name).setLevel(logging.CRITICAL)
            self.client = Client(address, timeout=CONNECT_TIMEOUT_S, set_as_default=False)
        except (OSError, ValueError) as reason:
            raise InputError(f"--dask {address}: no scheduler answers there ({reason})") from None
        self.address = address
        self.ended_futures: queue.SimpleQueue[tuple[RunSpec, Any]] = queue.SimpleQueue()
        self.futures: dict[str, Any] = {}

    @contextlib.contextmanager
    def connection(self) -> Iterator[None]:
        """Raise SchedulerLost if the connection to the scheduler is lost before or during a request."""
        try:
            if self.client.status != "running":
                raise ConnectionError
            yield
        except OSError:
            raise SchedulerLost(f"the Dask scheduler at {self.address} is gone") from None

    def worker_count(self) -> int:
        """Return the number of runs that the cluster computes at the same time; workers may come and go."""
        with self.connection():
            threads = self.client.nthreads()
        return max(1, sum(threads.values()))

    def free_slots(self) -> int:
        """Return the number of jobs that can be submitted now."""
        return JOBS_PER_WORKER * self.worker_count() - len(self.futures)

    def submit(self, job: RunSpec) -> None:
        """Submit a job."""
        with self.connection():
            future = self.client.submit(try_run_on_cluster, job, key=f"run-{job.run}", pure=False)
        self.futures[job.run] = future
        future.add_done_callback(lambda done_future: self.ended_futures.put((job, done_future)))

    def wait(self, seconds: float) -> list[tuple[RunSpec, FinishedRun | FailedRun | WorkerDied]]:
        """Return the jobs that have ended, after waiting at most `seconds` for the first.

        Raises SchedulerLost if the scheduler is lost: its jobs never end.
        """
        if seconds > 0.0:
            with self.connection():
                pass
        return [result for ended in drain_queue(self.ended_futures, seconds) for result in self.collect(*ended)]

    def collect(self, job: RunSpec, future: Any) -> list[tuple[RunSpec, FinishedRun | FailedRun | WorkerDied]]:
        """Return a job with its result, and release it on the cluster, so that its memory stays flat."""
        if self.futures.pop(job.run, None) is None or future.cancelled():
            return []
        reason = future.exception()
        if reason is None:
            result: FinishedRun | FailedRun | WorkerDied = future.result()
        elif type(reason).__name__ == "KilledWorker":
            result = WorkerDied()
        else:
            result = FailedRun(f"{type(reason).__name__}: {reason}", str(reason))
        future.release()
        return [(job, result)]

    def shifts(self) -> int:
        """Return 0: the cluster reports whole runs only."""
        return 0

    def stop(self) -> None:
        """Abandon unfinished jobs and disconnect; the cluster goes on."""
        with contextlib.suppress(SchedulerLost), self.connection():
            self.client.cancel(list(self.futures.values()), force=True)
        self.futures.clear()
        self.client.close(timeout=CLOSE_TIMEOUT_S)


def check_tls_keys(address: str) -> None:
    """Raise if Dask's configuration lacks the TLS keys that an address needs; OSError if they cannot be read."""
    from distributed.security import Security

    security, encrypted = Security(), address.partition("://")[0] in ("tls", "wss")
    if security.require_encryption and not encrypted:
        raise InputError(
            f"--dask {address}: Dask is told to require encryption: give an address that begins with tls://"
        )
    if encrypted and security.get_connection_args("client")["ssl_context"] is None:
        raise InputError(
            f"--dask {address}: Dask knows no key for TLS: set DASK_DISTRIBUTED__COMM__TLS__CLIENT__CERT, …__KEY and"
            " DASK_DISTRIBUTED__COMM__TLS__CA_FILE"
        )
