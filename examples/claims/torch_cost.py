"""Time and memory of score-matching losses with their gradients in PyTorch, beside claim 6: one JSON line for each.

The network, the batch and the losses are those of 06-cost-of-the-exact-trace.ts; the trace is d reverse passes.
"""

import json
import resource
import sys
import time

import torch


def network(d, width, outputs):
    sizes = [d, width, width, width, outputs]
    layers = []
    for n, m in zip(sizes, sizes[1:]):
        layers += [torch.nn.Linear(n, m, bias=False), torch.nn.SiLU()]
    return torch.nn.Sequential(*layers[:-1])


def loss_of(model, kind, method, x, probe, sigma):
    def gradient(y):
        return torch.autograd.grad(y, x, create_graph=True)[0]

    def score(at):
        return -gradient(model(at).sum()) if kind == "energy" else model(at)

    if method == "denoising":
        x = (x.detach() + sigma * probe).requires_grad_(True)
        return (score(x) + probe / sigma).square().sum(1).mean() / 2
    s = score(x)
    if method == "sliced":
        along = gradient((s * probe).sum())
        return ((along * probe).sum(1) + (s * probe).sum(1).square() / 2).mean()
    trace = sum(gradient(s[:, i].sum())[:, i] for i in range(x.shape[1]))
    return (s.square().sum(1) / 2 + trace).mean()


def main():
    torch.set_num_threads(1)
    rows, width, most_seconds, *dimensions = [float(word) for word in sys.argv[1:]]
    for kind in ("free field", "energy"):
        for method in ("denoising", "sliced", "unrolled"):
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            for d in map(int, dimensions):
                torch.manual_seed(0)
                model = network(d, int(width), 1 if kind == "energy" else d)
                x = torch.randn(int(rows), d, requires_grad=True)
                probe = torch.randn(int(rows), d).sign()
                times = []
                begun = time.perf_counter()
                while len(times) < 3 or (len(times) < 60 and time.perf_counter() - begun < 0.5):
                    started = time.perf_counter()
                    model.zero_grad(set_to_none=True)
                    loss_of(model, kind, method, x, probe, 0.1).backward()
                    times.append(time.perf_counter() - started)
                    if times[-1] > most_seconds:
                        break
                after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
                megabytes = (after - before) / 1024 if after > before else None
                print(json.dumps({"kind": kind, "method": method, "d": d, "seconds": min(times), "megabytes": megabytes}))
                if min(times) > most_seconds:
                    break
    print(json.dumps({"version": torch.__version__}))


main()
