import type { Schedule } from "../rhythm";
import type { Scene } from "../scene";
import type { Activity } from "../simulated-connection";

/** Something that is done again and again in normal traffic. */
export interface Habit {
  readonly name: string;
  readonly schedule: Schedule;
  /** What it does once, from a time on. */
  readonly act: (scene: Scene, at: number) => Activity;
}
