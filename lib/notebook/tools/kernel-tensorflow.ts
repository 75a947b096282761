import { loadNative } from "../../models/tensorflow";

const name = "@tensorflow/tfjs-node";
let told = false;

/**
 * A cell's `require`, for which tfjs-node is what the reader means by it. Under that name the project holds plain
 * TensorFlow.js, for the sake of danfojs, which could not be installed otherwise; tfjs-node itself has another name.
 */
export function withTensorFlow(require: NodeJS.Require): NodeJS.Require {
  return new Proxy(require, {
    apply: (_, self, parameters) =>
      parameters[0] === name ? tensorFlowNode(require) : Reflect.apply(require, self, parameters),
  });
}

function tensorFlowNode(require: NodeJS.Require): unknown {
  try {
    return loadNative();
  } catch {
    const tf = require(name);
    if (tf.node !== undefined) return tf; // tfjs-node by its own name, in another project
    tf.enableProdMode(); // otherwise it greets on stderr
    if (!told)
      console.warn(
        `tfjs-node is not installed, so ${name} is plain TensorFlow.js here: the same functions, computed in JavaScript. ` +
          "To install it, run in the project's folder: npm install tfjs-node-native@npm:@tensorflow/tfjs-node@4.22.0",
      );
    told = true;
    return tf;
  }
}
