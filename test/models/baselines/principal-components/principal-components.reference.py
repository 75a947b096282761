"""NumPy's principal components for principal-components.test.ts. Made with NumPy 2.4.6:

    python3 principal-components.reference.py > principal-components.reference.json
    npx biome format --write principal-components.reference.json
"""

import json

import numpy as np

ROWS, WIDTH, KEPT = 40, 5, 2


def generate():
    """Correlated columns of eighths, which float32 holds exactly. The test has the same generator."""
    state = 12345
    rows = []
    for _ in range(ROWS):
        draws = []
        for _ in range(WIDTH):
            state = (1664525 * state + 1013904223) % 2**32
            draws.append((state >> 24) / 8)
        rows.append([draws[0], draws[0] + draws[1] / 2, draws[2] / 4, draws[3] / 8 - draws[0], draws[4] / 8])
    return np.array(rows)


data = generate()
mean = data.mean(axis=0)
_, singular, vectors = np.linalg.svd(data - mean)
kept = vectors[:KEPT]
rest = (data - mean) - (data - mean) @ kept.T @ kept
print(
    json.dumps(
        {
            "rows": ROWS,
            "width": WIDTH,
            "mean": mean.tolist(),
            "components": kept.tolist(),
            "errors": (rest**2).mean(axis=1).tolist(),
        },
        indent=2,
    )
)
