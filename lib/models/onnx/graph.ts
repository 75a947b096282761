import type { Attribute, Node, OnnxGraph, Tensor, ValueInfo } from "./proto";

/** ONNX's numbers of the types that the graph uses. */
export const elementTypes = { float: 1, int64: 7, string: 8, bool: 9, double: 11 } as const;

/** The dimension that is the number of rows. */
const rows = { dimParam: "N" };

/** A graph that grows node by node. Whatever a node makes is called by a name, which later nodes take. */
export class GraphBuilder {
  readonly #nodes: Node[] = [];
  readonly #constants: Tensor[] = [];
  readonly #inputs: ValueInfo[] = [];
  readonly #newName: () => string;

  /** @param newName see {@link namesBeside} */
  constructor(newName: () => string) {
    this.#newName = newName;
  }

  /** A column that comes in: one value a row. */
  input(name: string, type: keyof typeof elementTypes): string {
    this.#inputs.push(valueInfo(name, type, 1));
    return name;
  }

  /** A tensor of numbers of 64 bits; with one row, which every row of the data meets, unless other dimensions are given. */
  doubles(values: readonly number[], dims: readonly number[] = [1, values.length]): string {
    return this.#constant(doubleTensor(values, dims));
  }

  /** One number of 64 bits. */
  double(value: number): string {
    return this.doubles([value], []);
  }

  floats(values: Float32Array, dims: readonly number[]): string {
    return this.#constant({ dataType: elementTypes.float, dims, rawData: bytesOf(values) });
  }

  integers(values: readonly number[], dims: readonly number[] = [1, values.length]): string {
    const rawData = bytesOf(BigInt64Array.from(values, BigInt));
    return this.#constant({ dataType: elementTypes.int64, dims, rawData });
  }

  truths(values: readonly boolean[]): string {
    const rawData = Uint8Array.from(values, Number);
    return this.#constant({ dataType: elementTypes.bool, dims: [1, values.length], rawData });
  }

  /** Adds a node of one output. @returns the output's name */
  add(
    opType: string,
    input: readonly string[],
    attributes: Attributes = {},
    output = this.#newName(),
  ): string {
    this.#add(opType, input, attributes, [output]);
    return output;
  }

  #add(opType: string, input: readonly string[], attributes: Attributes, output: readonly string[]): void {
    const domain = opType in machineLearning ? "ai.onnx.ml" : "";
    const attribute = Object.entries(attributes).map(([name, value]) => ({ name, ...value }));
    this.#nodes.push({ opType, domain, name: output[0], input, output, attribute });
  }

  /** The same numbers as another type. */
  cast(input: string, type: keyof typeof elementTypes): string {
    return this.add("Cast", [input], { to: int(elementTypes[type]) });
  }

  /** Columns side by side. */
  concat(parts: readonly string[]): string {
    return parts.length === 1 ? parts[0] : this.add("Concat", parts, { axis: int(1) });
  }

  /** Some of the columns, in this order. */
  columns(input: string, order: readonly number[]): string {
    return this.add("Gather", [input, this.integers(order, [order.length])], { axis: int(1) });
  }

  /** For each row the sum of its columns, as one column, added from the first to the last: a ReduceSum has an order of its own. */
  sumOfColumns(input: string, columns: number): string {
    if (columns === 1) return input;
    const parts = Array.from({ length: columns }, this.#newName);
    this.#add("Split", [input], { axis: int(1), num_outputs: int(columns) }, parts);
    return this.add("Sum", parts);
  }

  /**
   * A graph that a node of this one runs, as its attribute.
   *
   * @param inputs how many values come in, of whatever type the node gives them
   * @param make adds what is made of them, and returns its name
   */
  body(inputs: number, make: (body: GraphBuilder, ...inputs: string[]) => string): Value {
    const body = new GraphBuilder(this.#newName);
    const names = Array.from({ length: inputs }, () => this.#newName());
    const made = make(body, ...names);
    return { type: 5, g: body.#graph("body", names.map(named), [named(made)]) };
  }

  /** The whole graph. @param outputs what each is: of how many columns, and of which type */
  finish(outputs: Readonly<Record<string, Output>>): OnnxGraph {
    const described = Object.entries(outputs).map(([name, { type, columns }]) =>
      valueInfo(name, type, columns),
    );
    return this.#graph("traffic-anomaly", this.#inputs, described);
  }

  #graph(name: string, input: readonly ValueInfo[], output: readonly ValueInfo[]): OnnxGraph {
    return { name, node: this.#nodes, initializer: this.#constants, input, output };
  }

  #constant(tensor: Omit<Tensor, "name">): string {
    const name = this.#newName();
    this.#constants.push({ name, ...tensor });
    return name;
  }
}

/** An output of the whole graph. */
export interface Output {
  readonly type: keyof typeof elementTypes;
  readonly columns: number;
}

/** Makes names that no value has yet: graphs within graphs see those around them. @param taken names of inputs and outputs */
export function namesBeside(taken: readonly string[]): () => string {
  const known = new Set(taken);
  let made = 0;
  return () => {
    let name: string;
    do name = `value_${made++}`;
    while (known.has(name));
    return name;
  };
}

const named = (name: string): ValueInfo => ({ name });

/** Operators that are not in ONNX's own set. */
const machineLearning = { LabelEncoder: true, TreeEnsemble: true };

type Value = Omit<Attribute, "name">;
type Attributes = Readonly<Record<string, Value>>;

export const int = (i: number): Value => ({ type: 2, i });
export const ints = (values: readonly number[]): Value => ({ type: 7, ints: values });
export const strings = (values: readonly string[]): Value => ({
  type: 8,
  strings: values.map((value) => Buffer.from(value)),
});
export const tensor = (t: Tensor): Value => ({ type: 4, t });

export function doubleTensor(values: ArrayLike<number>, dims: readonly number[] = [values.length]): Tensor {
  return { dataType: elementTypes.double, dims, rawData: bytesOf(Float64Array.from(values)) };
}

/** Bytes as a tensor. */
export function byteTensor(rawData: Uint8Array): Tensor {
  return { dataType: 2, dims: [rawData.length], rawData };
}

function bytesOf(values: Float32Array | Float64Array | BigInt64Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

function valueInfo(name: string, type: keyof typeof elementTypes, columns: number): ValueInfo {
  const elemType = elementTypes[type];
  return { name, type: { tensorType: { elemType, shape: { dim: [rows, { dimValue: columns }] } } } };
}
