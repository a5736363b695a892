"""An independent judge: can scikit-learn's gradient-boosted trees tell synthetic rows from real ones?

Prints one JSON line of areas under the ROC curve, 0.5 being perfect, each by five folds over as many rows of either side:

shuffled  folds as they come. Where the real table repeats rows, the twin of a row lies in another fold and gives it away,
          however good the synthetic rows are.
grouped   equal rows in the same fold.
floor     as `shuffled`, with real rows in the place of the synthetic ones: half of the distinct rows, each once, against
          the other half as often as the table has them: about what a perfect generator that repeats no rows would get.

python3 judge.py REAL.csv SYNTHETIC.csv [MOST_ROWS]
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
    trees = HistGradientBoostingClassifier(random_state=0)
    said = cross_val_predict(trees, codes(rows), label, cv=folds, groups=groups, method="predict_proba")
    return roc_auc_score(label, said[:, 1])


real, synthetic = pandas.read_csv(sys.argv[1]), pandas.read_csv(sys.argv[2])
most = int(sys.argv[3]) if len(sys.argv) > 3 else 4000
distinct = real.drop_duplicates().sample(frac=1, random_state=0)
fresh = distinct[len(distinct) // 2 :]
known = set(map(str, fresh.to_numpy().tolist()))
others = real[[str(row) not in known for row in real.to_numpy().tolist()]]
print(
    json.dumps(
        {
            "version": sklearn.__version__,
            "rows": min(len(real), len(synthetic), most),
            "shuffled": area(real, synthetic, most),
            "grouped": area(real, synthetic, most, grouped=True),
            "floor": area(others, fresh, most),
        }
    )
)
