// cluster/cluster: what is started is known at once, and a start right after a clean finds its ports free.
import assert from "node:assert/strict";
import { createServer } from "node:net";
import test from "node:test";
import { newKafka } from "./cluster.mjs";

test("clean and start, again and again: the same ports, an empty Kafka", async (t) => {
  const kafka = await newKafka(t);
  for (let k = 0; k < 3; k++) {
    await kafka.start();
    assert.match(await kafka.status(), /kafka.*(running|up)/i);
    await kafka.tool("org.apache.kafka.tools.TopicCommand", ..."--create --topic round --partitions 1".split(" "));
    await kafka.produce("round", [{ key: "k", value: `round ${k}` }]);
    assert.deepEqual(await kafka.consume("round"), [`round ${k}`]);
    await kafka.clean();
    assert.doesNotMatch(await kafka.status(), /kafka.*(running|up)/i);
  }
});

test("a port that another program has is named, with the setting that moves it", async (t) => {
  const kafka = await newKafka(t);
  const port = Number(kafka.address.split(":")[1]);
  const other = createServer().listen(port, "127.0.0.1");
  t.after(() => other.close());
  await new Promise((done) => other.once("listening", done));
  await assert.rejects(kafka.start(), (e) => new RegExp(`${port}`).test(e.stderr) && /KAFKA_PORT/.test(e.stderr));
});
