import { kddFeatures } from "../../data/kdd/schema";
import { contentFeatureNames, isLand } from "../connection-table";
import { kddFlag } from "../flag";
import { kddService } from "../service";
import { type TrafficWindows, windowFeatureNames } from "../windows/windows";
import type { SimulatedConnection } from "./simulated-connection";

const windowMeasures = windowFeatureNames.map(
  (name) => kddFeatures.find((feature) => feature.name === name)?.measure,
);
const windowValues = new Float64Array(windowFeatureNames.length);

/**
 * A connection as a line of KDD'99's files: 41 features, and the label with its dot. Durations are whole seconds there.
 *
 * @param windows what came before; the connection is added to it
 */
export function kddLine(connection: SimulatedConnection, windows: TrafficWindows): string {
  windows.update(connection, windowValues, 0);
  const { duration, protocol, sourceBytes, destinationBytes, content, label } = connection;
  let line = `${Math.floor(duration)},${protocol},${kddService(connection)},${kddFlag(connection)}`;
  line += `,${sourceBytes},${destinationBytes},${isLand(connection) ? 1 : 0}`;
  for (const name of contentFeatureNames) line += `,${content[name] ?? 0}`;
  for (let i = 0; i < windowValues.length; i++) {
    line += windowMeasures[i] === "rate" ? `,${windowValues[i].toFixed(2)}` : `,${windowValues[i]}`;
  }
  return `${line},${label}.`;
}
