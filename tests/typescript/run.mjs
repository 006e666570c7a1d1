// Starts a deployment, generates the types of its API document, compiles the shop against them and
// runs it: node run.mjs CONSTRUCT FOLDER. Exits with 77 (skipped) where node is too old for that, or
// npm cannot get its packages.
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { deployed, install, run } from "../support/construct.mjs";

const source = dirname(fileURLToPath(import.meta.url));
const [construct, folder] = process.argv.slice(2);

const must = (done, what) => {
  if (!done) throw new Error(`${what} failed; see above`);
};

install(source, folder, ["tsconfig.json", "construct.ts", "shop.ts"]);
await deployed(construct, ["--empty"], async (url) => {
  must(run(folder, "npm", ["run", "types"], { CONSTRUCT_URL: url }), "Generating the types");
  must(run(folder, "npm", ["run", "build"]), "Compiling");
  const { shop } = await import(pathToFileURL(join(folder, "built", "shop.js")));
  await shop(url);
  console.log("The shop's day went as it should.");
});
