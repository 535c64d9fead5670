// What the server says, in the page's language. Its sentences are English and come with a stable code (docs/api.md); the
// code is what is translated. A sentence that tells more than its code is added in brackets.
import { ApiError } from '../wire/api';
import { isKey, language, t } from './index';
import type { Key } from './index';

const DETAILED = new Set(['invalid', 'field-invalid', 'course-file', 'conflict', 'too-large', 'internal', 'unavailable', 'forbidden', 'not-found']);
const REASONS: Record<string, Key> = { 'by hand': 'reason.byHand', 'disk full': 'reason.diskFull' };

/** The sentence of a failure, to be shown. */
export function say(error: Error): string {
    if (!(error instanceof ApiError)) {
        return error instanceof TypeError ? t('error.network') : error.message;
    }
    return sayCode(error.code, error.message);
}

/** The same of a code and the server's sentence. A code that this page does not know leaves the sentence as it is. */
export function sayCode(code: string | undefined, sentence: string): string {
    const key = `error.${code ?? ''}`;
    if (language.value === 'en' || !isKey(key)) {
        return sentence;
    }
    return DETAILED.has(code!) ? t('error.detail', { text: t(key), detail: sentence }) : t(key);
}

/** Why a race is paused or failed. */
export function sayReason(reason: string): string {
    const key = REASONS[reason];
    return key ? t(key) : reason;
}
