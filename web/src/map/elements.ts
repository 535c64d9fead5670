// Small parts that maps are made of: a place, an SVG element, an element of text. Text goes in as text nodes only.
import * as L from 'leaflet';
import type { LonLat } from '../wire/types';

export const latLng = ([lon, lat]: LonLat): L.LatLng => L.latLng(lat, lon);

const SVG = 'http://www.w3.org/2000/svg';

export function svg(name: string, attributes: Record<string, string | number>, children: SVGElement[] = []): SVGElement {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) {
        element.setAttribute(key, String(value));
    }
    element.append(...children);
    return element;
}

export function textElement(tag: string, className: string, text: string): HTMLElement {
    const element = document.createElement(tag);
    element.className = className;
    element.textContent = text;
    return element;
}
