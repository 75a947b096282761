import { company, servers } from "../company";
import { ftpData } from "../habits/files";
import { attempt } from "../habits/people";
import type { Attack, Scene } from "../scene";
import type { Activity, Content } from "../simulated-connection";

/** Getting in from outside (KDD's r2l), and from a user's rights to the administrator's (u2r). */
export const intrusions: readonly Attack[] = [
  { label: "guess_passwd", size: [20, 60], act: guessPasswords },
  { label: "warezclient", size: [6, 20], act: (scene, at, size) => copyWares(scene, at, size, false) },
  { label: "warezmaster", size: [2, 5], act: (scene, at, size) => copyWares(scene, at, size, true) },
  { label: "ftp_write", size: [1, 3], act: writeStartFile },
  { label: "imap", size: [1, 3], act: overrunMailServer },
  { label: "phf", size: [1, 2], act: askForPasswords },
  {
    label: "buffer_overflow",
    size: [1, 3],
    act: (scene, at, size) =>
      becomeRoot(scene, at, size, { num_compromised: 1, num_file_creations: 1, num_shells: 1 }),
  },
  {
    label: "loadmodule",
    size: [1, 2],
    act: (scene, at, size) => becomeRoot(scene, at, size, { num_compromised: 3, num_root: 2, num_shells: 1 }),
  },
  {
    label: "rootkit",
    size: [1, 3],
    act: (scene, at, size) => becomeRoot(scene, at, size, { num_root: 5, num_file_creations: 4 }),
  },
  { label: "snmpguess", size: [20, 50], novel: true, act: guessCommunities },
  { label: "snmpgetattack", size: [10, 30], novel: true, act: readCountersFromOutside },
  { label: "httptunnel", size: [8, 24], novel: true, act: tunnel },
  {
    label: "xterm",
    size: [1, 2],
    novel: true,
    act: (scene, at, size) => becomeRoot(scene, at, size, { num_root: 3, num_shells: 2 }),
  },
];

/** Password after password; some wait between two so long that it looks like forgetfulness. */
function* guessPasswords(scene: Scene, at: number, size: number): Activity {
  const { draw } = scene;
  const attacker = scene.stranger();
  const [server, port] = draw.pick([
    [company.loginServer, 23],
    [company.loginServer, 22],
    [company.ftpServer, 21],
    [company.mailServer, 110],
  ] as const);
  yield* scene.repeated(at, size, draw.pick([1, 4, 60]), (time) =>
    attempt(scene, time, attacker, server, port),
  );
}

/** A guest copies from, or puts onto, the server what should not be there. */
function* copyWares(scene: Scene, at: number, size: number, isUpload: boolean): Activity {
  const { draw } = scene;
  const client = scene.stranger();
  const server = company.ftpServer;
  const duration = draw.logNormal(40, 1) * size;
  yield scene.tcp(at, client, server, 21, {
    sent: 80 + 40 * size,
    received: 400 + 110 * size,
    duration,
    content: {
      logged_in: 1,
      is_guest_login: 1,
      hot: draw.integer(2, 30),
      num_file_creations: isUpload ? size : 0,
    },
  });
  yield* scene.repeated(at + draw.logNormal(2, 0.5), size - 1, duration / size, (time) =>
    ftpData(scene, time, server, client, draw.pareto(isUpload ? 1e6 : 20_000, 0.7, 1e9), isUpload),
  );
}

/** Puts a file that lets anybody in into a user's folder, then logs in. */
function* writeStartFile(scene: Scene, at: number, size: number): Activity {
  const { draw } = scene;
  const client = scene.stranger();
  const content: Content = {
    logged_in: 1,
    is_guest_login: 1,
    hot: draw.integer(1, 3),
    num_file_creations: 1,
    num_access_files: draw.integer(0, 1),
  };
  yield scene.tcp(at, client, company.ftpServer, 21, {
    sent: draw.integer(100, 300),
    received: draw.integer(400, 900),
    duration: draw.between(15, 40),
    content,
  });
  for (let i = 1; i < size; i++)
    yield ftpData(scene, at + 5 * i, company.ftpServer, client, draw.integer(1, 40), true);
}

function* overrunMailServer(scene: Scene, at: number, size: number): Activity {
  const { draw } = scene;
  const attacker = scene.stranger();
  for (let i = 0; i < size; i++) {
    yield scene.tcp(at + 4 * i, attacker, company.mailServer, 143, {
      sent: draw.integer(900, 1_800),
      received: draw.integer(300, 10_000),
      duration: draw.between(0, 40),
      state: draw.pick(["SF", "RSTO", "SH"]),
      content:
        i === size - 1
          ? { logged_in: 1, num_root: draw.integer(0, 2), num_compromised: draw.integer(0, 3) }
          : undefined,
    });
  }
}

/** A web server of old handed its password file to whoever asked a certain way. */
function* askForPasswords(scene: Scene, at: number, size: number): Activity {
  const { draw } = scene;
  const attacker = scene.stranger();
  for (let i = 0; i < size; i++) {
    yield scene.tcp(at + 30 * i, attacker, company.webServer, 80, {
      sent: draw.integer(45, 60),
      received: draw.integer(900, 8_200),
      duration: draw.logNormal(0.5, 1),
      content: { logged_in: 1, hot: draw.integer(1, 3), num_access_files: 1, root_shell: draw.integer(0, 1) },
    });
  }
}

/** A user fetches a program and with it takes the administrator's rights. */
function* becomeRoot(scene: Scene, at: number, size: number, traces: Content): Activity {
  const { draw } = scene;
  const intruder = draw.chance(0.5) ? scene.stranger() : draw.pick(company.workstations);
  let time = at;
  for (let i = 1; i < size; i++) {
    yield ftpData(scene, time, company.ftpServer, company.loginServer, draw.logNormal(3_000, 0.6));
    time += draw.logNormal(20, 0.6);
  }
  const duration = draw.logNormal(90, 0.9);
  yield scene.tcp(time, intruder, company.loginServer, 23, {
    sent: 300 + duration * draw.logNormal(6, 0.8),
    received: 800 + duration * draw.logNormal(30, 0.8),
    duration,
    content: { logged_in: 1, hot: draw.integer(0, 4), root_shell: draw.chance(0.7) ? 1 : 0, ...traces },
  });
}

/** Asks devices for their counters with one password after the other; a wrong one gets no answer. */
function* guessCommunities(scene: Scene, at: number, size: number): Activity {
  const { draw } = scene;
  const [attacker, device] = [scene.stranger(), draw.pick([company.gateway, ...company.printers])];
  yield* scene.repeated(at, size, draw.pick([0.02, 0.1, 1]), (time) =>
    scene.udp(time, attacker, device, 161, {
      sent: draw.integer(36, 48),
      received: draw.chance(0.05) ? 90 : 0,
    }),
  );
}

/** With the right password it looks as the monitoring does. */
function* readCountersFromOutside(scene: Scene, at: number, size: number): Activity {
  const { draw } = scene;
  const [attacker, device] = [scene.stranger(), draw.pick([company.gateway, ...servers])];
  yield* scene.repeated(at, size, 30, (time) =>
    scene.udp(time, attacker, device, 161, {
      sent: draw.integer(38, 46),
      received: draw.integer(60, 160),
      duration: draw.logNormal(0.02, 0.6),
    }),
  );
}

/** A program inside takes its orders from outside, dressed as web requests. */
function* tunnel(scene: Scene, at: number, size: number): Activity {
  const { draw } = scene;
  const [host, master] = [draw.pick(company.workstations), scene.stranger()];
  yield* scene.repeated(at, size, 60, (time) =>
    scene.tcp(time, host, master, 80, {
      sent: draw.logNormal(2_000, 1),
      received: draw.logNormal(700, 0.8),
      duration: draw.logNormal(30, 1),
      state: scene.ending(),
      content: { logged_in: 1 },
    }),
  );
}
