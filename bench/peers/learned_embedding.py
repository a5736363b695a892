"""A learned embedding of a table's categories, to compare fixed encodings with.

The vectors of the words, at most eight numbers each, are trained together with a perceptron that is given all columns, the
vectors with noise, and has to name every column's word (cross-entropy): words come to lie apart as far as the noise demands,
and near to words that occur in the same rows. Each number is kept at mean 0 and variance 1 over the rows.

python3 learned_embedding.py encode TABLE.csv ENCODED.csv BOOK.json     words become numbers, spread by a little noise
python3 learned_embedding.py decode SAMPLES.csv DECODED.csv BOOK.json   numbers become the nearest words
"""

import json
import sys

import numpy
import pandas
import torch

NOISE = 0.3
WIDEST = 8


def learn(table, names):
    torch.manual_seed(0)
    words = {name: sorted(table[name].unique()) for name in names}
    codes = {name: torch.tensor(table[name].map({w: i for i, w in enumerate(words[name])}).to_numpy()) for name in names}
    others = table.drop(columns=names).astype(float)
    numbers = torch.tensor(((others - others.mean()) / others.std()).fillna(0).to_numpy(), dtype=torch.float32)
    widths = {name: min(len(words[name]) - 1, WIDEST) for name in names}
    vectors = {name: torch.randn(len(words[name]), widths[name], requires_grad=True) for name in names}
    net = torch.nn.Sequential(
        torch.nn.Linear(numbers.shape[1] + sum(widths.values()), 256),
        torch.nn.SiLU(),
        torch.nn.Linear(256, 256),
        torch.nn.SiLU(),
        torch.nn.Linear(256, sum(len(words[name]) for name in names)),
    )
    shares = {name: torch.bincount(codes[name]) / len(table) for name in names}

    def normal(name):
        centred = vectors[name] - shares[name] @ vectors[name]
        return centred / (shares[name] @ centred**2).sqrt()

    optimiser = torch.optim.Adam([*net.parameters(), *vectors.values()], 2e-3)
    for _ in range(3000):
        rows = torch.randint(len(table), (256,))
        embedded = [normal(name)[codes[name][rows]] for name in names]
        noisy = [x + NOISE * torch.randn_like(x) for x in embedded]
        said = net(torch.cat([numbers[rows], *noisy], 1)).split([len(words[name]) for name in names], 1)
        loss = sum(torch.nn.functional.cross_entropy(s, codes[name][rows]) for s, name in zip(said, names))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return {name: {"words": words[name], "vectors": normal(name).detach().tolist()} for name in names}


def encode(source, target, path):
    table = pandas.read_csv(source)
    names = [name for name in table if table[name].dtype == object]
    table[names] = table[names].fillna("")
    book = learn(table, names)
    random = numpy.random.default_rng(0)
    parts = []
    for name in table:
        if name not in book:
            parts.append(table[[name]])
            continue
        vectors = numpy.array(book[name]["vectors"])
        apart = numpy.linalg.norm(vectors[:, None] - vectors[None], axis=2)
        book[name]["spread"] = apart[apart > 0].min() / 8
        places = table[name].map({word: i for i, word in enumerate(book[name]["words"])})
        values = vectors[places] + book[name]["spread"] * random.standard_normal((len(table), vectors.shape[1]))
        parts.append(pandas.DataFrame(values, columns=[f"{name}:{k}" for k in range(vectors.shape[1])]))
    pandas.concat(parts, axis=1).to_csv(target, index=False)
    json.dump({"order": list(table), "columns": book}, open(path, "w"))


def decode(source, target, path):
    samples, book = pandas.read_csv(source), json.load(open(path))
    table = {}
    for name in book["order"]:
        column = book["columns"].get(name)
        if column is None:
            table[name] = samples[name]
            continue
        vectors = numpy.array(column["vectors"])
        values = samples[[f"{name}:{k}" for k in range(vectors.shape[1])]].to_numpy()
        nearest = ((values[:, None] - vectors[None]) ** 2).sum(2).argmin(1)
        table[name] = numpy.array(column["words"], dtype=object)[nearest]
    pandas.DataFrame(table).to_csv(target, index=False)


{"encode": encode, "decode": decode}[sys.argv[1]](*sys.argv[2:])
