// What a frontend needs besides the types of the API document; see docs/TYPESCRIPT.md.
import createClient from "openapi-fetch";
import type { components, paths } from "./api.js";

export type Problem = components["schemas"]["Problem"];

// Rows and lists are offered as JSON and as events; this says that JSON is what is awaited.
export const connect = (baseUrl: string) =>
  createClient<paths, `application/${string}json`>({ baseUrl });

// A command's answer, as far as reads are concerned that are to see its effect.
export const position = (response: Response): string => {
  const at = response.headers.get("Construct-Position");
  if (at === null) throw new Error("The answer has no Construct-Position; is this a gateway?");
  return at;
};

// One event of a row or a list that is followed. `data` is JSON; empty for a reset.
export interface Change {
  kind: "snapshot" | "upsert" | "delete" | "quarantine" | "reset";
  id: string;
  data: string;
}

// Follows a row or a list as it changes, until the caller leaves the loop or the server ends it. In
// a browser EventSource does the same, and connects again by itself.
export async function* follow(url: string, lastEventId?: string): AsyncGenerator<Change> {
  const headers: Record<string, string> = { Accept: "text/event-stream" };
  if (lastEventId !== undefined) headers["Last-Event-ID"] = lastEventId;
  const response = await fetch(url, { headers });
  if (!response.ok || response.body === null) throw (await response.json()) as Problem;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      text += value;
      for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
        const change = parse(text.slice(0, end));
        text = text.slice(end + 2);
        if (change !== undefined) yield change;
      }
    }
  } finally {
    await reader.cancel(); // whoever leaves the loop leaves the connection
  }
}

// Absent for a comment, which only keeps the connection alive.
function parse(event: string): Change | undefined {
  const field = (name: string) =>
    event
      .split("\n")
      .filter((line) => line.startsWith(`${name}: `))
      .map((line) => line.slice(name.length + 2))
      .join("\n");
  const kind = field("event");
  return kind === "" ? undefined : { kind: kind as Change["kind"], id: field("id"), data: field("data") };
}
