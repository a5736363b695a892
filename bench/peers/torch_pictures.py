"""PyTorch's side of the pictures' workloads: single convolutions with their gradients, and the steps of three networks.

Parameters are drawn in the order and layout of workload.mjs. Of two layouts in memory, each network takes the faster.
"""

import math
import time

import torch
from torch.nn import functional as F

BATCH = 64
SIDE = 28
CONVOLUTIONS = {
    f"conv-{side}-{part}": {"channels": channels, "side": side, "part": part}
    for side, channels in ((28, 32), (14, 64), (7, 128))
    for part in ("forward", "input", "filter")
}
NETWORKS = {
    "u-net": {"channels": 32, "levels": 3, "blocks": 2, "patch": 1, "magnitude": False},
    "u-net-patches": {"channels": 64, "levels": 2, "blocks": 2, "patch": 2, "magnitude": True},
    "transformer": {"patch": 4, "width": 192, "blocks": 6, "expansion": 4},
}
PICTURES = [*CONVOLUTIONS, *NETWORKS]
FREQUENCIES = [2 * math.pi * 0.125 * 16 ** (i / 15) for i in range(16)]
TOLD = 2 * len(FREQUENCIES) + 1
SILU_SIZE, BRANCH = 0.596, 0.3
LENGTH = math.hypot(1 - BRANCH, BRANCH)


def drawn(stream, shape):
    """Uniform, with the bound 1/√n, n the inputs of a filter [out, in, …] or a matrix [in, out]; 0.1 for a vector."""
    inputs = 100 if len(shape) == 1 else shape[0] if len(shape) == 2 else math.prod(shape[1:])
    return stream.tensor(shape, 1 / math.sqrt(inputs))


class ConvolutionWork:
    """A filter of 3 × 3 over a batch, or one of the two gradients."""

    optimizer_name = None
    check_steps = 3

    def __init__(self, stream, channels, side, part):
        self.part = part
        self.x = stream.tensor([BATCH, channels, side, side], math.sqrt(3))
        self.w = drawn(stream, [channels, channels, 3, 3])
        self.g = stream.tensor([BATCH, channels, side, side], math.sqrt(3))

    def step(self):
        with torch.no_grad():
            if self.part == "forward":
                return F.conv2d(self.x, self.w, padding=1)
            wanted = [self.part == "input", self.part == "filter", False]
            gradients = torch.ops.aten.convolution_backward(
                self.g, self.x, self.w, None, [1, 1], [1, 1], [1, 1], False, [0, 0], 1, wanted
            )
            return gradients[0 if wanted[0] else 1]

    def value(self):
        return self.step().double().square().mean().item()


def told(noise):
    angles = noise[:, None] * torch.tensor(FREQUENCIES)
    return torch.cat([angles.sin(), angles.cos(), noise[:, None]], 1)


def attention(tokens, weight, rows, heads):
    width = tokens.shape[1]
    count, d = tokens.shape[0] // rows, width // heads
    q, k, v = (tokens @ weight).reshape(rows, count, 3, heads, d).permute(2, 0, 3, 1, 4)
    mixed = torch.softmax(q @ k.transpose(-1, -2) / math.sqrt(d), -1) @ v
    return mixed.transpose(1, 2).reshape(rows * count, width)


def patched(x, size):
    if size == 1:
        return x
    rows, channels, height, width = x.shape
    split = x.reshape(rows, channels, height // size, size, width // size, size)
    return split.permute(0, 1, 3, 5, 2, 4).reshape(rows, channels * size**2, height // size, width // size)


def unpatched(x, size):
    if size == 1:
        return x
    rows, channels, height, width = x.shape
    split = x.reshape(rows, channels // size**2, size, size, height, width)
    return split.permute(0, 1, 4, 2, 5, 3).reshape(rows, channels // size**2, height * size, width * size)


def per_channel(values):
    return values[:, :, None, None]


class UNet:
    def __init__(self, channels, levels, blocks, patch, magnitude):
        self.patch, self.magnitude = patch, magnitude
        widths = [channels * 2**level for level in range(levels)]
        embedding = 4 * channels
        self.shapes = {"embed.weight": [TOLD, embedding], "embed.bias": [embedding]}
        self.shapes["in.filter"] = [channels, 2 * patch**2, 3, 3]
        self.down = [self.level("down", level, widths, blocks, embedding) for level in range(levels)]
        self.up = [self.level("up", level, widths, blocks, embedding) for level in reversed(range(levels))]
        self.heads = max(1, widths[-1] // 64)
        self.shapes["attention.in.weight"] = [widths[-1], 3 * widths[-1]]
        self.shapes["attention.out.weight"] = [widths[-1], widths[-1]]
        self.shapes["out.filter"] = [patch**2, channels, 3, 3]

    def level(self, way, level, widths, blocks, embedding):
        names = [f"{way}{level}.block{b}" for b in range(blocks)]
        before = widths[max(0, level - 1)] if way == "down" else widths[min(len(widths) - 1, level + 1)]
        for b, name in enumerate(names):
            source, target = widths[level] if b > 0 else before, widths[level]
            self.shapes[f"{name}.first.filter"] = [target, source, 3, 3]
            self.shapes[f"{name}.told.scale"] = [embedding, target]
            if not self.magnitude:
                self.shapes[f"{name}.told.shift"] = [embedding, target]
                self.shapes[f"{name}.shift.bias"] = [target]
            self.shapes[f"{name}.second.filter"] = [target, target, 3, 3]
            if source != target:
                self.shapes[f"{name}.skip.filter"] = [target, source, 1, 1]
        return names

    def unit(self, w):
        return w / (w.square().sum([1, 2, 3], keepdim=True) + 1e-8).sqrt()

    def normed(self, x):
        return F.group_norm(x, x.shape[1] // 16)

    def block(self, p, name, x, e):
        first, second, skip = p[f"{name}.first.filter"], p[f"{name}.second.filter"], p.get(f"{name}.skip.filter")
        scale = per_channel(e @ p[f"{name}.told.scale"] + 1)
        if self.magnitude:
            u = F.conv2d(F.silu(x), self.unit(first) * (1 / SILU_SIZE), padding=1) * scale
            u = F.conv2d(F.silu(u), self.unit(second) * (BRANCH / LENGTH / SILU_SIZE), padding=1)
            kept = (1 - BRANCH) / LENGTH
            return u + (x * kept if skip is None else F.conv2d(x, self.unit(skip) * kept))
        u = self.normed(F.conv2d(F.silu(self.normed(x)), first, padding=1))
        shift = per_channel(e @ p[f"{name}.told.shift"] + p[f"{name}.shift.bias"])
        u = F.conv2d(F.silu(u * scale + shift), second, padding=1)
        return u + (x if skip is None else F.conv2d(x, skip))

    def __call__(self, p, x, noise):
        rows = x.shape[0]
        e = F.silu(told(noise) @ p["embed.weight"] + p["embed.bias"])
        first = p["in.filter"]
        h = patched(torch.cat([x, torch.ones_like(x)], 1), self.patch)
        h = F.conv2d(h, self.unit(first) if self.magnitude else first, padding=1)
        left = []
        for level, names in enumerate(self.down):
            if level > 0:
                h = F.avg_pool2d(h, 2)
            for name in names:
                h = self.block(p, name, h, e)
            left.append(h)
        channels, height, width = h.shape[1:]
        tokens = self.normed(h).flatten(2).transpose(1, 2).reshape(-1, channels)
        mixed = attention(tokens, p["attention.in.weight"], rows, self.heads) @ p["attention.out.weight"]
        h = h + mixed.reshape(rows, height * width, channels).transpose(1, 2).reshape(h.shape)
        for k, names in enumerate(self.up):
            if k > 0:
                h = F.interpolate(h, scale_factor=2, mode="nearest")
            for b, name in enumerate(names):
                h = self.block(p, name, h, e)
                if b == 0:
                    h = (h + left[-1 - k]) * math.sqrt(0.5)
        last = F.silu(h) * (1 / SILU_SIZE) if self.magnitude else F.silu(self.normed(h))
        return unpatched(F.conv2d(last, p["out.filter"], padding=1), self.patch)


class Transformer:
    def __init__(self, patch, width, blocks, expansion):
        self.patch, self.width, self.blocks = patch, width, blocks
        self.heads = width // 64 if width % max(1, width // 64) == 0 else 1
        self.tokens = (SIDE // patch) ** 2
        self.shapes = {
            "embed.weight": [TOLD, width],
            "embed.bias": [width],
            "in.weight": [patch**2, width],
            "in.positions": [self.tokens, width],
        }
        for k in range(blocks):
            self.shapes[f"block{k}.told.weight"] = [width, 6 * width]
            self.shapes[f"block{k}.told.bias"] = [6 * width]
            self.shapes[f"block{k}.attention.in.weight"] = [width, 3 * width]
            self.shapes[f"block{k}.attention.out.weight"] = [width, width]
            self.shapes[f"block{k}.in.weight"] = [width, expansion * width]
            self.shapes[f"block{k}.out.weight"] = [expansion * width, width]
        self.shapes["out.told.weight"] = [width, 2 * width]
        self.shapes["out.told.bias"] = [2 * width]
        self.shapes["out.weight"] = [width, patch**2]
        self.shapes["out.bias"] = [patch**2]

    def __call__(self, p, x, noise):
        rows, width = x.shape[0], self.width
        e = F.silu(told(noise) @ p["embed.weight"] + p["embed.bias"])

        def modulation(name):
            return (e @ p[f"{name}.weight"] + p[f"{name}.bias"])[:, None].split(width, -1)

        def normed(h, scale, shift):
            return F.layer_norm(h, [width]) * (scale + 1) + shift

        small = patched(x, self.patch)
        grid = small.shape[2:]
        h = small.flatten(2).transpose(1, 2) @ p["in.weight"] + p["in.positions"]
        for k in range(self.blocks):
            m = modulation(f"block{k}.told")
            seen = normed(h, m[0], m[1]).reshape(-1, width)
            mixed = attention(seen, p[f"block{k}.attention.in.weight"], rows, self.heads)
            h = h + m[2] * (mixed @ p[f"block{k}.attention.out.weight"]).reshape(h.shape)
            hidden = F.silu(normed(h, m[3], m[4]) @ p[f"block{k}.in.weight"])
            h = h + m[5] * (hidden @ p[f"block{k}.out.weight"])
        m = modulation("out.told")
        made = normed(h, m[0], m[1]) @ p["out.weight"] + p["out.bias"]
        return unpatched(made.transpose(1, 2).reshape(rows, -1, *grid), self.patch)


class NetworkWork:
    """One batch, one network, one optimiser; a step is zero_grad, loss, backward, update."""

    optimizer_name = "torch.optim.AdamW"
    check_steps = 2

    def __init__(self, name, stream, optimizer):
        settings = NETWORKS[name]
        self.network = Transformer(**settings) if name == "transformer" else UNet(**settings)
        start = {key: drawn(stream, shape) for key, shape in self.network.shapes.items()}
        self.x = stream.tensor([BATCH, 1, SIDE, SIDE], math.sqrt(3))
        self.noise = stream.tensor([BATCH], 1)
        self.y = stream.tensor([BATCH, 1, SIDE, SIDE], math.sqrt(3))
        layouts = [torch.contiguous_format] + ([torch.channels_last] if name != "transformer" else [])
        times = {}
        for layout in layouts:
            self.begin(start, layout, optimizer)
            self.step()
            began = time.perf_counter()
            self.step()
            times[layout] = time.perf_counter() - began
        self.begin(start, min(times, key=times.get), optimizer)

    def begin(self, start, layout, optimizer):
        laid = lambda t: t.clone(memory_format=layout) if t.dim() == 4 else t.clone()
        self.p = {key: laid(value).requires_grad_() for key, value in start.items()}
        self.given = laid(self.x)
        self.optimizer = optimizer(list(self.p.values()))

    def loss(self):
        return F.mse_loss(self.network(self.p, self.given, self.noise), self.y)

    def step(self):
        self.optimizer.zero_grad(set_to_none=True)
        self.loss().backward()
        self.optimizer.step()

    def value(self):
        with torch.no_grad():
            return self.loss().item()


def create_picture(workload, stream, optimizer):
    if workload in CONVOLUTIONS:
        return ConvolutionWork(stream, **CONVOLUTIONS[workload])
    return NetworkWork(workload, stream, optimizer)
