// Starts a deployment, generates the types of its API document, compiles the shop against them and
// runs it: node run.mjs CONSTRUCT FOLDER. Exits with 77 (skipped) where node is too old for that, or
// npm cannot get its packages.
import { spawn, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const patience = 60_000; // ms, for construct to get ready
const source = dirname(fileURLToPath(import.meta.url));
const [construct, folder] = process.argv.slice(2);

function run(command, args, environment = {}) {
  const ended = spawnSync(command, args, {
    cwd: folder,
    env: { ...process.env, ...environment },
    stdio: "inherit",
  });
  return ended.status === 0;
}

const must = (done, what) => {
  if (!done) throw new Error(`${what} failed; see above`);
};

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

async function ready(url, ended) {
  const until = Date.now() + patience;
  for (;;) {
    if (ended()) throw new Error("construct ended; see above");
    const status = await fetch(`${url}/readyz`).then((answer) => answer.status, () => 0);
    if (status === 200) return;
    if (Date.now() > until) throw new Error("construct does not get ready; see above");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function skip(why) {
  console.error(`Skipped: ${why}`);
  process.exit(77);
}

const { node } = process.versions;
if (Number.parseInt(node) < 18) skip(`this is node ${node}; 18 or newer is needed.`);
mkdirSync(folder, { recursive: true });
for (const name of ["package.json", "package-lock.json", "tsconfig.json", "construct.ts", "shop.ts"])
  cpSync(join(source, name), join(folder, name));
if (!run("npm", ["ci", "--prefer-offline", "--no-audit", "--no-fund"]))
  skip("npm could not install what package.json names; see above.");

const data = mkdtempSync(join(tmpdir(), "construct-typescript-"));
const port = await freePort();
const url = `http://127.0.0.1:${port}`;
const up = spawn(construct, ["up", "--empty", "--port", `${port}`, "--data", data], {
  stdio: "inherit",
});
const gone = new Promise((resolve) => up.on("exit", resolve));
try {
  await ready(url, () => up.exitCode !== null);
  must(run("npm", ["run", "types"], { CONSTRUCT_URL: url }), "Generating the types");
  must(run("npm", ["run", "build"]), "Compiling");
  const { shop } = await import(pathToFileURL(join(folder, "built", "shop.js")));
  await shop(url);
  console.log("The shop's day went as it should.");
} finally {
  up.kill("SIGTERM");
  await gone;
  rmSync(data, { recursive: true, force: true });
}
