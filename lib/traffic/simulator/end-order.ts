import { TimeQueue } from "../time-queue";
import type { SimulatedConnection } from "./simulated-connection";

/**
 * Connections that come as they start, in the order of their ends, as Zeek writes them. Those that are still open are
 * held.
 */
export function* inOrderOfEnd(
  connections: Iterable<SimulatedConnection>,
): Generator<SimulatedConnection, void, undefined> {
  const open = new TimeQueue<SimulatedConnection>();
  for (const connection of connections) {
    const { start, duration } = connection;
    while (open.nextTime <= start) yield open.pop() as SimulatedConnection;
    open.push(start + duration, connection);
  }
  while (open.size > 0) yield open.pop() as SimulatedConnection;
}
