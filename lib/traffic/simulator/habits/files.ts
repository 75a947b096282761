import { company, outsider, servers, sites } from "../company";
import { atRandom, daily, office, publicRhythm } from "../rhythm";
import type { Habit, Scene } from "../scene";
import type { Activity, Content, SimulatedConnection } from "../simulated-connection";

/** Files: shared, printed, transferred, saved at night. */
export const fileHabits: readonly Habit[] = [
  { name: "shared files", schedule: atRandom(12, office), act: share },
  { name: "printing", schedule: atRandom(10, office), act: print },
  {
    name: "downloads",
    schedule: atRandom(1.5, publicRhythm),
    act: (scene, at) => transfer(scene, at, scene.stranger(), company.ftpServer, true),
  },
  {
    name: "uploads",
    schedule: atRandom(1.2, office),
    act: (scene, at) =>
      transfer(
        scene,
        at,
        scene.draw.pick(company.workstations),
        scene.draw.popular(sites),
        scene.draw.chance(0.3),
      ),
  },
  { name: "backup", schedule: daily(1), act: backUp },
  { name: "backup off site", schedule: daily(4), act: backUpOffSite },
  { name: "large uploads", schedule: atRandom(0.5, office), act: upload },
];

function* share(scene: Scene, at: number): Activity {
  const { draw } = scene;
  const host = draw.pick(company.workstations);
  const gap = () => draw.logNormal(8, 1.5);
  yield* scene.repeated(at, draw.several(4), gap, (time) => {
    const [out, back] = [draw.pareto(900, 0.8, 2e8), draw.pareto(1_500, 0.7, 8e8)];
    return scene.tcp(time, host, company.fileServer, draw.chance(0.3) ? 139 : 445, {
      sent: out,
      received: back,
      duration: draw.logNormal(4, 1.6) + (out + back) / 1e7,
      state: scene.ending(),
    });
  });
}

function* print(scene: Scene, at: number): Activity {
  const { draw } = scene;
  const size = draw.pareto(15_000, 0.9, 2e8);
  const isOff = draw.chance(0.04);
  yield scene.tcp(at, draw.pick(company.workstations), draw.pick(company.printers), 515, {
    sent: size,
    received: draw.integer(3, 12),
    duration: 1 + size / 300_000,
    state: isOff ? "S0" : scene.ending(),
  });
}

/** A session of the file transfer protocol: a control connection, and one back from port 20 for each file. */
function* transfer(scene: Scene, at: number, client: string, server: string, isGuest: boolean): Activity {
  const { draw } = scene;
  const mistyped = !isGuest && draw.chance(0.06);
  const files = mistyped ? 0 : draw.several(3.5);
  const content: Content = mistyped
    ? { num_failed_logins: draw.integer(1, 2), hot: 1 }
    : {
        logged_in: 1,
        hot: isGuest
          ? draw.integer(1, 3) + (draw.chance(0.25) ? draw.integer(4, 28) : 0)
          : draw.integer(0, 1),
        is_guest_login: isGuest ? 1 : 0,
        num_file_creations: draw.chance(0.05) ? 1 : 0,
        num_access_files: draw.chance(0.03) ? 1 : 0,
      };
  yield scene.tcp(at, client, server, 21, {
    sent: 60 + 35 * files,
    received: 250 + 110 * files + draw.integer(0, 200),
    duration: draw.logNormal(4, 1.2) + 3 * files,
    state: mistyped ? draw.pick(["SF", "RSTO"]) : scene.ending(),
    content,
  });
  const gap = () => draw.logNormal(3, 1);
  yield* scene.repeated(at + draw.logNormal(1.5, 0.6), files, gap, (time, i) => {
    const size = i === 0 ? draw.logNormal(900, 0.8) : draw.pareto(4_000, 0.7, 5e8);
    return ftpData(scene, time, server, client, size);
  });
}

/** One file from the server; as a log has it, the server begins the connection. */
export function ftpData(
  scene: Scene,
  at: number,
  server: string,
  client: string,
  size: number,
  isUpload = false,
): SimulatedConnection {
  const { draw } = scene;
  return scene.tcp(at, server, client, draw.integer(32_768, 60_999), {
    fromPort: 20,
    sent: isUpload ? 0 : size,
    received: isUpload ? size : 0,
    duration: draw.logNormal(0.05, 1) + size / draw.logNormal(400_000, 0.8),
    state: scene.ending(),
    content: draw.chance(0.5) ? { logged_in: 1 } : undefined,
  });
}

/** Each night every server copies what is new to the backup server. */
function* backUp(scene: Scene, at: number): Activity {
  const { draw } = scene;
  let time = at;
  for (const server of servers) {
    for (let folders = draw.integer(2, 6); folders > 0; folders--) {
      const size = draw.pareto(2e6, 0.6, 2e10);
      yield scene.tcp(time, server, company.backupServer, 873, {
        sent: size,
        received: size / 500,
        duration: 2 + size / 3e7,
        state: scene.ending(),
      });
      time += draw.exponential(60);
    }
  }
}

function* backUpOffSite(scene: Scene, at: number): Activity {
  const { draw } = scene;
  yield* scene.repeated(at, draw.integer(4, 16), 200, (time) => {
    const size = draw.logNormal(2e8, 1);
    return scene.tcp(time, company.backupServer, outsider(0x0200), draw.chance(0.5) ? 443 : 22, {
      sent: size,
      received: size / 400,
      duration: size / 4e6,
    });
  });
}

/** Someone sends pictures or a presentation to a site. */
function* upload(scene: Scene, at: number): Activity {
  const { draw } = scene;
  const [host, site] = [draw.pick(company.workstations), draw.popular(sites)];
  const gap = () => draw.logNormal(20, 1);
  yield* scene.repeated(at, draw.several(3), gap, (time) => {
    const size = draw.pareto(1e6, 0.9, 2e9);
    return scene.tcp(time, host, site, 443, {
      sent: size,
      received: draw.logNormal(6_000, 0.5),
      duration: size / draw.logNormal(2e6, 0.6),
      state: scene.ending(),
    });
  });
}
