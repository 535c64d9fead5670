// Bundles test/*.test.ts and runs them with node's own test runner (Node 18 on).
import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { words } from '../words.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const out = mkdtempSync(join(here, '../node_modules/.tests-'));
const tests = readdirSync(here).filter((name) => name.endsWith('.test.ts'));
try {
    await build({
        entryPoints: tests.map((name) => join(here, name)),
        outdir: out,
        outExtension: { '.js': '.mjs' },
        bundle: true,
        platform: 'node',
        format: 'esm',
        target: 'node18',
        jsx: 'automatic',
        jsxImportSource: 'preact',
        define: { TESTS_DIR: JSON.stringify(join(here, '../../tests')), WEB_DIR: JSON.stringify(join(here, '..')) },
        plugins: [words],
        logLevel: 'warning',
    });
    const files = tests.map((name) => join(out, name.replace(/\.ts$/, '.mjs')));
    process.exitCode = spawnSync(process.execPath, ['--test', ...files], { stdio: 'inherit' }).status ?? 1;
} finally {
    rmSync(out, { recursive: true, force: true });
}
