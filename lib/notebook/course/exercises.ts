import type { Exercise } from "./exercise";
import { welcomeExercises } from "./exercises/00";
import { explorationExercises } from "./exercises/01";
import { preprocessingExercises } from "./exercises/02";
import { isolationForestExercises } from "./exercises/03";
import { autoencoderExercises } from "./exercises/04";
import { evaluationExercises } from "./exercises/05";
import { visualizationExercises } from "./exercises/06";
import { ownTrafficExercises } from "./exercises/07";
import { ownTableExercises } from "./exercises/08";
import { blindSpotsExercises } from "./exercises/09";

/** All exercises by number: `3-1` is the first of notebook 3. */
export const exercises: { readonly [number: string]: Exercise } = {
  ...welcomeExercises,
  ...explorationExercises,
  ...preprocessingExercises,
  ...isolationForestExercises,
  ...autoencoderExercises,
  ...evaluationExercises,
  ...visualizationExercises,
  ...ownTrafficExercises,
  ...ownTableExercises,
  ...blindSpotsExercises,
};
