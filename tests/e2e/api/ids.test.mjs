// runIds: which may be given to a new race, and how one that is there already is addressed.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DatabaseSync } from "node:sqlite";
