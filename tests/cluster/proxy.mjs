// A TCP proxy in front of a server that others use too: it counts what passes, and can be made to refuse or to hang.
import { createServer as createHttp } from "node:http";
import { connect, createServer } from "node:net";

const STATEMENT = "POST /query/sql";

/** Count a text in a stream of chunks that may cut it anywhere. */
function counter(needle, found) {
  let rest = "";
  return (chunk) => {
    const text = rest + chunk.toString("latin1");
    for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + 1)) found();
    rest = text.slice(1 - needle.length);
  };
}

/**
 * In front of the server at `url`: {url, statements(), tries(), held(), pass(), refuse(), hang()}. `tries` are connections and statements
 * that came while nobody was let through; `held` are the connections of which something waits for an answer.
 */
export async function startProxy(t, url) {
  const target = new URL(url);
  const open = new Set();
  const held = new Set();
  let mode = "pass";
  let statements = 0;
  let tries = 0;
  const server = createServer((client) => {
    if (mode === "refuse") {
      tries++;
      client.on("error", () => {}).destroy();
      return;
    }
    const upstream = connect(Number(target.port), target.hostname);
    const count = counter(STATEMENT, () => (mode === "pass" ? statements++ : tries++));
    const end = () => {
      for (const socket of [client, upstream]) socket.destroy();
      open.delete(end);
      held.delete(client);
    };
    open.add(end);
    for (const socket of [client, upstream]) socket.on("error", end).on("close", end).setNoDelay(true);
    client.on("data", (chunk) => {
      count(chunk);
      if (mode === "pass") upstream.write(chunk);
      else held.add(client);
    });
    upstream.on("data", (chunk) => mode === "pass" && client.write(chunk));
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const change = (next) => () => {
    mode = next;
    if (next !== "hang") for (const end of [...open]) end();
  };
  t.after(() => {
    server.close();
    for (const end of [...open]) end();
  });
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    statements: () => statements,
    tries: () => tries,
    held: () => held.size,
    pass: change("pass"),
    refuse: change("refuse"),
    hang: change("hang"),
  };
}

/**
 * In front of the Pinot broker at `url`: {url, set({drop, delayMs}), dropped()}. Of every answer about latest positions, where an upsert can
 * hide rows, it leaves out the part `drop` of them, by chance; every answer waits for delayMs.
 */
export async function startDropper(t, url) {
  let drop = 0;
  let delayMs = 0;
  let dropped = 0;
  const server = createHttp(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const { method, headers } = request;
    delete headers["content-length"];
    delete headers.connection;
    delete headers.expect;
    try {
      const answer = await fetch(url + request.url, { method, headers, body: body.length ? body : undefined });
      const json = JSON.parse(await answer.text());
      const table = json.resultTable;
      if (!body.includes("skipUpsert") && table?.dataSchema.columnNames[0] === "competitorId") {
        const left = table.rows.filter(() => Math.random() >= drop);
        dropped += table.rows.length - left.length;
        table.rows = left;
      }
      if (delayMs) await new Promise((done) => setTimeout(done, delayMs));
      response.writeHead(answer.status, { "content-type": "application/json" }).end(JSON.stringify(json));
    } catch {
      response.destroy();
    }
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    set: (how) => ({ drop = 0, delayMs = 0 } = how),
    dropped: () => dropped,
  };
}

/** The broker of the Pinot whose controller is at `url`. */
export async function brokerOf(url) {
  const tenants = await (await fetch(`${url}/v2/brokers/tenants`)).json();
  const { host, port } = Object.values(tenants)[0][0];
  return `http://${host}:${port}`;
}
