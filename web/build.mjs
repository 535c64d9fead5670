// Builds the page into dist/: index.html and assets named by their content, so that they can be cached for ever.
// Prints what a viewer loads before the first dots. `--watch` rebuilds on change.
import { build, context } from 'esbuild';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { leaflet } from './leaflet.mjs';
import { mergeFirstLoad } from './merge.mjs';
import { words } from './words.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, 'dist');
const watch = process.argv.includes('--watch');
const FIRST_LOAD_MAX_GZ = 80_000;

const options = {
    absWorkingDir: here,
    entryPoints: { app: 'src/main.tsx', early: 'src/early.ts', favicon: 'src/favicon.svg' },
    outdir: dist,
    bundle: true,
    format: 'esm',
    charset: 'utf8',
    splitting: true,
    minify: !watch,
    sourcemap: watch ? 'inline' : false,
    target: ['es2021', 'chrome100', 'firefox100', 'safari15'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    assetNames: '[name]-[hash]',
    // Leaflet as modules, so that what the page does not use is left out.
    alias: { leaflet: join(here, 'node_modules/leaflet/dist/leaflet-src.esm.js') },
    loader: { '.svg': 'copy', '.png': 'dataurl', '.glsl': 'text' },
    metafile: true,
    legalComments: 'none',
    logLevel: 'warning',
    plugins: [words, leaflet, { name: 'index', setup: (b) => b.onEnd((result) => result.metafile && writeIndex(result.metafile)) }],
};

// The files that the entry loads at once: itself and what it imports statically.
function firstLoad(meta, entry, seen = new Set()) {
    if (seen.has(entry)) {
        return seen;
    }
    seen.add(entry);
    for (const { path, kind } of meta.outputs[entry].imports) {
        if (kind === 'import-statement') {
            firstLoad(meta, path, seen);
        }
    }
    return seen;
}

async function writeIndex(meta) {
    const outputs = Object.keys(meta.outputs);
    const main = outputs.find((o) => meta.outputs[o].entryPoint === 'src/main.tsx');
    const css = meta.outputs[main].cssBundle;
    const first = outputs.find((o) => meta.outputs[o].entryPoint === 'src/early.ts');
    const icon = outputs.find((o) => o.endsWith('.svg'));
    const all = [...firstLoad(meta, main)];
    const map = all.find((o) => Object.keys(meta.outputs[o].inputs).some((input) => input.includes('leaflet-src')));
    const together = all.filter((o) => o !== map);
    const js = await mergeFirstLoad(meta, here, dist, main, together, !watch);
    const html = (await readFile(join(here, 'src/index.html'), 'utf8'))
        .replace('%EARLY%', `/${basename(first)}`)
        .replace('%JS%', `/${js}`)
        .replace('%MAP%', `/${basename(map)}`)
        .replace('%CSS%', `/${basename(css)}`)
        .replace('%ICON%', `/${basename(icon)}`);
    await writeFile(join(dist, 'index.html'), html);
    await report([...outputs.filter((o) => !together.includes(o)), join('dist', js)], new Set([first, map, join('dist', js)]));
}

async function report(outputs, early) {
    let first = 0;
    for (const output of outputs.sort()) {
        const bytes = await readFile(join(here, output));
        const gz = gzipSync(bytes, { level: 9 }).length;
        first += early.has(output) ? gz : 0;
        console.log(`${early.has(output) ? '*' : ' '} ${basename(output).padEnd(28)} ${String(bytes.length).padStart(8)} B`
            + ` ${String(gz).padStart(7)} B gz`);
    }
    console.log(`* JavaScript before the first dots: ${first} B gz of ${FIRST_LOAD_MAX_GZ}`);
    if (first > FIRST_LOAD_MAX_GZ && !watch) {
        throw new Error(`the first load is ${first} B gz, more than ${FIRST_LOAD_MAX_GZ}`);
    }
}

await rm(dist, { recursive: true, force: true });
if (watch) {
    await (await context(options)).watch();
} else {
    await build(options);
}
