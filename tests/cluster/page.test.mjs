// The page on Kafka, and on Kafka + Pinot: the scenarios of the embedded store, unchanged.
import test, { after } from "node:test";
import { SCENARIOS } from "../e2e/page/scenarios.mjs";
import { anyKafka, startServer } from "./cluster.mjs";

const kafka = await anyKafka({ after });
const pinot = process.env.TRACKSIDE_TEST_KAFKA && process.env.TRACKSIDE_TEST_PINOT;
const on = (name, more) => ({ name, start: (options) => startServer(kafka, { ...options, args: [...more, ...(options.args ?? [])] }) });

for (const [title, run] of SCENARIOS) {
  test(`Kafka: ${title}`, (t) => run(t, on("kafka", [])));
  test(`Kafka + Pinot: ${title}`, { skip: !pinot }, (t) => run(t, on("pinot", ["--pinot", pinot])));
}
