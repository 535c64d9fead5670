// scripts/test: a test that needed its second try is listed as flaky by its name; one that fails twice is a failure.
import test from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const top = resolve(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '../../..');

function run(t, source) {
    const folder = mkdtempSync(join(tmpdir(), 'trackside-try-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'second-try-sample.test.mjs');
    writeFileSync(file, source(JSON.stringify(join(folder, 'mark'))));
    const env = { ...process.env };
    delete env.NODE_TEST_CONTEXT; // else the inner run reports to the outer one
    const { stdout, stderr, status } = spawnSync('scripts/test', [file], { cwd: top, env, encoding: 'utf8' });
    return { said: stdout + stderr, status, file };
}

const fails = (when) => (mark) => `
import { it, describe } from 'node:test';
import { existsSync, writeFileSync } from 'node:fs';
const again = existsSync(${mark});
writeFileSync(${mark}, '');
describe('a room', () => {
    it('stands', () => {});
    it('shakes, "at first"', () => { if (${when}) throw new Error('not yet'); });
});`;

test('a test that passes at the second try is listed by its name', (t) => {
    const { said, status, file } = run(t, fails('!again'));
    assert.equal(status, 0, said);
    assert.match(said, /^2 passed, 0 failed, 0 skipped$/m);
    const flaky = said.split('\n').filter((line) => line.startsWith('flaky'));
    assert.deepEqual(flaky, [`flaky, passed at the second try: ${file}: shakes, "at first"`]);
});

test('a test that fails twice is a failure and not flaky', (t) => {
    const { said, status } = run(t, fails('true'));
    assert.equal(status, 1, said);
    assert.doesNotMatch(said, /^flaky/m);
});

test('a test that passes has no second try', (t) => {
    const { said, status } = run(t, fails('again'));
    assert.equal(status, 0, said);
    assert.doesNotMatch(said, /second try/);
});
