// One file for the page's own part of the first load. With splitting esbuild makes a chunk for each set of entries that share modules:
// some twenty files for what every viewer loads at once. On a slow connection each of them costs a round trip. Here they become one file
// again, and the parts that are loaded later take from it what they took from the chunks. The map's library, half of the bytes, stays a
// file of its own: the two load at the same time, which is faster than one stream.
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';

const IMPORT = /import\s*(?:\{([^}]*)\}\s*from\s*)?"\.\/([\w.-]+\.js)";?/g;

/** `name` of the chunk with number `k`, as the merged file exports it. */
const exported = (k, name) => `c${k}_${name}`;

/** What an import or export statement takes: [["a", "b"]] of "a as b". */
const specifiers = (text) => text.split(',').map((one) => one.trim().split(/\s+as\s+/)).filter(([name]) => name);

/**
 * Merge the outputs `first` (paths in meta.outputs; the entry `main` among them) of a build in `dist` into one file, remove them,
 * and let the other outputs import from it. Returns the merged file's name.
 */
export async function mergeFirstLoad(meta, root, dist, main, first, minify) {
    const names = first.map((output) => basename(output));
    const contents = first.map((output, k) => (output === main ? `import "./${names[k]}";`
        : `export {${meta.outputs[output].exports.map((name) => `${name} as ${exported(k, name)}`)}} from "./${names[k]}";`)).join('\n');
    const others = { name: 'others', setup: (b) => b.onResolve({ filter: /^\.\// }, ({ path }) => (names.includes(basename(path)) ? undefined : { path, external: true })) };
    const merged = await build({ stdin: { contents, resolveDir: dist }, bundle: true, format: 'esm', charset: 'utf8', minify, write: false, target: ['es2021'],
        legalComments: 'none', logLevel: 'warning', plugins: [others] });
    const text = merged.outputFiles[0].text;
    const name = `app-${createHash('sha256').update(text).digest('hex').slice(0, 8).toUpperCase()}.js`;
    await writeFile(join(dist, name), text);
    for (const output of Object.keys(meta.outputs).filter((o) => o.endsWith('.js') && !first.includes(o))) {
        const path = resolve(root, output);
        const before = await readFile(path, 'utf8');
        const after = before.replace(IMPORT, (whole, taken, file) => {
            const k = names.indexOf(file);
            if (k < 0) {
                return whole;
            }
            return taken === undefined ? '' : `import{${specifiers(taken).map(([from, to = from]) => `${exported(k, from)} as ${to}`)}}from"./${name}";`;
        });
        if (after !== before) {
            await writeFile(path, after);
        }
    }
    await Promise.all(names.map((old) => rm(join(dist, old))));
    return name;
}
