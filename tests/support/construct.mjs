// What tests in JavaScript share: packages of their own, and a deployment to speak to.
import { spawn, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const patience = 60_000; // ms, for construct to get ready

// Ends the test with 77, which ctest counts as skipped.
export function skip(why) {
  console.error(`Skipped: ${why}`);
  process.exit(77);
}

// Runs a command to its end, in `folder`; whether it ended well.
export function run(folder, command, args, environment = {}) {
  const ended = spawnSync(command, args, {
    cwd: folder,
    env: { ...process.env, ...environment },
    stdio: "inherit",
  });
  return ended.status === 0;
}

// Copies the files into the folder, and installs there what package.json names. `npm ci` is strict;
// where a registry lacks packages for other machines it calls the lock out of date, and
// `npm install`, which takes from it what this machine needs, does not.
export function install(source, folder, files, how = "ci") {
  const { node } = process.versions;
  if (Number.parseInt(node) < 18) skip(`this is node ${node}; 18 or newer is needed.`);
  mkdirSync(folder, { recursive: true });
  for (const name of ["package.json", "package-lock.json", ...files])
    cpSync(join(source, name), join(folder, name));
  if (!run(folder, "npm", [how, "--prefer-offline", "--no-audit", "--no-fund"]))
    skip("npm could not install what package.json names; see above.");
}

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

// Asks until it is so.
export async function eventually(what, condition) {
  const until = Date.now() + patience;
  while (!(await condition())) {
    if (Date.now() > until) throw new Error(`${what}: it does not come to it; see above`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

// Starts a deployment, calls `use` with its address and data folder when it is ready, and stops it.
export async function deployed(construct, args, use) {
  const data = mkdtempSync(join(tmpdir(), "construct-test-"));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const up = spawn(construct, ["up", ...args, "--port", `${port}`, "--data", data], {
    stdio: "inherit",
  });
  const gone = new Promise((resolve) => up.on("exit", resolve));
  try {
    await eventually("construct gets ready", () => {
      if (up.exitCode !== null) throw new Error("construct ended; see above");
      return fetch(`${url}/readyz`).then((answer) => answer.status === 200, () => false);
    });
    await use(url, data);
  } finally {
    up.kill("SIGTERM");
    await gone;
    rmSync(data, { recursive: true, force: true });
  }
}
