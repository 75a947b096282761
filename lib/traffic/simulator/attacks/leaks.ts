import { company } from "../company";
import type { Attack, Scene } from "../scene";
import type { Activity } from "../simulated-connection";

/** What an intruder does once inside. KDD'99 has no types for it: their category is `other`. */
export const leaks: readonly Attack[] = [
  { label: "exfiltration", size: [6, 20], act: carryOut },
  { label: "beaconing", size: [15, 40], act: report },
];

/** Gigabytes of the company's files go to a host outside, in parts. */
function* carryOut(scene: Scene, at: number, size: number): Activity {
  const { draw } = scene;
  const [host, receiver] = [draw.pick(company.workstations), scene.stranger()];
  const port = draw.pick([22, 443, 8443]);
  yield* scene.repeated(at, size, 180, (time) => {
    const bytes = draw.logNormal(5e7, 1);
    return scene.tcp(time, host, receiver, port, {
      sent: bytes,
      received: bytes / 300,
      duration: bytes / draw.logNormal(8e5, 0.3),
      state: scene.ending(),
    });
  });
}

/** A program asks its master for orders, always after the same time, a little more or less. */
function* report(scene: Scene, at: number, size: number): Activity {
  const { draw } = scene;
  const [host, master] = [draw.pick(company.workstations), scene.stranger()];
  const port = draw.pick([80, 443, 8080]);
  const period = draw.pick([30, 60, 300]);
  const sent = draw.integer(150, 600);
  const gap = () => period * draw.between(0.95, 1.05);
  yield* scene.repeated(at, size, gap, (time) => {
    const isAnswered = draw.chance(0.9);
    return scene.tcp(time, host, master, port, {
      sent: sent + draw.integer(0, 8),
      received: draw.integer(90, 300),
      duration: draw.logNormal(0.3, 0.4),
      state: isAnswered ? "SF" : draw.pick(["S0", "REJ"]),
      content: port === 80 ? { logged_in: 1 } : undefined,
    });
  });
}
