// What a page costs, as Chromium's own trace has it: the CPU time of every task and every event of its main thread. CPU
// time, so that other programs on the machine do not count.
import { once } from "node:events";

const CATEGORIES = ["devtools.timeline", "v8.execute", "blink.user_timing", "disabled-by-default-devtools.timeline",
  "__metadata"];

async function read(client, handle) {
  let text = "";
  for (;;) {
    const { data, eof, base64Encoded } = await client.send("IO.read", { handle });
    text += base64Encoded ? Buffer.from(data, "base64").toString() : data;
    if (eof) break;
  }
  await client.send("IO.close", { handle });
  return JSON.parse(text).traceEvents;
}

/** Trace while `meanwhile` runs: all events. `more`: further categories. */
export async function trace(page, meanwhile, more = []) {
  const client = await page.context().browser().newBrowserCDPSession();
  await client.send("Tracing.start", {
    transferMode: "ReturnAsStream",
    traceConfig: { recordMode: "recordAsMuchAsPossible", includedCategories: [...CATEGORIES, ...more], excludedCategories: ["*"] },
  });
  await meanwhile();
  const done = once(client, "Tracing.tracingComplete");
  await client.send("Tracing.end");
  const [{ stream }] = await done;
  const events = await read(client, stream);
  await client.detach();
  return events;
}

/** The complete events of the main thread that ran the page at `url`, oldest first, with `cpu` in ms. */
export function mainThread(events, url) {
  const of = events.find((e) => e.name === "FunctionCall" && e.args?.data?.url?.startsWith(url))
    ?? events.find((e) => e.name === "TracingStartedInBrowser" || e.name === "thread_name" && e.args.name === "CrRendererMain");
  return events.filter((e) => e.pid === of.pid && e.tid === of.tid && e.ph === "X")
    .map((e) => ({ ...e, cpu: (e.tdur ?? 0) / 1000, wall: e.dur / 1000 }))
    .sort((a, b) => a.ts - b.ts);
}

/** The tasks of that thread, each with the events inside it. */
export function tasks(thread) {
  const all = [];
  for (const e of thread) {
    const last = all.at(-1);
    if (last && e.ts < last.ts + last.dur) last.inside.push(e);
    else if (/RunTask$/.test(e.name)) all.push({ cpu: e.cpu, dur: e.dur, ts: e.ts, inside: [] });
  }
  return all;
}

export function quantile(numbers, q) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted.length > 0 ? sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] : 0;
}
