// The dashboard of the articles on Kafka and Pinot: Pinot answers its statements.
import test from "node:test";
import { dashboard } from "../e2e/process/dashboard.mjs";
import { anyKafka, fresh, startServer } from "./cluster.mjs";

const controller = process.env.TRACKSIDE_TEST_PINOT;
const skip = !(controller && process.env.TRACKSIDE_TEST_KAFKA) && "there is no cluster: TRACKSIDE_TEST_KAFKA, TRACKSIDE_TEST_PINOT";

test("with Pinot the articles' dashboard sees who finishes", { skip }, async (t) =>
  dashboard(t, await startServer(await anyKafka(t), { t, args: ["--pinot", controller] }), fresh("dashboard")));
