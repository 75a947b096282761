import type { Habit } from "../scene";
import { fileHabits } from "./files";
import { mailHabits } from "./mail";
import { mishapHabits } from "./mishaps";
import { nameHabits } from "./names";
import { peopleHabits } from "./people";
import { upkeepHabits } from "./upkeep";
import { webHabits } from "./web";

/** All of normal traffic. */
export const habits: readonly Habit[] = [
  ...webHabits,
  ...nameHabits,
  ...mailHabits,
  ...fileHabits,
  ...peopleHabits,
  ...upkeepHabits,
  ...mishapHabits,
];
