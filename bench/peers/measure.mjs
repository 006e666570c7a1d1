// Clients that append small events, each to a stream of its own that must be new, one after the
// other at each client. Prints {"per_second":…}.

import { randomUUID } from "node:crypto";

const warmUp = 500;

export const data = { product_id: "p-1", location_id: "main" };

// `append(stream)` returns when the event is durable.
export async function measure(append, clients, seconds) {
  const run = randomUUID(); // No two runs on one database make the same streams.
  const begin = performance.now() + warmUp;
  const end = begin + seconds * 1000;
  let count = 0;
  const client = async (name) => {
    for (let number = 0; performance.now() < end; ++number) {
      await append(`${run}${name}x${number}`);
      const now = performance.now();
      if (now >= begin && now < end) ++count;
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, name) => client(`x${name}`)));
  console.log(JSON.stringify({ per_second: count / seconds }));
}
