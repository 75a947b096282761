"""Scores tables and logs on a cluster, with Apache Spark. README.md beside this file tells how.

    spark-submit traffic_anomaly_spark.py tables SOURCE --model model.onnx --out FOLDER
    spark-submit traffic_anomaly_spark.py logs FOLDER --model models/office --out FOLDER
    spark-submit traffic_anomaly_spark.py sample SOURCE --rows N --out sample.parquet
"""

import argparse
import datetime
import hashlib
import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import uuid
from dataclasses import dataclass
from pathlib import Path


class InputError(Exception):
    """Something that the user can put right, said in one sentence."""


def main(arguments):
    options = parse(arguments)
    try:
        print(options.work(options))
    except Exception as error:
        sentence = sentence_of(error)
        if sentence is None:
            raise
        print(f"error: {sentence}", file=sys.stderr)
        sys.exit(2)


def parse(arguments):
    at = arguments.index("--") if "--" in arguments else len(arguments)
    parser = argparse.ArgumentParser(prog="traffic_anomaly_spark.py", description=__doc__.split("\n")[0])
    commands = parser.add_subparsers(required=True, metavar="tables|logs|sample")

    tables = commands.add_parser("tables", help="score a table of features with a model as an ONNX file")
    add_source(tables)
    tables.add_argument("--model", type=Path, required=True, help="what `traffic-anomaly export` wrote")
    tables.add_argument("--out", required=True, help="a new folder for Parquet, wherever Spark writes to")
    tables.set_defaults(work=score_table)

    logs = commands.add_parser("logs", help="score logs by sensor and day; what follows -- goes to `score`")
    logs.add_argument("logs", type=Path, help="a folder with sensor=NAME/day=YYYY-MM-DD/ and logs in these")
    logs.add_argument("--model", type=Path, required=True, help="a folder that `traffic-anomaly train` wrote")
    logs.add_argument("--out", type=Path, required=True, help="a folder; days that it has are not scored again")
    logs.add_argument(
        "--command",
        type=shlex.split,
        default=["traffic-anomaly"],
        help="what starts the command on a worker, such as 'node /opt/traffic-anomaly/traffic-anomaly.js'",
    )
    logs.set_defaults(work=score_logs, score_options=arguments[at + 1 :])

    sample = commands.add_parser("sample", help="take rows at random, to train on")
    add_source(sample)
    sample.add_argument("--where", default="true", help="which rows are benign, in SQL: \"label = 'normal'\"")
    sample.add_argument("--columns", type=lambda names: names.split(","), help="NAME,NAME,…, what to learn from")
    sample.add_argument("--rows", type=int, required=True, help="how many; all where there are fewer")
    sample.add_argument("--seed", type=int, default=1, help="fixes which (default: 1)")
    sample.add_argument("--out", type=Path, required=True, help="a Parquet file where this is started")
    sample.set_defaults(work=take_sample)

    options = parser.parse_args(arguments[:at])
    if at < len(arguments) and options.work is not score_logs:
        parser.error("only `logs` takes options for `score`, after --")
    return options


def add_source(command):
    command.add_argument("source", help="file, folder or pattern, wherever Spark reads from")
    command.add_argument("--format", default="parquet", help="parquet (default), csv with a header, json, orc, …")


def sentence_of(error):
    """What the user can put right; None if it is a fault of ours. Errors of workers come as text."""
    if isinstance(error, InputError):
        return str(error)
    if type(error).__name__ == "AnalysisException":  # no such path, format or column
        return str(error).split("\n")[0]
    found = re.search(r"InputError: (.+)", str(error))
    return found and found[1]


def start_spark():
    from pyspark.sql import SparkSession

    return (
        SparkSession.builder.appName("traffic-anomaly")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.sources.partitionColumnTypeInference.enabled", "false")  # a sensor 01 is not 1
        .config("spark.sql.files.minPartitionNum", "64")  # so that a sample depends on no number of cores
        .getOrCreate()
    )


# ---- tables: rows of any source through one ONNX file


def score_table(options):
    from pyspark.sql.types import DoubleType, StringType, StructField, StructType

    model = read_model(options.model)
    inputs = {node.name: node.type for node in open_session(model).get_inputs()}
    spark = start_spark()
    source = read_source(spark, options)
    lacking = [name for name in inputs if name not in source.columns]
    if lacking:
        raise InputError(f"{options.source} lacks columns that {options.model} needs: {', '.join(lacking)}")
    types = {"score": DoubleType(), "reason": StringType(), "verdict": StringType()}
    taken = [name for name in types if name in source.columns]
    if taken:
        raise InputError(f"{options.source} already has columns that the result adds: {', '.join(taken)}")
    # Names that are whole numbers would become fractions in pandas where one is missing.
    names = [name for name, input_type in inputs.items() if is_name(input_type)]
    source = source.withColumns({name: source[name].cast("string") for name in names})
    schema = StructType([*source.schema.fields, *(StructField(name, type) for name, type in types.items())])
    shared = spark.sparkContext.broadcast({"model": model})
    scored = source.mapInPandas(lambda batches: score_batches(batches, inputs, shared), schema)
    write_new(spark, scored, options.out)
    counts = count_rows(spark.read.schema(schema).parquet(options.out))
    write_text(spark, f"{options.out}/_counts.json", json.dumps(counts, indent=2, ensure_ascii=False) + "\n")
    return (
        f"{counts['rows']:,} rows: {counts['anomalous']:,} anomalous, {counts['bad']:,} bad\n"
        f"Written: {options.out}"
    )


def read_model(path):
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} can't be read as a model: {error.strerror}") from None


def open_session(model):
    try:
        import onnxruntime
    except ImportError:
        raise InputError(
            f"Python on {socket.gethostname()} lacks onnxruntime: pip install onnxruntime pandas pyarrow"
        ) from None
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # Spark gives a core to each task
    try:
        return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime has classes of its own for each kind
        raise InputError(f"the model is no ONNX file: {str(error).splitlines()[0]}") from None


def is_name(input_type):
    return input_type == "tensor(string)"


corrupt = "_corrupt_record"


def read_source(spark, options):
    """All columns of a source, and of text those lines that Spark can't read."""
    reader = spark.read.format(options.format)
    if options.format == "csv":
        reader = reader.options(header=True, escape='"')
        columns = reader.load(options.source).schema
        return reader.schema(columns.add(corrupt, "string")).load(options.source)
    if options.format == "json":
        reader = reader.options(primitivesAsString=True)
    return reader.load(options.source)


def score_batches(batches, inputs, shared):
    """Adds score, reason and verdict to rows, in a worker, where the broadcast is kept from task to task."""
    if "session" not in shared.value:
        shared.value["session"] = open_session(shared.value["model"])
    for rows in batches:
        yield score_rows(rows, inputs, shared.value["session"])


def score_rows(rows, inputs, session):
    import numpy

    reasons = numpy.full(len(rows), None, dtype=object)
    if corrupt in rows:
        reasons[rows[corrupt].notna()] = "the line can't be read"
    values = {}
    for name, input_type in inputs.items():
        values[name], wrong = names_of(rows[name]) if is_name(input_type) else numbers_of(rows[name])
        for at in numpy.flatnonzero(wrong & (reasons == None)):  # noqa: E711 (of each element)
            reasons[at] = f"{name} is no number: '{str(rows[name].iloc[at])[:100]}'"
    good = reasons == None  # noqa: E711
    scores = numpy.full(len(rows), numpy.nan)
    anomalous = numpy.zeros(len(rows), dtype=bool)
    if good.any():
        columns = {name: column[good].reshape(-1, 1) for name, column in values.items()}
        found = session.run(["score", "anomalous"], columns)
        scores[good], anomalous[good] = (column.ravel() for column in found)
    verdicts = numpy.where(good, numpy.where(anomalous, "anomalous", "normal"), "bad")
    return rows.assign(score=scores, reason=reasons, verdict=verdicts)


# What stands for a missing value in a text, as for `traffic-anomaly`; to a model a missing name is "(missing)".
missing = {*"? NA N/A n/a #N/A <NA> NaN nan NAN -nan -NaN null NULL Null".split(), ""}
number = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?|[+-]?inf(inity)?", re.IGNORECASE | re.ASCII)
truths = {"true": 1.0, "yes": 1.0, "false": 0.0, "no": 0.0}


def numbers_of(column):
    """A column as 64-bit numbers, NaN where one is missing, and which of its values are none."""
    import numpy

    if column.dtype.kind in "biuf":
        return column.to_numpy("float64"), numpy.zeros(len(column), dtype=bool)
    return of_each_distinct(column, number_of, (numpy.nan, False), ("float64", "bool"))


def number_of(value):
    if not isinstance(value, str):  # a Boolean or decimal
        return float(value), False
    text = value.strip()
    if text in missing:
        return float("nan"), False
    if number.fullmatch(text):
        return float(text), False
    return truths.get(text.lower(), float("nan")), text.lower() not in truths


def names_of(column):
    """A column as names, and that none of its values is wrong."""
    return of_each_distinct(column, name_of, ("(missing)", False), ("object", "bool"))


def name_of(value):
    text = value.strip()
    return "(missing)" if text in missing else text, False


def of_each_distinct(column, convert, of_missing, types):
    """Arrays of what a function gives for each value, which is asked once for equal ones."""
    import numpy
    import pandas

    codes, distinct = pandas.factorize(column)
    converted = [*(convert(value) for value in distinct), of_missing]  # a missing value has the code −1
    return (numpy.array(part, dtype=type)[codes] for part, type in zip(zip(*converted), types))


def write_new(spark, rows, out):
    """Writes rows as Parquet with a folder for each verdict, completely or not at all."""
    folder = hadoop_path(spark, out)
    system = folder.getFileSystem(spark.sparkContext._jsc.hadoopConfiguration())
    if system.exists(folder):
        raise InputError(f"{out} is there already: name another folder")
    try:
        rows.write.partitionBy("verdict").parquet(out)
    except BaseException:
        system.delete(folder, True)
        raise


def count_rows(scored):
    verdicts = {row.verdict: row["count"] for row in scored.groupBy("verdict").count().collect()}
    bad = scored.where("verdict = 'bad'").groupBy("reason").count().orderBy("count", ascending=False)
    return {
        "rows": sum(verdicts.values()),
        **{verdict: verdicts.get(verdict, 0) for verdict in ("normal", "anomalous", "bad")},
        "reasons": {row.reason: row["count"] for row in bad.take(100)},
    }


def hadoop_path(spark, path):
    return spark.sparkContext._jvm.org.apache.hadoop.fs.Path(path)


def write_text(spark, path, text):
    target = hadoop_path(spark, path)
    stream = target.getFileSystem(spark.sparkContext._jsc.hadoopConfiguration()).create(target)
    stream.write(bytearray(text.encode()))
    stream.close()


# ---- logs: the real command on the logs of each sensor and day


@dataclass(frozen=True)
class SensorDay:
    sensor: str
    day: str
    logs: list
    before: str | None
    """The last day before that has logs, whose state this one starts from."""

    @property
    def name(self):
        return f"sensor={self.sensor}/day={self.day}"


@dataclass(frozen=True)
class Scoring:
    """What all days are scored with. Paths are the same on each worker."""

    command: list
    options: list
    model: Path
    days: Path


def score_logs(options):
    out = options.out.absolute()
    days = find_days(options.logs.absolute())
    remember_model(options.model.absolute(), out)
    scoring = Scoring(options.command, options.score_options, options.model.absolute(), out / "days")
    waiting = waiting_days(days, scoring.days)
    spark = start_spark()
    # A job a day: Spark has no order among the tasks of a job, and a sensor's days need one.
    for day in sorted({item.day for item in waiting}):
        tasks = [item for item in waiting if item.day == day]
        failed = spark.sparkContext.parallelize(tasks, len(tasks)).map(lambda item: score_day(item, scoring))
        refused = [sentence for sentence in failed.collect() if sentence]
        if refused:
            raise InputError("; ".join(refused))
    remove_unfinished(scoring.days)
    counts = write_incidents(spark, out)
    return (
        f"{len(waiting)} days of sensors scored, {len(days) - len(waiting)} were before; "
        f"{counts[0]:,} incidents, {counts[1]:,} across sensors\nWritten: {options.out}"
    )


def find_days(folder):
    """All days with logs, by sensor, in order."""
    found = []
    for sensor in named_folders(folder, "sensor", r".+", "sensor=NAME"):
        before = None
        dates = named_folders(sensor, "day", r"\d{4}-\d\d-\d\d", "day=YYYY-MM-DD")
        for date in dates:
            day = date.name.removeprefix("day=")
            logs = [str(path) for path in sorted(date.iterdir()) if not path.name.startswith(".")]
            if logs:  # a day without any says that the sensor was off
                found.append(SensorDay(sensor.name.removeprefix("sensor="), day, logs, before))
                before = day
        require_no_gap(sensor, [date.name.removeprefix("day=") for date in dates])
    if not found:
        raise InputError(f"there are no logs in {folder}: all days are empty")
    return found


def named_folders(folder, key, value, form):
    if not folder.is_dir():
        raise InputError(f"{folder} is no folder")
    found = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    for path in found:
        if not (path.is_dir() and re.fullmatch(f"{key}={value}", path.name)):
            raise InputError(f"{path} is no folder {form}, as all in {folder} must be")
    if not found:
        raise InputError(f"{folder} has no folder {form}")
    return found


def require_no_gap(sensor, days):
    for day, following in zip(days, days[1:]):
        try:
            expected = str(datetime.date.fromisoformat(day) + datetime.timedelta(days=1))
        except ValueError:
            raise InputError(f"{sensor}/day={day} is no day of the calendar") from None
        if following != expected:
            raise InputError(
                f"{sensor} has no day={expected} between {day} and {following}: wait for its logs, "
                "or make an empty folder of this name to say that there are none"
            )


def remember_model(model, out):
    """Refuses to go on in a folder that another model's results are in."""
    if not (model / "traffic.json").is_file():
        raise InputError(f"{model} is no folder that `traffic-anomaly train` wrote")
    sum = hashlib.sha256()
    for path in sorted(path for path in model.rglob("*") if path.is_file() and path.name != "README.md"):
        sum.update(path.read_bytes())
    mark = out / "model.sha256"
    if mark.exists() and mark.read_text() != sum.hexdigest():
        raise InputError(f"{out} has results of another model than {model}: name another folder")
    out.mkdir(parents=True, exist_ok=True)
    mark.write_text(sum.hexdigest())


def waiting_days(days, done):
    """Those that are not scored yet."""
    scored = {item.name for item in days if (done / item.name).exists()}
    for item in days:
        if item.name in scored and item.before and f"sensor={item.sensor}/day={item.before}" not in scored:
            raise InputError(
                f"sensor={item.sensor}/day={item.before} came after day={item.day} was scored: "
                f"remove {done / item.name} and later days to score them again"
            )
    return [item for item in days if item.name not in scored]


def score_day(item, scoring):
    """
    Scores a day in a folder of its own, which gets its name when all is written: so it is there once and whole,
    however often Spark starts the task. Returns what the command refuses; what else fails Spark tries again.
    """
    folder = scoring.days / item.name
    if folder.exists():  # another attempt was faster
        return None
    work = folder.with_name(f".{folder.name}-{uuid.uuid4()}")
    work.mkdir(parents=True)
    try:
        if item.before:
            shutil.copyfile(folder.with_name(f"day={item.before}") / "state.json", work / "state.json")
        refused = run_score(item, scoring, work)
        if refused:
            return f"{item.name}: {refused}"
        try:
            os.rename(work, folder)
        except OSError:
            if not folder.exists():
                raise
        return None
    finally:
        shutil.rmtree(work, ignore_errors=True)


def run_score(item, scoring, work):
    files = [f"--{name}={work / file}" for name, file in outputs.items()]
    command = [*scoring.command, "score", *item.logs, f"--model={scoring.model}", *files, "--workers=1", "--json"]
    try:
        done = subprocess.run([*command, *scoring.options], capture_output=True, text=True, cwd=work)
    except OSError as error:
        raise InputError(
            f"{shlex.join(scoring.command)} can't be started on {socket.gethostname()}: {error.strerror}; "
            "say with --command what starts traffic-anomaly there"
        ) from None
    if done.returncode == 2:
        return done.stderr.strip().splitlines()[-1].removeprefix("error: ")
    if done.returncode != 0:
        raise RuntimeError(f"{item.name}: score ended with {done.returncode}: {done.stderr[-2000:]}")
    (work / "summary.json").write_text(done.stdout)
    return None


outputs = {"out": "alerts.parquet", "incidents": "incidents.jsonl", "state": "state.json"}


def remove_unfinished(days):
    """What tasks left behind that were killed."""
    for path in days.glob("sensor=*/.day=*"):
        shutil.rmtree(path, ignore_errors=True)


# ---- incidents: the last word on each, and those of one host that several sensors saw at a time

incident_columns = """incident string, status string, kinds array<string>, risk double, host string, role string,
    first timestamp, last timestamp, connections bigint, viewAlerts bigint, failed bigint, sources bigint, hosts bigint,
    ports bigint, outbound bigint, bytesOut double, bytesIn double, uids array<string>, merged array<string>,
    reasons array<struct<feature: string, share: double, text: string>>"""

# An incident that goes on is told of each day; one that became a part of another is not told of any more.
last_words = """
    WITH told AS (SELECT *, row_number() OVER (PARTITION BY sensor, incident ORDER BY day DESC) AS nth FROM days),
        latest AS (SELECT * EXCEPT (nth) FROM told WHERE nth = 1),
        parts AS (SELECT sensor, explode(merged) AS incident FROM latest)
    SELECT * FROM latest ANTI JOIN parts USING (sensor, incident)"""

# In order of their starts, one that starts after all before have ended starts another group.
across_sensors = """
    WITH marked AS (
        SELECT *, coalesce(first > max(last) OVER before, true) AS starts FROM incidents
        WINDOW before AS (PARTITION BY role, host ORDER BY first, last, sensor, incident
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)),
    grouped AS (
        SELECT *, sum(int(starts)) OVER (PARTITION BY role, host ORDER BY first, last, sensor, incident) AS nth FROM marked)
    SELECT role, host, min(first) AS first, max(last) AS last, max(risk) AS risk,
        array_sort(array_distinct(flatten(collect_list(kinds)))) AS kinds,
        if(bool_or(status = 'open'), 'open', 'closed') AS status,
        array_sort(collect_set(sensor)) AS sensors,
        array_sort(collect_list(struct(sensor, incident))) AS incidents,
        sum(connections) AS connections, sum(viewAlerts) AS viewAlerts, sum(failed) AS failed,
        max(sources) AS sources, max(hosts) AS hosts, max(ports) AS ports,
        sum(outbound) AS outbound, sum(bytesOut) AS bytesOut, sum(bytesIn) AS bytesIn,
        max_by(reasons, struct(risk, sensor, incident)) AS reasons
    FROM grouped GROUP BY role, host, nth"""


def write_incidents(spark, out):
    """Writes `incidents` and `incidents-across-sensors`, most risky first. Returns how many there are of each."""
    days = spark.read.schema(incident_columns).option("pathGlobFilter", outputs["incidents"])
    days.json((out / "days").as_uri()).createOrReplaceTempView("days")
    counts = []
    for name, query in (("incidents", last_words), ("incidents-across-sensors", across_sensors)):
        work = out / f".{name}-{uuid.uuid4()}"
        found = spark.sql(query).orderBy("risk", "first", "role", "host", ascending=[False, True, True, True])
        found.coalesce(1).write.parquet(work.as_uri())
        shutil.rmtree(out / name, ignore_errors=True)
        os.rename(work, out / name)
        written = spark.read.parquet((out / name).as_uri())
        written.createOrReplaceTempView("incidents")
        counts.append(written.count())
    return counts


# ---- sample: rows to train on


def take_sample(options):
    from pyspark.sql.functions import col, expr, rand

    if options.rows < 1:
        raise InputError(f"--rows must be at least 1, got {options.rows}")
    if options.out.suffix != ".parquet":
        raise InputError(f"a sample is Parquet: {options.out} must end in .parquet")
    if not options.out.parent.is_dir():
        raise InputError(f"there is no folder {options.out.parent} for {options.out.name}")
    spark = start_spark()
    benign = read_source(spark, options).where(expr(options.where))
    known = benign.count()
    if known == 0:
        raise InputError(f"{options.source} has no row with {options.where}")
    # Each row draws a number, and the lowest are taken; the first condition leaves few to be put in order.
    share = (options.rows + 6 * options.rows**0.5) / known
    drawn = benign.withColumn("drawn", rand(options.seed)).where(col("drawn") < share)
    taken = drawn.orderBy("drawn").limit(options.rows).drop("drawn", corrupt)
    rows = taken.select(options.columns or "*").toPandas()
    work = options.out.with_name(f".{options.out.name}-{uuid.uuid4()}")
    rows.to_parquet(work, index=False)
    os.replace(work, options.out)
    return f"{len(rows):,} of {known:,} benign rows\nWritten: {options.out}"


if __name__ == "__main__":
    main(sys.argv[1:])
