# What scikit-learn's QuantileTransformer makes of training values and others: prints scaling.reference.json.
# python3 scaling.reference.py > scaling.reference.json   (scikit-learn 1.9.1, numpy 2.4.6)
import json
import numpy as np
from sklearn.preprocessing import QuantileTransformer

numbers = np.random.default_rng(1)
tables = {
    "few": np.array([0.0, 0.0, 0.0, 1.0, 2.0, 2.0, 5.0, 9.0, 9.0]),
    "ties": np.floor(numbers.exponential(3.0, 2500)),
    "continuous": np.round(numbers.lognormal(0.0, 2.0, 3000), 6),
}
cases = []
for name, training in tables.items():
    scaler = QuantileTransformer(n_quantiles=min(1000, len(training)), subsample=None).fit(training[:, None])
    least, most = training.min(), training.max()
    values = np.concatenate([numbers.choice(training, 40), np.linspace(least - 1, most + 1, 41)])
    ranks = scaler.transform(values[:, None])[:, 0]
    cases.append({"name": name, "training": training.tolist(), "values": values.tolist(), "ranks": ranks.tolist()})
print(json.dumps(cases))
