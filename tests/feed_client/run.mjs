// Other systems follow the facts with any client of NATS: node run.mjs CONSTRUCT FOLDER. Exits with
// 77 (skipped) where node is too old for that, or npm cannot get its packages.
import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { deployed, install } from "../support/construct.mjs";

const source = dirname(fileURLToPath(import.meta.url));
const [construct, folder] = process.argv.slice(2);

install(source, folder, []);
const packages = createRequire(join(folder, "package.json"));
const load = (name) => import(pathToFileURL(packages.resolve(name)));
const { connect } = await load("@nats-io/transport-node");
const { jetstream, jetstreamManager } = await load("@nats-io/jetstream");

async function post(url, command, body) {
  const answer = await fetch(`${url}/commands/inventory/${command}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  assert.equal(answer.status < 300, true, await answer.text());
}

await deployed(construct, ["--empty", "--feed-days", "1"], async (url, data) => {
  const address = new URL(readFileSync(join(data, "run", "facts"), "utf8").trim());
  const nats = await connect({
    servers: address.host,
    user: address.username,
    pass: address.password,
    inboxPrefix: `_INBOX.${address.username}`,
  });

  // By wildcard, as it happens.
  const manager = await jetstreamManager(nats);
  const filtered = await jetstream(nats).consumers.get("FACTS", {
    filter_subjects: "facts.inventory.*.StockReceived",
  });
  const live = await filtered.consume();
  for (const id of ["a", "b"]) {
    const item = { inventory_id: id };
    await post(url, "CreateStockItem", { ...item, product_id: "p", location_id: "main" });
    await post(url, "ReceiveStock", { ...item, quantity: 7, source_ref: "po" });
  }
  const heard = [];
  for await (const message of live) if (heard.push(message.json()) === 2) break;
  assert.deepEqual(
    heard.map(({ specversion, type, subject, data: { quantity } }) => [specversion, type, subject, quantity]),
    [
      ["1.0", "inventory.StockReceived", "inventory/StockItem/a", 7],
      ["1.0", "inventory.StockReceived", "inventory/StockItem/b", 7],
    ],
  );

  // From the beginning, without a gap.
  const length = async () => (await manager.streams.info("FACTS")).state.last_seq;
  const last = await length();
  const consumer = await jetstream(nats).consumers.get("FACTS");
  let expected = 1;
  for await (const message of await consumer.consume()) {
    assert.equal(message.seq, expected++);
    assert.equal(message.headers.get("ce-id"), message.json().id);
    if (message.seq === last) break;
  }

  // Nobody but the feed publishes there.
  const before = await length();
  nats.publish("facts.inventory.StockItem.StockReceived", "{}");
  await nats.flush();
  assert.equal(await length(), before);
  await nats.close();
  console.log(`feed: ${last} facts followed, 2 of them live`);
});
