"""scikit-learn's figures for curves.test.ts and metrics.test.ts. Made with scikit-learn 1.9.1 and NumPy 2.4.6:

    python3 curves.reference.py > curves.reference.json
    npx biome format --write curves.reference.json
"""

import json

import numpy as np
from sklearn.metrics import (
    average_precision_score,
    confusion_matrix,
    f1_score,
    precision_recall_curve,
    precision_score,
    recall_score,
    roc_auc_score,
    roc_curve,
)

small = {
    "no ties": ([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1], 0.3),
    "all tied": ([1, 1, 1, 1, 1], [0, 1, 0, 1, 1], 1),
    "ties within and across classes": (
        [3, 1, 2, 2, 3, 3, 1, 0, 0, 2, 2, 5],
        [1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0],
        2,
    ),
    "perfect": ([-2, -1, 0, 1, 2], [0, 0, 0, 1, 1], 0),
    "upside down": ([2, 1, 0, -1, -2], [0, 0, 0, 1, 1], 0),
    "one attack among the normals": ([0.5, 0.25, 0.75, 0.5, 1], [0, 0, 1, 0, 0], 0.6),
    "one normal among the attacks": ([0.5, 0.25, 0.75, 0.5, 1], [1, 1, 0, 1, 1], 0.5),
    "nothing flagged": ([1, 2, 3, 4], [0, 1, 0, 1], 4),
}


def generate(rows, levels):
    """Scores in [0, 2), a multiple of 1 / levels, of which a third are attacks with higher scores.
    curves.test.ts has the same generator (Numerical Recipes' linear congruential one)."""
    state = 12345
    scores, anomalous = [], []
    for _ in range(rows):
        state = (1664525 * state + 1013904223) % 2**32
        attack = int(state >> 16) % 3 == 0
        state = (1664525 * state + 1013904223) % 2**32
        scores.append(int((state >> 8) / 2**24 * levels) / levels + (0.5 if attack else 0))
        anomalous.append(int(attack))
    return scores, anomalous


def figures(scores, anomalous, threshold, with_curves):
    scores, anomalous = np.array(scores, dtype=float), np.array(anomalous)
    flagged = (scores > threshold).astype(int)
    (tn, fp), (fn, tp) = confusion_matrix(anomalous, flagged, labels=[0, 1])
    result = {
        "rocAuc": roc_auc_score(anomalous, scores),
        "averagePrecision": average_precision_score(anomalous, scores),
        "threshold": threshold,
        "precision": precision_score(anomalous, flagged, zero_division=0),
        "recall": recall_score(anomalous, flagged, zero_division=0),
        "f1": f1_score(anomalous, flagged, zero_division=0),
        "falseAlarmRate": fp / (fp + tn),
        "confusion": {
            "truePositive": int(tp),
            "falsePositive": int(fp),
            "trueNegative": int(tn),
            "falseNegative": int(fn),
        },
    }
    if with_curves:
        x, y, thresholds = roc_curve(anomalous, scores, drop_intermediate=False)
        result["roc"] = {"x": x.tolist(), "y": y.tolist(), "thresholds": thresholds[1:].tolist()}
        # From the highest threshold down, as curves.ts has it.
        precision, recall, thresholds = precision_recall_curve(anomalous, scores)
        result["precisionRecall"] = {
            "x": recall[::-1].tolist(),
            "y": precision[::-1].tolist(),
            "thresholds": thresholds[::-1].tolist(),
        }
    return result


cases = [
    {"name": name, "scores": scores, "anomalous": anomalous, **figures(scores, anomalous, threshold, True)}
    for name, (scores, anomalous, threshold) in small.items()
]
for rows, levels in [(2000, 10), (20000, 2**24), (100000, 1000)]:
    scores, anomalous = generate(rows, levels)
    name = f"{rows} generated rows of {levels} levels"
    generated = {"rows": rows, "levels": levels}
    cases.append({"name": name, "generated": generated, **figures(scores, anomalous, 0.95, levels == 10)})
print(json.dumps(cases, indent=2))
