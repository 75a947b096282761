import { trainingDefaults } from "../../models/training-options";

/** What training on own traffic does unless told otherwise: as all training does, but for the rate. */
export const trafficDefaults = {
  ...trainingDefaults,
  /** An analyst looks at each alert, and there are many connections. */
  falseAlarmRate: 0.01,
} as const;

/** What following does unless told otherwise. */
export const followDefaults = { lateness: 60 } as const;
