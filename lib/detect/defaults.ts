import { trainingDefaults } from "../models/training-options";

/** What training on own traffic does unless told otherwise: as all training does, but for what is explained here. */
export const trafficDefaults = {
  ...trainingDefaults,
  /** An analyst looks at each alert, and there are many connections. */
  falseAlarmRate: 0.01,
  /**
   * Usual traffic has many kinds, of which 256 rows show few of the rare ones, and amounts of all sizes: `npm run reproduce`
   * prints how the forest's sample size and preprocessing were chosen.
   */
  settings: {
    ...trainingDefaults.settings,
    "isolation-forest": { ...trainingDefaults.settings["isolation-forest"], sampleSize: 1024 },
  },
  preprocessing: {
    "isolation-forest": { encoding: "one-hot", logarithm: ["amount"], scaling: "none" },
    autoencoder: undefined, // its own
  },
} as const;

/** What following does unless told otherwise. */
export const followDefaults = { lateness: 60 } as const;
