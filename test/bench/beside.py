"""Checks what README's table "Beside other tools" says of the Python libraries.

Needs `pip install scikit-learn==1.9.1 isotree==0.6.1.post10 pyod==3.6.7 skl2onnx==1.20.0 pandas` (and pyod's extra torch for the
autoencoder's class, whose file alone is looked for here). Prints a line a cell, and ends with 1 where one does not hold.
What the table says of RITA is in the README of github.com/activecm/rita.
"""

import importlib
import inspect
import pkgutil
import sys
import warnings

import isotree
import numpy as np
import pandas as pd
import pyod.models
from pyod.models.base import BaseDetector
from pyod.models.iforest import IForest
from skl2onnx import supported_converters
from sklearn.base import OutlierMixin
from sklearn.ensemble import IsolationForest
from sklearn.utils import all_estimators

warnings.filterwarnings("ignore")

missing = np.array([[1.0, np.nan], [2.0, 3.0], [4.0, 5.0]] * 10)
names = pd.DataFrame({"bytes": [1.0, 2.0, 3.0] * 10, "service": ["http", "dns", "ssh"] * 10})


def refuses(work):
    try:
        work()
    except ValueError:
        return True
    return False


def pyod_detectors():
    """PyOD's detectors, by name, that can be imported without its optional packages."""
    found = {}
    for module in pkgutil.iter_modules(pyod.models.__path__):
        try:
            imported = importlib.import_module(f"pyod.models.{module.name}")
        except Exception:
            continue
        for name, item in inspect.getmembers(imported, inspect.isclass):
            if issubclass(item, BaseDetector) and item.__module__ == imported.__name__ and not name.startswith("Base"):
                found[name] = item
    return found


detectors = pyod_detectors()
sklearn_detectors = {name for name, item in all_estimators() if issubclass(item, OutlierMixin)}
isotree_options = inspect.signature(isotree.IsolationForest).parameters

cells = {
    "scikit-learn has five detectors": len(sklearn_detectors) == 5,
    "scikit-learn's forest takes missing values": IsolationForest().fit(missing).score_samples(missing).size == 30,
    "scikit-learn's forest refuses names": refuses(lambda: IsolationForest().fit(names)),
    "scikit-learn's threshold is a share of the training rows": "contamination" in inspect.signature(IsolationForest).parameters,
    "scikit-learn's forest becomes ONNX by skl2onnx": "SklearnIsolationForest" in supported_converters(),
    "PyOD has over 40 detectors": len(detectors) > 40,
    "PyOD's forest is scikit-learn's": isinstance(IForest().fit(missing[1:3].repeat(9, 0)).detector_, IsolationForest),
    "PyOD has autoencoders": {"auto_encoder", "vae"} <= {module.name for module in pkgutil.iter_modules(pyod.models.__path__)},
    "PyOD's forest refuses missing values": refuses(lambda: IForest().fit(missing)),
    "PyOD's forest refuses names": refuses(lambda: IForest().fit(names)),
    "PyOD's threshold is a share of the training rows": "contamination" in inspect.signature(IForest).parameters,
    "PyOD explains rows of ECOD and COPOD": {name for name, item in detectors.items() if hasattr(item, "explain_outlier")}
    == {"ECOD", "COPOD"},
    "isotree takes missing values": isotree.IsolationForest(ntrees=10).fit(missing).predict(missing).size == 30,
    "isotree takes names": isotree.IsolationForest(ntrees=10).fit(names).predict(names).size == 30,
    "isotree grows extended forests": "ndim" in isotree_options,
    "isotree has scores alone, no threshold": "contamination" not in isotree_options,
    "isotree's model becomes JSON, SQL and treelite": all(
        hasattr(isotree.IsolationForest, name) for name in ("to_json", "to_sql", "to_treelite")
    ),
}

for cell, holds in cells.items():
    print(f"{'holds ' if holds else 'FAILS '} {cell}")
sys.exit(0 if all(cells.values()) else 1)
