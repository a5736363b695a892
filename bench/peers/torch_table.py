"""PyTorch, eager, on the CPU: a table read from CSV, standardised, and learned by the network that `train` uses.

Residual MLP (width 256, four blocks, noise embedding 64), EDM preconditioning and loss, AdamW, gradient clipping and an
exponential average of the weights. Batches come from PyTorch's DataLoader, shuffled, as its manual has it, and once more by
index from memory, which is what a person does who has measured that. Prints one JSON line: steps per second of both, reading
and shuffling included, each at its best number of threads.

python3 torch_table.py TABLE.csv SEPARATOR BATCH SECONDS
"""

import csv
import json
import math
import os
import sys
import time

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

DECAY = 0.5 ** (1 / 200)
FREQUENCIES = 2 * math.pi * 0.125 * 16 ** (torch.arange(16) / 15)


class Network(nn.Module):
    def __init__(self, dimension, width=256, blocks=4, embedding=64):
        super().__init__()
        self.embed = nn.Linear(33, embedding)
        self.inside = nn.Linear(dimension, width)
        self.a = nn.ModuleList(nn.Linear(width, width) for _ in range(blocks))
        self.e = nn.ModuleList(nn.Linear(embedding, width, bias=False) for _ in range(blocks))
        self.c = nn.ModuleList(nn.Linear(width, width, bias=False) for _ in range(blocks))
        self.head = nn.Linear(embedding, width)
        self.out = nn.Linear(width, dimension)
        nn.init.zeros_(self.out.weight)

    def forward(self, x, noise):
        angles = noise[:, None] * FREQUENCIES
        features = torch.cat([angles.sin(), angles.cos(), noise[:, None]], 1)
        e = nn.functional.silu(self.embed(features))
        h = self.inside(x)
        for a, embed, c in zip(self.a, self.e, self.c):
            h = h + c(nn.functional.silu(a(h) + embed(e)))
        return self.out(nn.functional.silu(h + self.head(e)))


def rows_of(path, separator):
    with open(path, newline="") as file:
        lines = csv.reader(file, delimiter=separator)
        next(lines)
        return torch.tensor([[float(cell) for cell in line] for line in lines])


def steps_per_second(path, separator, batch, seconds, threads, loading):
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    rows = rows_of(path, separator)
    rows = (rows - rows.mean(0)) / rows.std(0)
    network = Network(rows.shape[1])
    average = [parameter.detach().clone() for parameter in network.parameters()]
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-3, weight_decay=0, foreach=True)

    def step(x):
        sigma = torch.exp(1.2 * torch.randn(batch) - 1.2)
        noisy = x + sigma[:, None] * torch.randn_like(x)
        total = sigma**2 + 1
        target = (x - noisy / total[:, None]) * (total.sqrt() / sigma)[:, None]
        loss = (network(noisy / total.sqrt()[:, None], sigma.log() / 4) - target).square().mean()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        with torch.no_grad():
            torch._foreach_mul_(average, DECAY)
            torch._foreach_add_(average, list(network.parameters()), alpha=1 - DECAY)

    def by_index():
        for index in torch.randperm(len(rows)).split(batch):
            if len(index) == batch:
                yield rows[index]

    loader = DataLoader(TensorDataset(rows), batch_size=batch, shuffle=True, drop_last=True)

    def by_loader():
        for (x,) in loader:
            yield x

    batches = by_index if loading == "index" else by_loader

    def steps(until):
        done = 0
        start = time.perf_counter()
        while True:
            for x in batches():
                step(x)
                done += 1
                if time.perf_counter() - start > until:
                    return done / (time.perf_counter() - start)

    steps(min(2.0, seconds))
    return steps(seconds)


def main():
    path, separator, batch, seconds = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
    counts = sorted({1, max(1, (os.cpu_count() or 1) // 2), os.cpu_count() or 1})
    said = {"version": torch.__version__}
    for loading in ["loader", "index"]:
        found = {threads: steps_per_second(path, separator, batch, seconds, threads, loading) for threads in counts}
        best = max(found, key=found.get)
        said[loading] = {"threads": best, "stepsPerSecond": found[best]}
    print(json.dumps(said))


if __name__ == "__main__":
    main()
