"""An independent judge: can scikit-learn's gradient-boosted trees tell synthetic rows from real ones?

Prints one JSON line of areas under the ROC curve, 0.5 being perfect, each by five folds over as many rows of either side, all
that there are unless MOST_ROWS is given:

shuffled  folds as they come. Where the real table repeats rows, the twin of a row lies in another fold and gives it away,
          however good the synthetic rows are.
grouped   equal rows in the same fold.
floor     as `shuffled`, with real rows in the place of the synthetic ones: half of the distinct rows, each once, against
          the other half as often as the table has them: about what a perfect generator that repeats no rows would get.

Of fewer than a thousand rows a side, `grouped` is the mean over ten draws of the folds: one draw moves it by about 0.01.

python3 judge.py REAL.csv SYNTHETIC.csv [MOST_ROWS] [--grouped]

--grouped: only that. REAL.csv may lack a header; then its columns are named as the synthetic ones.
"""

import json
import sys

import numpy
import pandas
import sklearn
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold, KFold, cross_val_predict


def codes(table):
    """Words as numbers, a gap as no number."""
    coded = table.copy()
    for name in coded:
        if coded[name].dtype == object or coded[name].dtype == bool:
            coded[name] = coded[name].astype(str).where(coded[name].notna()).astype("category").cat.codes.replace(-1, numpy.nan)
    return coded


def area(real, synthetic, most, grouped=False):
    count = min(len(real), len(synthetic), most)
    rows = pandas.concat([real.sample(count, random_state=0), synthetic.sample(count, random_state=0)], ignore_index=True)
    label = numpy.repeat([0, 1], count)
    groups = rows.groupby(list(rows.columns), dropna=False).ngroup().to_numpy()
    folds = GroupKFold(5) if grouped else KFold(5, shuffle=True, random_state=0)
    areas = []
    for draw in range(10 if grouped and count < 1000 else 1):
        # Groups go to folds by size and number; numbers drawn anew are folds drawn anew.
        numbers = groups if draw == 0 else numpy.random.default_rng(draw).permutation(groups.max() + 1)[groups]
        trees = HistGradientBoostingClassifier(random_state=0)
        said = cross_val_predict(trees, codes(rows), label, cv=folds, groups=numbers, method="predict_proba")
        areas.append(roc_auc_score(label, said[:, 1]))
    return numpy.mean(areas)


def tables(real_path, synthetic_path):
    """Both tables, columns named alike; blanks around words are no part of them."""
    read = lambda path, **options: pandas.read_csv(path, skipinitialspace=True, low_memory=False, **options)
    synthetic, real = read(synthetic_path), read(real_path)
    if list(real.columns) != list(synthetic.columns):
        real = read(real_path, header=None)
        real.columns = synthetic.columns
    # A gap that is written as a mark in one file may be empty in the other.
    return (table.replace("?", numpy.nan) for table in (real, synthetic))


words = [word for word in sys.argv[1:] if not word.startswith("--")]
real, synthetic = tables(words[0], words[1])
most = int(words[2]) if len(words) > 2 else len(real)
result = {
    "version": sklearn.__version__,
    "rows": min(len(real), len(synthetic), most),
    "grouped": area(real, synthetic, most, grouped=True),
}
if "--grouped" not in sys.argv:
    distinct = real.drop_duplicates().sample(frac=1, random_state=0)
    fresh = distinct[len(distinct) // 2 :]
    known = set(map(str, fresh.to_numpy().tolist()))
    others = real[[str(row) not in known for row in real.to_numpy().tolist()]]
    result |= {"shuffled": area(real, synthetic, most), "floor": area(others, fresh, most)}
print(json.dumps(result))
