"""scikit-learn's isolation forest on one thread: fits once, then scores each time a line comes in.

Arguments: matrix file (row-major float32), rows, columns, trees, sample size, seed, file for the scores.
Prints one line of JSON for each: {"fit": seconds}, then {"score": seconds} per line read.
"""
import json
import sys
import time

import numpy
from sklearn.ensemble import IsolationForest

path, rows, columns, trees, sample_size, seed, scores_path = sys.argv[1:]
matrix = numpy.fromfile(path, dtype=numpy.float32).reshape(int(rows), int(columns))
forest = IsolationForest(n_estimators=int(trees), max_samples=int(sample_size), random_state=int(seed), n_jobs=1)
start = time.perf_counter()
forest.fit(matrix)
print(json.dumps({"fit": time.perf_counter() - start}), flush=True)
for _ in sys.stdin:
    start = time.perf_counter()
    scores = -forest.score_samples(matrix)
    seconds = time.perf_counter() - start
    scores.astype(numpy.float64).tofile(scores_path)
    print(json.dumps({"score": seconds}), flush=True)
