import { company, sites } from "../company";
import { always, atRandom, office } from "../rhythm";
import type { Habit, Scene } from "../scene";
import type { Activity } from "../simulated-connection";

/** What goes wrong in any network without anybody's ill will. */
export const mishapHabits: readonly Habit[] = [
  { name: "retries", schedule: atRandom(0.9, office), act: retry },
  { name: "impatience", schedule: atRandom(0.15, office), act: insist },
  { name: "strays", schedule: atRandom(5, always), act: stray },
  { name: "misdialled", schedule: atRandom(1.5, always), act: misdial },
];

/** A program asks a server that was switched off, or a service that has moved. */
function* retry(scene: Scene, at: number): Activity {
  const { draw } = scene;
  const host = draw.pick(company.workstations);
  const [server, state] = draw.chance(0.5) ? [company.retiredServer, "S0"] : [company.fileServer, "REJ"];
  const port = draw.pick([139, 1433, 389, 8080]);
  const pause = draw.pick([1, 3, 30]);
  const gap = () => pause * draw.between(0.8, 1.2);
  yield* scene.repeated(at, draw.several(14), gap, (time) => scene.tcp(time, host, server, port, { state }));
}

/** A loop without a pause: the same, many times a second, until someone ends the program. */
function* insist(scene: Scene, at: number): Activity {
  const { draw } = scene;
  const host = draw.pick(company.workstations);
  const [server, state] = draw.pick([
    [company.retiredServer, "S0"],
    [company.mailServer, "REJ"],
    [company.webServer, "S0"],
  ] as const);
  const port = draw.pick([80, 993, 5432]);
  yield* scene.repeated(at, draw.integer(30, 150), 0.04, (time) =>
    scene.tcp(time, host, server, port, { state }),
  );
}

/** Packets of connections whose beginning or end nobody saw. */
function* stray(scene: Scene, at: number): Activity {
  const { draw } = scene;
  yield scene.tcp(
    at,
    scene.stranger(),
    draw.pick([company.webServer, company.mailServer, ...company.workstations]),
    draw.integer(1_024, 65_535),
    {
      sent: draw.chance(0.4) ? draw.integer(1, 1_460) : 0,
      duration: draw.chance(0.3) ? draw.exponential(20) : 0,
      state: draw.pick(["OTH", "OTH", "RSTR", "RSTO", "S0", "SH", "RSTOS0"]),
    },
  );
}

/** Someone mistakes an address or a port. */
function* misdial(scene: Scene, at: number): Activity {
  const { draw } = scene;
  const inside = draw.chance(0.5);
  const [from, to] = inside
    ? [draw.pick(company.workstations), draw.popular(sites)]
    : [scene.stranger(), draw.pick([company.webServer, company.mailServer, company.ftpServer])];
  const gap = () => draw.logNormal(3, 0.5);
  yield* scene.repeated(at, draw.integer(1, 3), gap, (time) =>
    scene.tcp(time, from, to, draw.pick([21, 23, 143, 443, 3389, 8080, 10_000]), {
      state: draw.pick(["REJ", "REJ", "S0"]),
    }),
  );
}
