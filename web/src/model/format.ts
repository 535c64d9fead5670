// Numbers as people read them. Times never wrap at an hour; nothing is shown where there is nothing ("–").
import { parseNumber } from './number';

export type Units = 'km' | 'mi';

export const MILE_M = 1_609.344;
const NONE = '–';

export function unitM(units: Units): number {
    return units === 'mi' ? MILE_M : 1_000;
}

const two = (n: number): string => String(n).padStart(2, '0');

/** h:mm:ss, as many hours as it takes. */
export function raceTime(s: number | null | undefined): string {
    if (s === null || s === undefined || !Number.isFinite(s)) {
        return NONE;
    }
    const whole = Math.max(0, Math.floor(s));
    return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
}

/** m:ss, or h:mm:ss from an hour on: for a stay or a gap. */
export function shortTime(s: number | null | undefined): string {
    if (s === null || s === undefined || !Number.isFinite(s)) {
        return NONE;
    }
    const whole = Math.max(0, Math.floor(s));
    return whole >= 3600 ? raceTime(whole) : `${Math.floor(whole / 60)}:${two(whole % 60)}`;
}

/** Minutes and seconds per km or mile, from seconds per km. */
export function pace(sPerKm: number | null | undefined, units: Units): string {
    if (sPerKm === null || sPerKm === undefined || !Number.isFinite(sPerKm)) {
        return NONE;
    }
    const s = Math.round((sPerKm * unitM(units)) / 1_000);
    return s >= 3600 ? raceTime(s) : `${Math.floor(s / 60)}:${two(s % 60)}`;
}

/** Kilometres or miles, without the unit. */
export function distance(m: number | null | undefined, units: Units, locale: string, digits = 2): string {
    if (m === null || m === undefined || !Number.isFinite(m)) {
        return NONE;
    }
    return number(m / unitM(units), locale, digits);
}

// Making a formatter costs more than using it a hundred times.
const numbers = new Map<string, Intl.NumberFormat>();

export function number(n: number, locale: string, digits = 0): string {
    const name = `${locale} ${digits}`;
    let format = numbers.get(name);
    if (!format) {
        format = new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits });
        numbers.set(name, format);
    }
    return format.format(n);
}

export function percent(part: number, whole: number, locale: string): string {
    return number(whole > 0 ? (100 * part) / whole : 0, locale, 1);
}

/** Milliseconds up to 10 s, then seconds: "18 ms", "12.3 s". */
export function lag(ms: number | null | undefined, locale: string): string {
    if (ms === null || ms === undefined || !Number.isFinite(ms)) {
        return NONE;
    }
    return Math.abs(ms) < 10_000 ? `${number(Math.round(ms), locale)} ms` : `${number(ms / 1000, locale, 1)} s`;
}

/** A moment in the viewer's zone. */
export function moment(iso: string | number, locale: string, timeStyle: 'short' | 'medium' = 'medium'): string {
    const date = new Date(iso);
    return Number.isNaN(date.getTime())
        ? String(iso)
        : date.toLocaleString(locale, { dateStyle: 'medium', timeStyle });
}

export function clockTime(iso: string | number, locale: string): string {
    const date = new Date(iso);
    return Number.isNaN(date.getTime()) ? String(iso) : date.toLocaleTimeString(locale);
}

/** "2:24" or "144" → 144, with the locale's decimal sign. NaN where it is neither. */
export function parsePace(text: string, locale: string): number {
    const t = text.trim();
    const m = /^(\d{1,3}):([0-5]?\d)$/.exec(t);
    if (m) {
        return Number(m[1]) * 60 + Number(m[2]);
    }
    return /^\d/.test(t) ? parseNumber(t, locale) : NaN;
}
