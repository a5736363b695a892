"""PyTorch's side of the families' workloads: a spline flow, a masked network with mixtures, an energy with chains.

Parameters are drawn in the order and layout of workload.mjs; where PyTorch is faster with another layout they are moved there once.
"""

import math

import torch
from torch import nn
from torch.nn import functional as F

FAMILIES = {
    "spline": {"columns": 12, "couplings": 6, "width": 128, "bins": 8, "bound": 4.0},
    "made": {"columns": 12, "width": 256, "layers": 2, "components": 5},
    "chain": {"columns": 32, "width": 128, "steps": 20, "epsilon": 0.01},
}
BATCH = 256
HALF_LOG_TWO_PI = 0.5 * math.log(2 * math.pi)


def drawn_linear(stream, inputs, outputs):
    linear = nn.Linear(inputs, outputs)
    bound = 1 / math.sqrt(inputs)
    with torch.no_grad():
        linear.weight.copy_(stream.tensor([inputs, outputs], bound).t())
        linear.bias.copy_(stream.tensor([outputs], bound))
    return linear


def perceptron(stream, widths):
    modules = []
    for inputs, outputs in zip(widths, widths[1:]):
        modules += [drawn_linear(stream, inputs, outputs), nn.SiLU()]
    return nn.Sequential(*modules[:-1])


class Spline(nn.Module):
    """Rational-quadratic couplings (Durkan et al. 2019), with searchsorted and gather; halves change over after each."""

    def __init__(self, stream, columns, couplings, width, bins, bound):
        super().__init__()
        self.bins, self.bound, self.half = bins, bound, columns // 2
        raw = 3 * bins - 1
        widths = [self.half, width, width, raw * self.half]
        self.nets = nn.ModuleList(perceptron(stream, widths) for _ in range(couplings))
        # From [raw, column] to [column, raw], which lies as the splines want it.
        order = torch.arange(raw * self.half).reshape(raw, self.half).t().reshape(-1)
        for net in self.nets:
            with torch.no_grad():
                net[-1].weight.copy_(net[-1].weight[order].clone())
                net[-1].bias.copy_(net[-1].bias[order].clone())

    def knots(self, raw):
        shares = torch.softmax(raw, -1) * (1 - 1e-3 * self.bins) + 1e-3
        return F.pad(torch.cumsum(shares, -1), (1, 0)) * (2 * self.bound) - self.bound

    def spline(self, x, raw):
        bins, bound = self.bins, self.bound
        widths, heights = self.knots(raw[..., :bins]), self.knots(raw[..., bins : 2 * bins])
        # softplus of raw + c, with c so that raw = 0 is the slope 1.
        shifted = raw[..., 2 * bins :] + math.log(math.expm1(1 - 1e-3))
        slopes = F.pad(F.softplus(shifted) + 1e-3, (1, 1), value=1.0)
        inside = x.abs() < bound
        held = x.clamp(-bound, bound - 1e-5)
        place = torch.searchsorted(widths.detach(), held.detach()[..., None], right=True)
        place = (place - 1).clamp(0, bins - 1)

        def at(values, index):
            return values.gather(-1, index)[..., 0]

        left, width = at(widths, place), at(widths, place + 1) - at(widths, place)
        bottom, height = at(heights, place), at(heights, place + 1) - at(heights, place)
        slope0, slope1 = at(slopes, place), at(slopes, place + 1)
        xi = (held - left) / width
        s = height / width
        between = xi * (1 - xi)
        below = s + (slope0 + slope1 - 2 * s) * between
        y = bottom + height * (s * xi**2 + slope0 * between) / below
        above = slope1 * xi**2 + 2 * s * between + slope0 * (1 - xi) ** 2
        log_slope = 2 * s.log() + above.log() - 2 * below.log()
        return torch.where(inside, y, x), torch.where(inside, log_slope, torch.zeros_like(log_slope))

    def loss(self, x):
        z, total = x, 0
        for net in self.nets:
            first, second = z[:, : self.half], z[:, self.half :]
            y, log_slope = self.spline(second, net(first).reshape(len(x), self.half, -1))
            total = total + log_slope.sum(1)
            z = torch.cat([y, first], 1)
        return (0.5 * z.square().sum(1) + x.shape[1] * HALF_LOG_TWO_PI - total).mean()


class Made(nn.Module):
    """Masked network (Germain et al. 2015) with direct connections and mixtures of normals."""

    def __init__(self, stream, columns, width, layers, components):
        super().__init__()
        self.columns, self.components = columns, components
        outputs = 3 * components * columns
        self.hidden = nn.ModuleList(drawn_linear(stream, width if l else columns, width) for l in range(layers))
        self.direct = nn.Parameter(stream.tensor([columns, outputs], 1 / math.sqrt(columns)).t().contiguous())
        self.out = drawn_linear(stream, width, outputs)
        column = torch.arange(columns)
        degree = torch.arange(width) * (columns - 1) // width
        of_output = torch.arange(outputs) // (3 * components)
        masks = [column[None] <= degree[:, None]] + [degree[None] <= degree[:, None]] * (layers - 1)
        self.masks = [mask.float() for mask in masks]
        self.out_mask = (degree[None] < of_output[:, None]).float()
        self.direct_mask = (column[None] < of_output[:, None]).float()

    def loss(self, x):
        h = x
        for layer, mask in zip(self.hidden, self.masks):
            h = F.silu(F.linear(h, layer.weight * mask, layer.bias))
        raw = F.linear(h, self.out.weight * self.out_mask, self.out.bias)
        raw = raw + F.linear(x, self.direct * self.direct_mask)
        raw = raw.reshape(len(x), self.columns, 3 * self.components)
        logits, means, scales = raw.split(self.components, -1)
        deviations = scales.exp() + 1e-3
        standard = (x[..., None] - means) / deviations
        joint = logits - 0.5 * standard.square() - deviations.log() - HALF_LOG_TWO_PI
        return (torch.logsumexp(logits, -1) - torch.logsumexp(joint, -1)).sum(1).mean()


class Chain(nn.Module):
    """Contrastive divergence: Langevin steps from the batch, with noise that was drawn before."""

    def __init__(self, stream, columns, width, steps, epsilon):
        super().__init__()
        self.steps, self.epsilon = steps, epsilon
        self.energy = perceptron(stream, [columns, width, width, width, 1])

    def given(self, stream, shape):
        noise = stream.tensor([shape[0], self.steps, shape[1]], math.sqrt(3))
        self.noise = noise.transpose(0, 1).contiguous()

    def loss(self, x):
        parameters = list(self.energy.parameters())
        for parameter in parameters:  # Chains need the gradient of the points alone.
            parameter.requires_grad_(False)
        at = x
        for z in self.noise:
            at = at.detach().requires_grad_(True)
            slope = torch.autograd.grad(self.energy(at).sum(), at)[0]
            with torch.no_grad():
                at = at - self.epsilon / 2 * slope + math.sqrt(self.epsilon) * z
        for parameter in parameters:
            parameter.requires_grad_(True)
        rows = len(x)
        energies = self.energy(torch.cat([x, at.detach()]))[:, 0]
        return (energies[:rows] - energies[rows:]).mean()


class FamilyWork:
    """One batch, one model, one optimiser; a step is zero_grad, loss, backward, update."""

    optimizer_name = "torch.optim.AdamW"

    def __init__(self, kind, stream, optimizer):
        settings = FAMILIES[kind]
        self.model = {"spline": Spline, "made": Made, "chain": Chain}[kind](stream, **settings)
        self.x = stream.tensor([BATCH, settings["columns"]], math.sqrt(3))
        if kind == "chain":
            self.model.given(stream, self.x.shape)
        self.optimizer = optimizer(self.model.parameters())

    def step(self):
        self.optimizer.zero_grad(set_to_none=True)
        self.model.loss(self.x).backward()
        self.optimizer.step()

    def value(self):
        return self.model.loss(self.x).item()
