// Okabe and Ito's colours, which people with any colour vision tell apart, for light and dark ground; each status has a
// shape of its own as well (map/dots.ts).

export type Rgb = [number, number, number];

export interface Palette {
    onCourse: Rgb;
    inGeofence: Rgb;
    finished: Rgb;
    notSeen: Rgb;
    halo: Rgb;
    ink: Rgb;
    tail: Rgb;
}

const rgb = (hex: string): Rgb => [0, 2, 4].map((i) => parseInt(hex.slice(i, i + 2), 16) / 255) as Rgb;

export const LIGHT: Palette = {
    onCourse: rgb('0072b2'),
    inGeofence: rgb('d55e00'),
    finished: rgb('007a5a'),
    notSeen: rgb('6b7785'),
    halo: rgb('ffffff'),
    ink: rgb('17212b'),
    tail: rgb('b5418c'),
};

export const DARK: Palette = {
    onCourse: rgb('56b4e9'),
    inGeofence: rgb('ff9f1c'),
    finished: rgb('3fcf9f'),
    notSeen: rgb('93a1b0'),
    halo: rgb('0d1117'),
    ink: rgb('f2f5f8'),
    tail: rgb('f08fc8'),
};

export const css = ([r, g, b]: Rgb): string => `rgb(${Math.round(r * 255)}, ${Math.round(g * 255)}, ${Math.round(b * 255)})`;
