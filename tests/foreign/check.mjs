// Checks proofs of a mirror with code that is not ours: sigstore's verifier.
//
//   node check.mjs DIR VKEY
//
// DIR as for check.go. Prints what it has found, and ends with 1 when anything is wrong.
import { createPublicKey } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(import.meta.url);
const { verifyCheckpoint } = require("@sigstore/verify/dist/tlog/checkpoint.js");
const { verifyMerkleInclusion } = require("@sigstore/verify/dist/tlog/merkle.js");

const [folder, vkey] = process.argv.slice(2);
const width = 256;
const entrySize = 55; // its length before it

const name = vkey.slice(0, vkey.indexOf("+"));
const id = vkey.slice(name.length + 1, name.length + 9);
const raw = Buffer.from(vkey.slice(name.length + 10), "base64").subarray(1);
const spki = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), raw]);
const log = {
  logID: Buffer.from(id, "hex"),
  baseURL: name,
  publicKey: createPublicKey({ key: spki, format: "der", type: "spki" }),
};

function entry(index, size) {
  const bundle = Math.floor(index / width);
  const there = Math.min(width, size - bundle * width);
  const path = `tile/entries/${String(bundle).padStart(3, "0")}${there < width ? `.p/${there}` : ""}`;
  const at = (index % width) * entrySize;
  return readFileSync(join(folder, path)).subarray(at + 2, at + entrySize);
}

let proofs = 0;
try {
  for (const file of readdirSync(join(folder, "proofs"))) {
    const [head, ...rest] = readFileSync(join(folder, "proofs", file), "utf8").split("\n\n");
    const [format, index, ...hashes] = head.split("\n");
    if (format !== "c2sp.org/tlog-proof@v1") throw new Error("it is no proof");
    const envelope = rest.join("\n\n");
    const logIndex = index.slice("index ".length);
    const claim = {
      canonicalizedBody: entry(Number(logIndex), Number(envelope.split("\n")[1])),
      inclusionProof: {
        logIndex,
        hashes: hashes.map((hash) => Buffer.from(hash, "base64")),
        checkpoint: { envelope },
      },
    };
    verifyMerkleInclusion(claim, verifyCheckpoint(claim, [log]));
    ++proofs;
  }
  console.log(`RIGHT: ${proofs} inclusion proofs`);
} catch (why) {
  console.log(`WRONG: ${why}`);
  process.exitCode = 1;
}
