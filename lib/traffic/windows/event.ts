import type { Connection } from "../connection";
import { type FlagError, flagError, kddFlag } from "../flag";
import { serviceId } from "../service";
import type { TimeBase } from "./options";

/** What the windows take of a connection. */
export interface WindowEvent {
  /** Seconds. */
  readonly time: number;
  /** The destination. */
  readonly host: string;
  readonly service: number;
  readonly error: FlagError;
  readonly sourcePort: number;
}

export function windowEvent(connection: Connection, timeBase: TimeBase): WindowEvent {
  return {
    time: timeOf(connection, timeBase),
    host: connection.destinationHost,
    service: serviceId(connection),
    error: flagError(kddFlag(connection)),
    sourcePort: connection.sourcePort,
  };
}

/** When a connection happens, in seconds. */
export function timeOf(connection: Connection, timeBase: TimeBase): number {
  return timeBase === "start" ? connection.start : connection.start + connection.duration;
}
