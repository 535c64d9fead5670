// The scenarios of every set-up on the embedded store.
import test from "node:test";
import { startTrackside } from "../harness.mjs";
import { SCENARIOS } from "./scenarios.mjs";

for (const [title, run] of SCENARIOS) test(title, (t) => run(t, { name: "embedded", start: startTrackside }));
