// The dashboard of the articles on the embedded store.
import test from "node:test";
import { startTrackside } from "../harness.mjs";
import { dashboard } from "../process/dashboard.mjs";

test("the articles' dashboard sees who finishes", async (t) => dashboard(t, await startTrackside({ t }), "dashboard"));
