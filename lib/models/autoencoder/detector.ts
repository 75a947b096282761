import type { DetectorKind } from "../detector";
import { type Autoencoder, fitAutoencoder, loadAutoencoder, prepareAutoencoder } from "./autoencoder";
import type { AutoencoderOptions } from "./settings";

/** The autoencoder as a {@link DetectorKind}. Its preprocessing was chosen by `npm run compare`. */
export const autoencoder: DetectorKind<"autoencoder", AutoencoderOptions, Autoencoder> = {
  kind: "autoencoder",
  title: "autoencoder",
  scores: { title: "Mean squared reconstruction error", scale: "log" },
  blindSpot:
    "It passes what it copies well: a row that goes on in the way usual rows do, however rare it is.",
  preprocessing: { encoding: "one-hot", logarithm: ["amount"], scaling: "min-max" },
  files: ["model.json", "weights.bin", "autoencoder.json"],
  prepare: prepareAutoencoder,
  fit: fitAutoencoder,
  load: loadAutoencoder,
};
