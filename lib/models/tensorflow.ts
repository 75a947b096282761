import { basename, dirname, join } from "node:path";
import util from "node:util";
// biome-ignore lint/suspicious/noTsIgnore: where it is installed there is nothing to expect
/** @ts-ignore: any in a project without TensorFlow.js */
import type * as Tf from "@tensorflow/tfjs";
import { InputError } from "../common/errors";
import { readJsonFile } from "../common/json-file";
import { loadPackage } from "../common/packages";
import { readPlainFile } from "../common/plain-file";

export const tensorFlowBackends = ["native", "wasm", "cpu"] as const;
export type TensorFlowBackend = (typeof tensorFlowBackends)[number];

export const backends = ["kernel", ...tensorFlowBackends] as const;
/**
 * What computes an autoencoder: the library's own WebAssembly kernel, or TensorFlow.js by libtensorflow (`tfjs-node`), by
 * WebAssembly, or in plain JavaScript.
 */
export type Backend = (typeof backends)[number];

/** TensorFlow.js, ready on the backend that this process has chosen. */
export interface TensorFlow {
  readonly tf: typeof Tf;
  readonly backend: TensorFlowBackend;
}

let chosen: Promise<TensorFlow> | undefined;

/**
 * TensorFlow.js, loaded at the first call. That call also chooses the backend, for as long as the process
 * lives, since tensors made on one backend are not safe on another: the one requested, or else the first that is there of
 * native (`tfjs-node`, where it could be installed), wasm and cpu.
 *
 * @throws {InputError} if the one requested could not be loaded, or is not the one chosen before
 * @example
 * const { tf, backend } = await tensorflow(); // backend: "wasm" where tfjs-node is not installed
 */
export async function tensorflow(requested?: TensorFlowBackend): Promise<TensorFlow> {
  if (requested !== undefined && !tensorFlowBackends.includes(requested))
    throw new InputError(
      `the backend of TensorFlow.js must be "native", "wasm" or "cpu", got ${JSON.stringify(requested)}`,
    );
  chosen ??= choose(requested).catch((error) => {
    chosen = undefined;
    throw error;
  });
  const { tf, backend } = await chosen;
  if (requested === undefined || requested === backend) return { tf, backend };
  throw new InputError(
    `the backend ${requested} was asked for, but TensorFlow.js already computes with ${backend} in this process: ` +
      "ask for it before the first model is trained or loaded",
  );
}

async function choose(requested: TensorFlowBackend | undefined): Promise<TensorFlow> {
  if (requested === undefined || requested === "native") {
    try {
      return { tf: loadNative(), backend: "native" };
    } catch (error) {
      if (requested === "native")
        throw new InputError(
          "the backend native needs tfjs-node, which could not be loaded: " +
            `npm install ${nativePackage}@npm:@tensorflow/tfjs-node@4.22.0 where its download succeeds, ` +
            "or choose another backend",
          { cause: error },
        );
    }
  }
  const tf = loadPackage("@tensorflow/tfjs", () => require("@tensorflow/tfjs") as typeof Tf);
  tf.enableProdMode(); // otherwise the backends greet on stderr
  // Looking for handlers touches `fetch`, which Node.js can't make without WebAssembly.
  if (typeof WebAssembly === "undefined" || tf.io.getLoadHandlers("file://").length === 0)
    tf.io.registerLoadRouter(fileLoader);
  if (requested !== "cpu" && (await startWasm(tf))) return { tf, backend: "wasm" };
  if (requested === "wasm") throw new InputError("the backend wasm could not be started by this Node.js");
  await tf.setBackend("cpu");
  return { tf, backend: "cpu" };
}

/** tfjs-node by another name: to packages that require it by its own, the project gives TensorFlow.js without it. */
const nativePackage = "tfjs-node-native";

/** tfjs-node. @throws where it is not installed, or did not start */
export function loadNative(): typeof Tf {
  // tfjs-node 4.22 calls these, about which Node.js 22 warns on stderr; Node.js 23 removed one of them.
  const legacy = util as { isArray?: unknown; isNullOrUndefined?: unknown };
  legacy.isArray = Array.isArray;
  legacy.isNullOrUndefined = (value: unknown) => value === null || value === undefined;
  process.env.TF_CPP_MIN_LOG_LEVEL ??= "2";
  const tf = require(nativePackage) as typeof Tf;
  if (tf.getBackend() !== "tensorflow") throw new Error("tfjs-node did not start");
  tf.enableProdMode();
  return tf;
}

async function startWasm(tf: typeof Tf): Promise<boolean> {
  if (typeof WebAssembly === "undefined") return false;
  const name = "@tensorflow/tfjs-backend-wasm";
  const { setWasmPaths } = loadPackage(
    name,
    () => require("@tensorflow/tfjs-backend-wasm") as typeof import("@tensorflow/tfjs-backend-wasm"),
  );
  setWasmPaths(join(dirname(require.resolve(name)), "/"));
  return tf.setBackend("wasm").catch(() => false);
}

/** Bytes of a file of weights that are read. */
const mostWeightBytes = 2 ** 30;

/** Lets `tf.loadLayersModel("file://…/model.json")` read a saved autoencoder, as tfjs-node does. */
function fileLoader(url: string | string[]): Tf.io.IOHandler {
  if (typeof url !== "string" || !url.startsWith("file://")) return null as unknown as Tf.io.IOHandler;
  const path = url.slice("file://".length);
  return {
    async load() {
      const { weightsManifest, ...model } = (await readJsonFile(path)) as Tf.io.ModelJSON;
      const files = weightsManifest.flatMap((group) => group.paths);
      if (files.some((file) => basename(file) !== file))
        throw new InputError(`${path} names a file outside of its folder`);
      const weights = await Promise.all(
        files.map((file) => readPlainFile(join(dirname(path), file), mostWeightBytes)),
      );
      return {
        ...model,
        weightSpecs: weightsManifest.flatMap((group) => group.weights),
        weightData: new Uint8Array(Buffer.concat(weights)).buffer,
      };
    },
  };
}
