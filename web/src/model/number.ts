// Numbers as people type them: in the way in which the page writes numbers, and in the plain way with a point.

interface Separators {
    decimal: string;
    group: string;
}

const known = new Map<string, Separators>();

function separators(locale: string): Separators {
    let own = known.get(locale);
    if (!own) {
        const parts = new Intl.NumberFormat(locale, { minimumFractionDigits: 1 }).formatToParts(1_234_567.5);
        const part = (type: string): string => parts.find((p) => p.type === type)?.value ?? '';
        own = { decimal: part('decimal') || '.', group: part('group') };
        known.set(locale, own);
    }
    return own;
}

const SPACE = /^\s$/u;
const APOSTROPHE = /^['’]$/u;
const escaped = (sign: string): string => sign.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const PLAIN = /^[+-]?(\d+\.?\d*|\.\d+)$/;

// "12.345" as German writes 12345, "12 345" as French does; null where the text has no such groups.
function ungrouped(text: string, { decimal, group }: Separators): string | null {
    if (group === '') {
        return null;
    }
    const between = SPACE.test(group) ? '\\s' : APOSTROPHE.test(group) ? "['’]" : escaped(group);
    const grouped = new RegExp(`^[+-]?\\d{1,3}(${between}\\d{3})+(${escaped(decimal)}\\d*)?$`, 'u');
    return grouped.test(text) ? text.replace(new RegExp(between, 'gu'), '').replace(decimal, '.') : null;
}

/**
 * "2,5" or "2.5" where the decimal sign is a comma, "2.5" elsewhere; thousands in groups as the page writes them. NaN where
 * it is no number.
 */
export function parseNumber(text: string, locale: string): number {
    const own = separators(locale);
    const plain = text.trim().replace('−', '-');
    const number = ungrouped(plain, own) ?? plain.replace(own.decimal, '.');
    return PLAIN.test(number) ? Number(number) : NaN;
}

/** A whole number without a sign; NaN where it is none. */
export function parseWhole(text: string, locale: string): number {
    const n = parseNumber(text, locale);
    return Number.isInteger(n) && /^\d/.test(text.trim()) ? n : NaN;
}
