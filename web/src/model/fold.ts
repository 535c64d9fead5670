// Text as a search compares it: without accents, without case, without the letters' national forms. "mull" finds Müller,
// "soren" finds Søren, "strasse" finds Straße.

// Letters that Unicode does not decompose into a base letter and a mark, by what people type for them.
const LETTERS: Record<string, string> = {
    ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', đ: 'd', ð: 'd', þ: 'th', ł: 'l', ħ: 'h', ŧ: 't', ŋ: 'n', ı: 'i', ĸ: 'k', ſ: 's', ɫ: 'l',
    ς: 'σ', '’': "'", '‘': "'", 'ʼ': "'", '`': "'", '´': "'", '‐': '-', '‑': '-', '–': '-', '−': '-',
};
const LETTER = new RegExp(`[${Object.keys(LETTERS).join('')}]`, 'gu');
// Marks that sit on letters of any script, and Hebrew points. The voiced marks of kana stay: か and が are two letters.
const MARKS = /(?![\u3099\u309a])[\p{Script=Inherited}\u0591-\u05c7]/gu;
const PLAIN = /^[\n\x20-\x7e]*$/;

/** The folded text. Equal texts for a search have equal folds; line ends stay. */
export function fold(text: string): string {
    if (PLAIN.test(text)) {
        return text.toLowerCase();
    }
    return text.normalize('NFKD').replace(MARKS, '').toLowerCase().normalize('NFKD').replace(MARKS, '').replace(LETTER, (c) => LETTERS[c]!);
}
