"""PyTorch, eager, on the CPU: every number of threads worth trying, AdamW with and without `foreach`.

Alone, prints one JSON line per workload and setting; with `--serve`, answers one request line on stdin
with one line on stdout. README.md has the lines; workload.mjs, the formulas of the numbers drawn here.
"""

import ctypes
import json
import math
import os
import statistics
import sys
import time
from array import array

import torch

from torch_families import FAMILIES, FamilyWork
from torch_pictures import PICTURES, create_picture

WORKLOADS = {
    "mlp-512": {"widths": [64, 512, 512, 512, 64], "batch_size": 256},
    "mlp-128": {"widths": [64, 128, 128, 128, 64], "batch_size": 512},
    "matmul-1024": {"size": 1024},
}
# Asked for by name, not in the rounds of a run alone: exact traces by d reverse passes take long.
SCORE_MATCHING = {
    f"{loss}-{d}": {"widths": [d, 128, 128, 128, d if loss == "score" else 1], "batch_size": 256, "loss": loss}
    for loss in ("score", "energy")
    for d in (8, 32, 128)
}
CHECK_STEPS = 50
# Of what is asked for by name.
SLOW_CHECK_STEPS = 10
STANDALONE_ROUNDS = 5
STANDALONE_SECONDS = 0.4


class Stream:
    """The shared generator: uniform on [-1, 1)."""

    def __init__(self):
        self.state = 1

    def tensor(self, shape, bound):
        values = array("f", bytes(4 * math.prod(shape)))
        state = self.state
        for i in range(len(values)):
            state = (1664525 * state + 1013904223) & 0xFFFFFFFF
            values[i] = bound * (2 * state / 2**32 - 1)
        self.state = state
        return torch.frombuffer(values, dtype=torch.float32).reshape(shape).clone()


def adam_w(parameters, foreach):
    return torch.optim.AdamW(
        parameters, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01, foreach=foreach
    )


class Network:
    """One batch, one MLP, one optimiser; a step is zero_grad, forward, backward, update."""

    optimizer_name = "torch.optim.AdamW"

    def __init__(self, widths, batch_size, foreach):
        stream = Stream()
        modules = []
        for inputs, outputs in zip(widths, widths[1:]):
            bound = 1 / math.sqrt(inputs)
            linear = torch.nn.Linear(inputs, outputs)
            with torch.no_grad():
                linear.weight.copy_(stream.tensor([inputs, outputs], bound).t())
                linear.bias.copy_(stream.tensor([outputs], bound))
            modules += [linear, torch.nn.SiLU()]
        self.model = torch.nn.Sequential(*modules[:-1])
        self.x = stream.tensor([batch_size, widths[0]], math.sqrt(3))
        self.y = self.x * self.x.roll(-1, dims=1)
        self.optimizer = adam_w(self.model.parameters(), foreach)

    def loss(self):
        return torch.nn.functional.mse_loss(self.model(self.x), self.y)

    def step(self):
        self.optimizer.zero_grad(set_to_none=True)
        self.loss().backward()
        self.optimizer.step()

    def value(self):
        with torch.no_grad():
            return self.loss().item()


class ScoreMatching(Network):
    """Implicit score matching: mean over rows of ½‖s‖² + tr ∂s/∂x, the trace by d reverse passes."""

    def __init__(self, widths, batch_size, loss, foreach):
        super().__init__(widths, batch_size, foreach)
        self.of_energy = loss == "energy"

    def loss(self):
        x = self.x.clone().requires_grad_(True)

        def gradient(y):
            return torch.autograd.grad(y, x, create_graph=True)[0]

        score = -gradient(self.model(x).sum()) if self.of_energy else self.model(x)
        trace = sum(gradient(score[:, i].sum())[:, i] for i in range(x.shape[1]))
        return (0.5 * score.square().sum(1) + trace).mean()

    def value(self):
        return self.loss().item()


class Product:
    """The product of two square matrices into memory that is there already."""

    optimizer_name = None

    def __init__(self, size):
        stream = Stream()
        self.a = stream.tensor([size, size], 1)
        self.b = stream.tensor([size, size], 1)
        self.out = torch.empty([size, size])

    def step(self):
        torch.mm(self.a, self.b, out=self.out)

    def value(self):
        return torch.mm(self.a, self.b).double().square().mean().item()


class Job:
    """Checks once, which also warms up; then times rounds."""

    def __init__(self, work, check_steps):
        self.work = work
        self.first = work.value()
        self.seconds_per_step = self.timed(check_steps)
        self.last = work.value()

    def timed(self, steps):
        start = time.perf_counter()
        for _ in range(steps):
            self.work.step()
        return (time.perf_counter() - start) / steps

    def round(self, seconds):
        steps = max(3, round(seconds / self.seconds_per_step))
        self.seconds_per_step = self.timed(steps)
        return {
            "optimizer": self.work.optimizer_name,
            "secondsPerStep": self.seconds_per_step,
            "steps": steps,
            "first": self.first,
            "last": self.last,
        }


def thread_counts():
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    counts = {cores}
    count = 1
    while count < cores:
        counts.add(count)
        count *= 2
    return sorted(counts)


SETTINGS = {
    f"{threads} thread{'s' if threads > 1 else ''}, {'foreach' if foreach else 'no foreach'}": (threads, foreach)
    for threads in thread_counts()
    for foreach in (False, True)
}


def loaded_blas():
    """The BLAS library in this process, or None where torch has one built in."""
    if not os.path.exists("/proc/self/maps"):
        return None
    with open("/proc/self/maps") as maps:
        paths = {line.split()[-1] for line in maps if "blas" in line.split()[-1]}
    # Debian's libblas.so.3 of OpenBLAS only forwards to libopenblas.
    return min(paths, key=lambda path: "openblasp" not in path, default=None)


BLAS = loaded_blas()


def caveat():
    if BLAS is None or "openblas" in BLAS or "mkl" in BLAS or "blis" in BLAS:
        return None
    return (
        "torch is linked to an untuned BLAS, whose matrix product is some 30 times slower than a tuned one: "
        "no fair opponent. Install OpenBLAS (Debian: libopenblas0-pthread)"
    )


def set_threads(threads):
    """torch's own threads, and those of OpenBLAS, which torch does not set."""
    torch.set_num_threads(threads)
    if BLAS is not None and "openblas" in BLAS:
        ctypes.CDLL(BLAS).openblas_set_num_threads(threads)


def create(workload, foreach):
    if workload in SCORE_MATCHING:
        return ScoreMatching(**SCORE_MATCHING[workload], foreach=foreach)
    if workload in FAMILIES:
        return FamilyWork(workload, Stream(), lambda parameters: adam_w(parameters, foreach))
    if workload in PICTURES:
        return create_picture(workload, Stream(), lambda parameters: adam_w(parameters, foreach))
    shape = WORKLOADS[workload]
    return Product(**shape) if "size" in shape else Network(**shape, foreach=foreach)


jobs = {}


def answer(request):
    workload, setting = request["workload"], request["setting"]
    record = {"peer": "torch", "workload": workload, "setting": setting}
    try:
        threads, foreach = SETTINGS[setting]
        set_threads(threads)
        if (workload, setting) not in jobs:
            check_steps = CHECK_STEPS if workload in WORKLOADS else SLOW_CHECK_STEPS
            work = create(workload, foreach)
            jobs[workload, setting] = Job(work, getattr(work, "check_steps", check_steps))
        return {**record, **jobs[workload, setting].round(request["seconds"])}
    except Exception as error:
        return {**record, "error": str(error)}


def show(record):
    print(json.dumps(record), flush=True)


def main():
    show(
        {
            "peer": "torch",
            "version": torch.__version__,
            "settings": list(SETTINGS),
            "workloads": list(WORKLOADS),
            "unavailable": {},
            "blas": BLAS and os.path.basename(BLAS),
            **({"caveat": caveat()} if caveat() else {}),
        }
    )
    if "--serve" in sys.argv:
        for line in sys.stdin:
            show(answer(json.loads(line)))
        return
    for workload in WORKLOADS:
        for setting in SETTINGS:
            request = {"workload": workload, "setting": setting, "seconds": STANDALONE_SECONDS}
            answers = [answer(request) for _ in range(STANDALONE_ROUNDS)]
            if "error" in answers[0]:
                show(answers[0])
                continue
            median = statistics.median(record["secondsPerStep"] for record in answers)
            show({**answers[-1], "secondsPerStep": median})


main()
