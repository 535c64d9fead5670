// An esbuild plugin: Leaflet in a form whose unused classes can be left out. Its classes are made by calls, which a bundler
// has to keep unless it is told that they do nothing else; a few lines that name classes the page has no use for go.
import { readFile } from 'node:fs/promises';

const CLASS = /^var (\w+) = (\w+)\.extend\(/gm;
const UNUSED = [
    'Control.Layers = Layers;',
    'control.layers = layers;',
    'TileLayer.WMS = TileLayerWMS;',
    'tileLayer.wms = tileLayerWMS;',
    'Circle.include(PointToGeoJSON);',
];
// The page's lines are SVG; preferCanvas is never set.
const CANVAS = 'return Browser.canvas ? new Canvas(options) : null;';

function without(source, text) {
    if (!source.includes(text)) {
        throw new Error(`Leaflet has no "${text}" any more: see web/leaflet.mjs`);
    }
    return source.replace(text, '');
}

export const leaflet = {
    name: 'leaflet',
    setup(build) {
        build.onLoad({ filter: /leaflet-src\.esm\.js$/ }, async ({ path }) => {
            const source = (await readFile(path, 'utf8')).replace(CLASS, 'var $1 = /*@__PURE__*/ $2.extend(');
            return { contents: [...UNUSED, CANVAS].reduce(without, source) };
        });
    },
};
