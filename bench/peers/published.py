"""The measures that papers on tabular diffusion print, by their definitions: Shape, Trend and C2ST.

python3 published.py REAL.csv SYNTHETIC.csv [--categories a,b] [--most ROWS] [--seed N] [--quality] [--held-out FILE]

Written independently of Scorefield's TypeScript, to be held against it. Prints one JSON line:

shape_error  %. Mean over columns of the Kolmogorov-Smirnov distance of numbers, the total variation of categories.
trend_error  %. Mean over pairs of columns: |difference of Pearson's correlations| / 2 of two numbers; for a pair with a
             category the total variation of the two contingency tables, numbers cut into ten bins of equal width over the
             real range, and three more: below it, at its end or above, a gap.
c2st         Mean over three stratified folds of 1 - (2 max(AUC, 1/2) - 1) of a logistic regression that tells the rows
             apart: one-hot categories, gaps of numbers filled by the mean, columns scaled by median and quartiles, penalty
             C = 1: SDMetrics' LogisticDetection. scikit-learn's hundred steps of L-BFGS, the papers' way, end before the
             optimum where columns differ much in width, and then say less; c2st_converged is that of the optimum.

With --quality also alpha_precision and beta_recall (Alaa et al. 2022), by synthcity's definition without embedding, as TabSyn
uses it.

With --held-out, rows that were not learned from while REAL was, also the share of synthetic rows that are nearer to a learned row
than to any held-out one (DCR, TabSyn's score): numbers over the range of the learned rows, one column a word, distances in L1.
dcr_equal takes as many learned rows as held-out ones, drawn by the seed, as the papers do; dcr takes all N beside all m held-out
ones, and weighs both sides alike: (1 - b)/N / ((1 - b)/N + b/m), b the share whose nearest row is held out. Of rows that are
equally near each counts alike. At most 5,000 synthetic rows.

Gaps are values: a category of their own; of numbers, one value below all others in Shape, and a category beside the filled
number in C2ST and --quality. Correlations are of the rows that have both values. Where there are no gaps in numbers, Shape
and Trend are SDMetrics' (whose correlations take a gap as 0).

floor        The same three of real rows in the place of the synthetic ones. resampled: as many, drawn with replacement, the
             error of a generator whose distribution is exactly the table's. halves: one half against the other, each of half
             as many rows. fresh: halves / sqrt 2, about what as many fresh rows of the true distribution would get.
"""

import argparse
import json
import time
import warnings

import numpy
import pandas
from scipy.spatial.distance import cdist
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import RobustScaler

warnings.filterwarnings("ignore")
GAPS = ["", "?", "NA", "N/A", "NaN", "nan", "null", "None"]


def read(path, **options):
    return pandas.read_csv(path, skipinitialspace=True, keep_default_na=False, na_values=GAPS, low_memory=False, **options)


def tables(real_path, synthetic_path):
    """Both tables with the same names; the real file may have no header."""
    synthetic = read(synthetic_path)
    real = read(real_path)
    if sorted(real.columns) != sorted(synthetic.columns):
        if len(real.columns) != len(synthetic.columns):
            raise SystemExit(f"{len(real.columns)} real columns, {len(synthetic.columns)} synthetic ones")
        real = read(real_path, header=None)
        real.columns = synthetic.columns
    return real, synthetic[real.columns]


def is_number(column):
    return pandas.api.types.is_numeric_dtype(column) and not pandas.api.types.is_bool_dtype(column)


def as_moments(real, synthetic):
    """Columns of ISO dates as numbers."""
    real, synthetic = real.copy(), synthetic.copy()
    for name in real:
        if real[name].dtype != object:
            continue
        words = real[name].dropna().astype(str)
        if len(words) and words.str.match(r"^\d{4}-\d\d-\d\d([ T]|$)").all():
            for table in (real, synthetic):
                moments = pandas.to_datetime(table[name], errors="coerce", utc=True)
                table[name] = moments.view("int64").where(moments.notna()).astype(float)
    return real, synthetic


def words(column):
    """Categories as text; numbers that are read as float in one table and as int in the other are the same word."""
    return column.map(lambda v: "\0gap" if pandas.isna(v) else f"{v:g}" if isinstance(v, (int, float)) else str(v))


def ks(a, b):
    a, b = numpy.sort(a), numpy.sort(b)
    at = numpy.concatenate([a, b])
    return numpy.abs(numpy.searchsorted(a, at, "right") / len(a) - numpy.searchsorted(b, at, "right") / len(b)).max()


def variation(a, b):
    a, b = a.value_counts(normalize=True), b.value_counts(normalize=True)
    return a.sub(b, fill_value=0).abs().sum() / 2


def shape_error(real, synthetic, numbers):
    errors = {}
    for name in real:
        if name in numbers:
            a, b = (t[name].astype(float).fillna(-numpy.inf).to_numpy() for t in (real, synthetic))
            errors[name] = ks(a, b)
        else:
            errors[name] = variation(words(real[name]), words(synthetic[name]))
    return errors


def correlation(a, b):
    both = ~(numpy.isnan(a) | numpy.isnan(b))
    a, b = a[both], b[both]
    if len(a) < 2 or a.min() == a.max() or b.min() == b.max():
        return numpy.nan
    return numpy.corrcoef(a, b)[0, 1]


def trend_error(real, synthetic, numbers):
    """Codes a column: words, or bins of numbers; a pair's table is that of the pairs of codes."""
    codes, values = {}, {}
    for name in real:
        if name in numbers:
            values[name] = [t[name].astype(float).to_numpy() for t in (real, synthetic)]
            edges = numpy.histogram_bin_edges(values[name][0][~numpy.isnan(values[name][0])], 10)
            codes[name] = [numpy.where(numpy.isnan(v), 12, numpy.digitize(v, edges)) for v in values[name]]
        else:
            both = pandas.concat([words(real[name]), words(synthetic[name])])
            each = pandas.factorize(both)[0]
            codes[name] = [each[: len(real)], each[len(real) :]]
    errors = {}
    names = list(real)
    for i, one in enumerate(names):
        for other in names[:i]:
            if one in numbers and other in numbers:
                error = abs(numpy.subtract(*(correlation(a, b) for a, b in zip(values[one], values[other])))) / 2
            else:
                error = variation(*(pandas.Series(a.astype(numpy.int64) << 32 | b) for a, b in zip(codes[one], codes[other])))
            errors[f"{other} × {one}"] = error
    return errors


def features(real, synthetic, numbers):
    parts = []
    for name in real:
        if name in numbers:
            mean = real[name].astype(float).mean()
            both = numpy.concatenate([t[name].astype(float).to_numpy() for t in (real, synthetic)])[:, None]
            gap = numpy.isnan(both)
            parts.append(numpy.where(gap, mean, both))
            if gap.any():
                parts.append(gap.astype(float))
        else:
            known = sorted(words(real[name]).unique())
            both = pandas.concat([words(real[name]), words(synthetic[name])])
            parts.append((both.to_numpy()[:, None] == numpy.array(known, object)[None, :]).astype(float))
    return numpy.hstack(parts)


def c2st(real, synthetic, numbers, seed):
    x = features(real, synthetic, numbers)
    y = numpy.repeat([1, 0], [len(real), len(synthetic)])
    usual, converged = [], []
    for learn, judge in StratifiedKFold(3, shuffle=True, random_state=seed).split(x, y):
        scaler = RobustScaler().fit(x[learn])
        a, b = scaler.transform(x[learn]), scaler.transform(x[judge])
        for solver, scores in ((LogisticRegression(), usual), (LogisticRegression(solver="newton-cholesky"), converged)):
            area = roc_auc_score(y[judge], solver.fit(a, y[learn]).decision_function(b))
            scores.append(1 - (2 * max(area, 0.5) - 1))
    return numpy.mean(usual), numpy.mean(converged)


def quality(real, synthetic, numbers):
    """alpha-precision and beta-recall (Alaa et al. 2022) in the plain space: numbers over the real range, one column a word."""
    parts = []
    for name in real:
        if name in numbers:
            values = [t[name].astype(float).to_numpy()[:, None] for t in (real, synthetic)]
            low, high, mean = numpy.nanmin(values[0]), numpy.nanmax(values[0]), numpy.nanmean(values[0])
            gaps = [numpy.isnan(v) for v in values]
            parts.append([(numpy.where(g, mean, v) - low) / (high - low or 1) for v, g in zip(values, gaps)])
            if any(g.any() for g in gaps):
                parts.append([numpy.hstack([g, ~g]).astype(float) for g in gaps])
        else:
            known = sorted(set(words(real[name])) | set(words(synthetic[name])))
            parts.append([(words(t[name]).to_numpy()[:, None] == numpy.array(known, object)).astype(float) for t in (real, synthetic)])
    x, y = (numpy.hstack([part[side] for part in parts]) for side in (0, 1))
    levels = numpy.linspace(0, 1, 30)
    radii = numpy.quantile(numpy.linalg.norm(x - x.mean(0), axis=1), levels)
    within = numpy.linalg.norm(y - x.mean(0), axis=1)
    alpha = numpy.array([(within <= radius).mean() for radius in radii])
    to_real = NearestNeighbors(n_neighbors=2).fit(x).kneighbors(x)[0][:, 1]
    to_made, nearest = (found[:, 0] for found in NearestNeighbors(n_neighbors=1).fit(y).kneighbors(x))
    nearest_radius = numpy.linalg.norm(y[nearest] - y.mean(0), axis=1)
    met = to_made <= to_real
    beta = numpy.array([(met & (nearest_radius <= radius)).mean() for radius in numpy.quantile(nearest_radius, levels)])
    score = lambda curve: 1 - numpy.abs(levels - curve).sum() / levels.sum()
    return {"alpha_precision": score(alpha), "beta_recall": score(beta)}


def plain_space(tables, numbers):
    """Tables as columns of which the sum of differences is the distance; units are those of the first."""
    parts = [[] for _ in tables]
    for name in tables[0]:
        if name in numbers:
            values = [t[name].astype(float).to_numpy()[:, None] for t in tables]
            low, high, mean = numpy.nanmin(values[0]), numpy.nanmax(values[0]), numpy.nanmean(values[0])
            any_gap = any(numpy.isnan(v).any() for v in values)
            for part, v in zip(parts, values):
                gap = numpy.isnan(v)
                part.append((numpy.where(gap, mean, v) - low) / (high - low or 1))
                if any_gap:
                    part.append(numpy.hstack([gap, ~gap]).astype(float))
        else:
            known = numpy.array(sorted(set().union(*(words(t[name]) for t in tables))), object)
            for part, t in zip(parts, tables):
                part.append((words(t[name]).to_numpy()[:, None] == known).astype(float))
    return [numpy.hstack(part) for part in parts]


def closest(rows, among):
    """The least sum of differences of each row, and how many rows are that near."""
    least, ties = [], []
    for start in range(0, len(rows), 100):
        distances = cdist(rows[start : start + 100], among, "cityblock")
        nearest = distances.min(1)
        least.append(nearest)
        ties.append((distances <= nearest[:, None] + 1e-9).sum(1))
    return numpy.concatenate(least), numpy.concatenate(ties)


def share_held_out(made, learned, held_out):
    (a, ties_a), (b, ties_b) = closest(made, learned), closest(made, held_out)
    shared = ties_b / (ties_a + ties_b)
    return numpy.where(abs(a - b) <= 1e-9, shared, b < a).mean()


def dcr(real, held_out, synthetic, numbers, seed):
    made = synthetic if len(synthetic) <= 5000 else synthetic.sample(5000, random_state=seed)
    learned, unseen, rows = plain_space([real, held_out, made], numbers)
    b = share_held_out(rows, learned, unseen)
    one, two = (1 - b) / len(learned), b / len(unseen)
    count = min(len(learned), len(unseen))
    order = numpy.random.default_rng(seed).permutation(len(learned))[:count]
    return {"dcr": one / (one + two), "dcr_equal": 1 - share_held_out(rows, learned[order], unseen[:count])}


def figures(real, synthetic, numbers, seed):
    shapes = shape_error(real, synthetic, numbers)
    trends = trend_error(real, synthetic, numbers)
    usual, converged = c2st(real, synthetic, numbers, seed)
    return {
        "shape_error": 100 * numpy.mean(list(shapes.values())),
        "trend_error": 100 * numpy.nanmean(list(trends.values())) if trends else 0.0,
        "c2st": usual,
        "c2st_converged": converged,
    }, {name: 100 * error for name, error in shapes.items()}, {name: 100 * error for name, error in trends.items()}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("real")
    parser.add_argument("synthetic")
    parser.add_argument("--categories", default="", help="columns of numbers that are categories, with commas between")
    parser.add_argument("--most", type=int, default=10**9, help="rows of either side, at most")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--no-floor", action="store_true")
    parser.add_argument("--quality", action="store_true", help="alpha-precision and beta-recall too; minutes for 30,000 rows")
    parser.add_argument("--held-out", help="rows that were not learned from: the share nearer to learned ones, too")
    given = parser.parse_args()
    started = time.time()
    real, synthetic = as_moments(*tables(given.real, given.synthetic))
    all_real, all_synthetic = real, synthetic
    count = min(len(real), len(synthetic), given.most)
    real = real if count == len(real) else real.sample(count, random_state=given.seed)
    synthetic = synthetic if count == len(synthetic) else synthetic.sample(count, random_state=given.seed)
    real, synthetic = real.reset_index(drop=True), synthetic.reset_index(drop=True)
    categories = given.categories.split(",")
    numbers = [name for name in real if is_number(real[name]) and name not in categories and real[name].notna().any()]
    for name in numbers:
        synthetic[name] = pandas.to_numeric(synthetic[name], errors="coerce")
    result, shapes, trends = figures(real, synthetic, numbers, given.seed)
    if given.quality:
        result |= quality(real, synthetic, numbers)
    if given.held_out:
        unseen = read(given.held_out)[all_real.columns]
        for name in numbers:
            for table in (unseen, all_synthetic):
                table[name] = pandas.to_numeric(table[name], errors="coerce")
        result |= dcr(all_real, unseen, all_synthetic, numbers, given.seed)
    floor = {}
    if not given.no_floor:
        random = numpy.random.default_rng(given.seed)
        resampled = real.iloc[random.integers(0, count, count)].reset_index(drop=True)
        order = random.permutation(count)
        one, other = (real.iloc[part].reset_index(drop=True) for part in (order[: count // 2], order[count // 2 :]))
        floor = {
            "resampled": figures(real, resampled, numbers, given.seed)[0],
            "halves": figures(one, other, numbers, given.seed)[0],
        }
        floor["fresh"] = {name: floor["halves"][name] / 2**0.5 for name in ("shape_error", "trend_error")}
    largest = lambda errors: dict(sorted(errors.items(), key=lambda e: -numpy.nan_to_num(e[1]))[:8])
    print(
        json.dumps(
            {
                "rows": count,
                **result,
                "floor": floor,
                "shape_by_column": shapes,
                "largest_trends": largest(trends),
                "numbers": numbers,
                "seconds": round(time.time() - started, 1),
            }
        )
    )


if __name__ == "__main__":
    main()
