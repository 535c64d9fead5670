// The page's words. The English ones of what is seen first are built in, the others come right after; the other
// languages are loaded when they are chosen. Words of people (names of courses and runners) are never keys.
import { signal } from '@preact/signals';
import type english from './en.json';
import { number } from '../model/format';
import first from './en.json?first';

type English = typeof english;
type Name = keyof English;
/** A key of one text. */
export type Key = { [K in Name]: English[K] extends string ? K : never }[Name];
/** A key of a text with a count in it: one text for each plural form of the language. */
export type CountedKey = Exclude<Name, Key>;
export type Forms = Partial<Record<Intl.LDMLPluralRule, string>>;
export type Words = Record<Key, string> & Record<CountedKey, Forms>;

export const LANGUAGES: Record<string, string> = { en: 'English', de: 'Deutsch', fr: 'Français', es: 'Español', ja: '日本語' };

const LOADERS: Record<string, () => Promise<{ default: Words }>> = {
    de: () => import('./de.json'),
    fr: () => import('./fr.json'),
    es: () => import('./es.json'),
    ja: () => import('./ja.json'),
};

let en: Partial<Words> = first;
const words = signal(en);
/** The language that is spoken. */
export const language = signal('en');
/** How numbers and dates are written: in that language, the way of the viewer's country where the browser says which. */
export const locale = signal('en');

/** Kept when every English word is there. */
export const wordsReady: Promise<void> = import('./en.json?more').then((more) => {
    const chosen = words.value === en;
    en = { ...first, ...more.default };
    if (chosen) {
        words.value = en;
    }
});

/** Whether there are words of that name by now. */
export function isKey(name: string): name is Key {
    return typeof words.value[name as Key] === 'string';
}

/** The English words of a key, as they are. */
export function inEnglish(key: Key): string {
    return en[key] ?? '';
}

/** The words of a key, with {name} replaced by its value. */
export function t(key: Key, values?: Record<string, string | number>): string {
    const text = words.value[key] ?? en[key] ?? key;
    return values ? fill(text, values) : text;
}

// Making the rules of a language costs more than asking them.
const rules = new Map<string, Intl.PluralRules>();

function formOf(count: number, code: string): Intl.LDMLPluralRule {
    const known = rules.get(code) ?? new Intl.PluralRules(code);
    rules.set(code, known);
    return known.select(count);
}

/** The words of a key in the plural form that the count wants in that language, with {count} written as people read it. */
export function counted(key: CountedKey, count: number, values?: Record<string, string | number>): string {
    const own = words.value[key];
    const forms: Forms = own ?? en[key] ?? {};
    const text = forms[formOf(count, own ? language.value : 'en')] ?? forms.other ?? key;
    return fill(text, { ...values, count: number(count, locale.value) });
}

export function fill(text: string, values: Record<string, string | number>): string {
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** The first wanted language that there is: "de-CH" finds "de". */
export function bestLanguage(wanted: readonly string[]): string {
    for (const tag of wanted) {
        const base = tag.toLowerCase().split('-')[0]!;
        if (base in LANGUAGES) {
            return base;
        }
    }
    return 'en';
}

export async function setLanguage(code: string): Promise<void> {
    const loader = LOADERS[code];
    words.value = loader ? (await loader()).default : en;
    language.value = code in LANGUAGES ? code : 'en';
    locale.value = navigator.languages.find((tag) => tag.startsWith(`${language.value}-`)) ?? language.value;
    document.documentElement.lang = language.value;
}
