"""Runs a script once for each list of arguments, in one Spark: several.py SCRIPT LISTS, which are JSON."""

import contextlib
import io
import json
import runpy
import sys
import time

script, lists = sys.argv[1:]
outcomes = []
for arguments in json.loads(lists):
    start = time.monotonic()
    sys.argv = [script, *arguments]
    stdout, stderr, code = io.StringIO(), io.StringIO(), 0
    with contextlib.redirect_stdout(stdout), contextlib.redirect_stderr(stderr):
        try:
            runpy.run_path(script, run_name="__main__")
        except SystemExit as end:
            code = end.code
    outcomes.append({"code": code, "seconds": time.monotonic() - start, "stdout": stdout.getvalue(), "stderr": stderr.getvalue()})
print(json.dumps(outcomes))
