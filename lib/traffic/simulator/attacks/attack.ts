import type { Scene } from "../scene";
import type { Activity } from "../simulated-connection";

/** A type of attack. */
export interface Attack {
  /** KDD'99's name, where it is one of KDD's types. */
  readonly label: string;
  /** Least and most connections of one attack. */
  readonly size: readonly [least: number, most: number];
  /** Kept for the test part. Default false. */
  readonly novel?: boolean;
  /** One attack of about `size` connections, from a time on. */
  readonly act: (scene: Scene, at: number, size: number) => Activity;
}
