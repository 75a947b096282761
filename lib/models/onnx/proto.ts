import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadPackage } from "../../common/packages";

// What the exporter writes of the messages that onnx.proto describes.

export interface Tensor {
  readonly name?: string;
  readonly dims: readonly number[];
  readonly dataType: number;
  /** Little-endian. */
  readonly rawData: Uint8Array;
}

export interface Attribute {
  readonly name: string;
  readonly type: number;
  readonly i?: number;
  readonly ints?: readonly number[];
  readonly strings?: readonly Uint8Array[];
  readonly t?: Tensor;
  readonly g?: OnnxGraph;
}

export interface Node {
  readonly name: string;
  readonly opType: string;
  readonly domain: string;
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly attribute: readonly Attribute[];
}

export interface ValueInfo {
  readonly name: string;
  readonly type?: {
    readonly tensorType: {
      readonly elemType: number;
      readonly shape: {
        readonly dim: readonly ({ readonly dimParam: string } | { readonly dimValue: number })[];
      };
    };
  };
}

export interface OnnxGraph {
  readonly name: string;
  readonly node: readonly Node[];
  readonly initializer: readonly Tensor[];
  readonly input: readonly ValueInfo[];
  readonly output: readonly ValueInfo[];
}

export interface OnnxModel {
  readonly irVersion: number;
  readonly opsetImport: readonly { readonly domain: string; readonly version: number }[];
  readonly producerName: string;
  readonly producerVersion: string;
  readonly docString: string;
  readonly metadataProps: readonly { readonly key: string; readonly value: string }[];
  readonly graph: OnnxGraph;
}

/** The bytes of a model, by ONNX's own description of its files, onnx.proto. @throws {InputError} if protobufjs is not installed */
export function encodeModel(model: OnnxModel): Uint8Array {
  const { parse } = loadPackage("protobufjs", () => require("protobufjs") as typeof import("protobufjs"));
  const { root } = parse(readFileSync(join(__dirname, "onnx.proto"), "utf8"));
  const type = root.lookupType("onnx.ModelProto");
  return type.encode(type.fromObject(model)).finish();
}
