import { join } from "node:path";
import type { Command } from "commander";
import { addCommand, answering } from "./command";

/** The command `export`. */
export function addExportCommand(program: Command): void {
  addCommand(program, "export")
    .description(
      "Write a saved isolation forest, autoencoder or combined detector as one ONNX file, preprocessing included.",
    )
    .argument("<model>", "a model folder, such as models/isolation-forest")
    .option("--out <file>", "what to write (default: outputs/model.onnx)")
    .action(
      answering(async ({ out = join("outputs", "model.onnx") }, { onNotice }, folder) => {
        const { exportOnnx } = await import("../models/onnx/export-onnx.js");
        const result = await exportOnnx(folder, out, { onNotice });
        const megabytes = (result.bytes / 1e6).toFixed(1);
        const text = `${result.detector}: ${result.inputs.length} features in, ${result.outputs.join(", ")} out, ${megabytes} MB\nWritten: ${result.path}`;
        return { text, value: result };
      }),
    );
}
