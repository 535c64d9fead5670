// The notes of the import on a course, in the page's language. The server's sentences are English. Each has a text here that says the
// same with places for its figures and names (say.<code>.1, .2 …): where the English one fits, the other language's is filled. A
// sentence that is not known is put in brackets behind what its code means.
import { fill, inEnglish, isKey, language, locale, t } from './index';
import type { Key } from './index';
import { number } from '../model/format';

const FIGURE = /^(\d[\d,]*)(\.\d+)?( k?m)?$/;
/** What may follow a sentence about a place: which sign is probably wrong. */
const HINT = 'hint';

const patterns = new Map<Key, RegExp>();

// The English text as a pattern; each {place} is a group of its name.
function patternOf(key: Key): RegExp {
    let pattern = patterns.get(key);
    if (!pattern) {
        const escaped = inEnglish(key).replace(/[.*+?^$()|[\]\\]/g, '\\$&');
        pattern = new RegExp(`^${escaped.replace(/\{(\w+)\}/g, '(?<$1>.*?)')}$`, 'u');
        patterns.set(key, pattern);
    }
    return pattern;
}

function keysOf(code: string): Key[] {
    const keys: Key[] = [];
    for (let n = 1; ; n++) {
        const key = `say.${code}.${n}`;
        if (!isKey(key)) {
            return keys;
        }
        keys.push(key);
    }
}

// "5,016.9 m" as the viewer writes it, a phrase of the server in the viewer's words, reasons behind names; names stay.
function said(value: string): string {
    const figure = FIGURE.exec(value);
    if (figure) {
        const [, whole, part = '', unit = ''] = figure;
        return number(Number(whole!.replace(/,/g, '') + part), locale.value, Math.max(0, part.length - 1)) + unit;
    }
    const phrase = keysOf('part').find((key) => inEnglish(key) === value);
    return phrase ? t(phrase) : keysOf('why').reduce((text, key) => text.replaceAll(`" (${inEnglish(key)})`, `" (${t(key)})`), value);
}

function filled(code: string, sentence: string): string | null {
    for (const key of keysOf(code)) {
        const groups = patternOf(key).exec(sentence)?.groups;
        if (groups || patternOf(key).test(sentence)) {
            return fill(t(key), Object.fromEntries(Object.entries(groups ?? {}).map(([name, value]) => [name, said(value)])));
        }
    }
    return null;
}

/** What a note says, in the page's language. */
export function sayNote(code: string, sentence: string): string {
    if (language.value === 'en') {
        return sentence;
    }
    const hintAt = sentence.search(/ Is [^?]+ wrong\? /);
    const hint = hintAt < 0 ? '' : filled(HINT, sentence.slice(hintAt + 1));
    const text = filled(code, hintAt < 0 ? sentence : sentence.slice(0, hintAt));
    if (text !== null && hint !== null) {
        return hint === '' ? text : `${text} ${hint}`;
    }
    const key = `note.${code}`;
    return isKey(key) ? t('error.detail', { text: t(key), detail: sentence }) : sentence;
}
