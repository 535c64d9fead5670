// The notes of the import on a course, in the page's language.
import { isKey, language, t } from './index';

/** What a note says: in another language than English, what its code means, and the server's sentence with its figures. */
export function sayNote(code: string, sentence: string): string {
    const key = `note.${code}`;
    return language.value === 'en' || !isKey(key) ? sentence : t('error.detail', { text: t(key), detail: sentence });
}
