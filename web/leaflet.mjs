// An esbuild plugin: Leaflet in a form whose unused parts can be left out. Its classes are made by calls, which a bundler has to
// keep unless it is told that they do nothing else. Statements that only serve what the page does not use are cut out.
import { readFile } from 'node:fs/promises';

const CLASS = /^var (\w+) = (\w+)\.extend\(/gm;

// How each statement begins. It goes up to the end of its last line: the first ");" that is not indented.
const UNUSED = [
    'Control.Layers = Layers;',
    'control.layers = layers;',
    'TileLayer.WMS = TileLayerWMS;',
    'tileLayer.wms = tileLayerWMS;',
    // Geometry out of layers: the page only draws.
    'Marker.include(PointToGeoJSON);',
    'Circle.include(PointToGeoJSON);',
    'CircleMarker.include(PointToGeoJSON);',
    'Polyline.include({\n\ttoGeoJSON',
    'Polygon.include({\n\ttoGeoJSON',
    'LayerGroup.include({\n\ttoMultiPoint',
    // The attribution is the page's own text.
    'Map.mergeOptions({\n\tattributionControl',
    'Map.addInitHook(function () {\n\tif (this.options.attributionControl',
    // Tooltips are used, popups are not.
    'Map.mergeOptions({\n\tclosePopupOnClick',
    'Map.include({\n\t// @method openPopup',
    'Layer.include({\n\n\t// @method bindPopup',
    // A long press is no right click here.
    "Map.addInitHook('addHandler', 'tapHold', TapHold);",
    'Icon.Default = IconDefault;',
];

// Every marker brings its own icon; the page's lines are SVG (preferCanvas is never set), and no browser with VML is left.
const REPLACED = [
    ['icon: new IconDefault(),', ''],
    ['return Browser.canvas ? new Canvas(options) : null;', ''],
    ['var create = Browser.vml ? vmlCreate : svgCreate;', 'var create = svgCreate;'],
    ['if (Browser.vml) {\n\tSVG.include(vmlMixin);\n}', ''],
];

function place(source, text) {
    const at = source.indexOf(text);
    if (at < 0) {
        throw new Error(`Leaflet has no "${text}" any more: see web/leaflet.mjs`);
    }
    return at;
}

function without(source, beginning) {
    const at = place(source, `\n${beginning}`) + 1;
    const end = beginning.endsWith(';') ? at + beginning.length : source.indexOf('\n});', at) + 4;
    return source.slice(0, at) + source.slice(end);
}

function replaced(source, [text, by]) {
    const at = place(source, text);
    return source.slice(0, at) + by + source.slice(at + text.length);
}

export const leaflet = {
    name: 'leaflet',
    setup(build) {
        build.onLoad({ filter: /leaflet-src\.esm\.js$/ }, async ({ path }) => {
            const source = (await readFile(path, 'utf8')).replaceAll('\r\n', '\n').replace(CLASS, 'var $1 = /*@__PURE__*/ $2.extend(');
            return { contents: REPLACED.reduce(replaced, UNUSED.reduce(without, source)) };
        });
    },
};
