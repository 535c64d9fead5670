// An esbuild plugin: en.json in two parts, `./en.json?first` with the words of what is loaded before the first dots and
// `./en.json?more` with all others, so that the first load carries no word that it does not show.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const LATER = /^(map\.(noBase|preview)|race\.(id|course|start|laps|courseUnknown))$/;
const FIRST = /^(app|nav|race|badge|lag|clock|updates|map|status|count|unit|reason)(\.|$)/;

export const words = {
    name: 'words',
    setup(build) {
        build.onResolve({ filter: /\.json\?(first|more)$/ }, ({ path, resolveDir }) => ({ path: join(resolveDir, path), namespace: 'words' }));
        build.onLoad({ filter: /./, namespace: 'words' }, async ({ path }) => {
            const [file, part] = path.split('?');
            const all = Object.entries(JSON.parse(await readFile(file, 'utf8')));
            const mine = all.filter(([key]) => (FIRST.test(key) && !LATER.test(key)) === (part === 'first'));
            return { contents: JSON.stringify(Object.fromEntries(mine)), loader: 'json', watchFiles: [file] };
        });
    },
};
