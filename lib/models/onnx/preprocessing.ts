import { missingName } from "../../data/table";
import { replacementOf } from "../../preprocess/missing";
import {
  type NominalStep,
  type NumberStep,
  type Preprocessor,
  type Step,
  stepColumns,
} from "../../preprocess/preprocessor";
import { type GraphBuilder, int, ints, strings } from "./graph";

/** What preprocessing makes of the inputs, by the names of values of the graph. */
export interface Preprocessed {
  /** `rows × columns` of 32 bits, as `transform` makes them. */
  readonly matrix: string;
  /** Which values no training row had, as `novelStepsOf` finds them: `rows × features`, 1 or 0, of 64 bits. */
  readonly novel: string;
}

/** Adds an input for each feature, and what becomes of them: by any scaling but that by quantiles. */
export function addPreprocessing(graph: GraphBuilder, { steps }: Preprocessor): Preprocessed {
  const numberSteps = steps.filter((step) => step.kind === "number");
  const nameSteps = steps.filter((step) => step.kind !== "number");
  for (const { kind, feature } of steps) graph.input(feature, kind === "number" ? "double" : "string");
  const numbers = numberSteps.length > 0 ? addNumbers(graph, numberSteps) : undefined;
  const names = nameSteps.length > 0 ? addNames(graph, nameSteps) : undefined;
  const made = [numbers, names].filter((part) => part !== undefined);
  const columns = made.flatMap((part) => part.columns);
  const place = new Map(columns.map((column, i) => [column, i]));
  const order = steps.flatMap((step) => stepColumns(step).map((_, i) => place.get(key(step, i)) as number));
  const matrix = graph.columns(graph.concat(made.flatMap((part) => part.parts)), order);
  const novel = graph.cast(graph.concat(made.map((part) => part.novel)), "double");
  const grouped: readonly Step[] = [...numberSteps, ...nameSteps];
  return {
    matrix,
    novel: graph.columns(
      novel,
      steps.map((step) => grouped.indexOf(step)),
    ),
  };
}

/** Which of a step's columns: names of columns may be the same, those of features are not. */
function key({ feature }: Step, column: number): string {
  return `${column} ${feature}`;
}

/** Some columns of the matrix, not in its order. */
interface Part {
  /** Their keys. */
  readonly columns: readonly string[];
  readonly parts: readonly string[];
  /** One column a step: whether its value is new. */
  readonly novel: string;
}

/** All numbers at once: each constant has a column for each of them. */
function addNumbers(graph: GraphBuilder, steps: readonly NumberStep[]): Part {
  const values = graph.concat(steps.map(({ feature }) => feature));
  const each = (of: (step: NumberStep) => number) => graph.doubles(steps.map(of));
  const missing = graph.add("Or", [graph.add("IsNaN", [values]), graph.add("IsInf", [values])]);
  const present = graph.add("Where", [missing, each(replacementOf), values]);
  const shifted = graph.add("Sub", [addLogarithm(graph, steps, present), each(({ shift }) => shift)]);
  const scaled = graph.add("Mul", [shifted, each(({ factor }) => factor)]);

  const withColumn = Array.from(steps.keys()).filter((i) => steps[i].missing?.column);
  const flags = withColumn.length > 0 ? [graph.columns(graph.cast(missing, "float"), withColumn)] : [];

  const margin = ({ range: [least, most] }: NumberStep) => (most - least) / 10;
  const below = graph.add("Less", [values, each((step) => step.range[0] - margin(step))]);
  const above = graph.add("Greater", [values, each((step) => step.range[1] + margin(step))]);
  const outside = graph.add("And", [graph.add("Not", [missing]), graph.add("Or", [below, above])]);
  const newIfMissing = graph.truths(steps.map((step) => !step.missing?.column));
  const novel = graph.add("Or", [outside, graph.add("And", [missing, newIfMissing])]);
  return {
    columns: [...steps.map((step) => key(step, 0)), ...withColumn.map((i) => key(steps[i], 1))],
    parts: [graph.cast(scaled, "float"), ...flags],
    novel,
  };
}

/** log(1 + x), mirrored below 0, of the numbers that take it: computed as `log1p` in common/exact-math does. */
function addLogarithm(graph: GraphBuilder, steps: readonly NumberStep[], values: string): string {
  if (steps.every(({ logarithm }) => !logarithm)) return values;
  const one = graph.double(1);
  const size = graph.add("Abs", [values]);
  const sum = graph.add("Add", [size, one]);
  const lost = graph.add("Sub", [graph.add("Sub", [sum, one]), size]);
  const logarithm = graph.add("Sub", [graph.add("Log", [sum]), graph.add("Div", [lost, sum])]);
  const signed = graph.add("Mul", [graph.add("Sign", [values]), logarithm]);
  return graph.add("Where", [graph.truths(steps.map((step) => step.logarithm)), signed, values]);
}

/** Names become their places among those of training; one that is new has the place after the last. */
function addNames(graph: GraphBuilder, steps: readonly NominalStep[]): Part {
  const codes = steps.map(({ feature, categories }) =>
    graph.add("LabelEncoder", [feature], {
      keys_strings: strings([...categories, ...blankOf(categories)]),
      values_int64s: ints([
        ...categories.keys(),
        ...blankOf(categories).map(() => categories.indexOf(missingName)),
      ]),
      default_int64: int(categories.length),
    }),
  );
  const parts = steps.map((step, i) => {
    if (step.kind === "one-hot")
      return graph.cast(graph.add("Equal", [codes[i], graph.integers([...step.categories.keys()])]), "float");
    const shifted = graph.add("Sub", [graph.cast(codes[i], "double"), graph.double(step.shift)]);
    return graph.cast(graph.add("Mul", [shifted, graph.double(step.factor)]), "float");
  });
  const unseen = graph.integers(steps.map(({ categories }) => categories.length));
  return {
    columns: steps.flatMap((step) => stepColumns(step).map((_, i) => key(step, i))),
    parts,
    novel: graph.add("Equal", [graph.concat(codes), unseen]),
  };
}

/** An empty text is a missing name, as in a table, where training knows such. */
function blankOf(categories: readonly string[]): string[] {
  return categories.includes(missingName) && !categories.includes("") ? [""] : [];
}
