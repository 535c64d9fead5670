// What the import of a file asks, and what has been answered: a conversation as plain data.
import type { ImportOptions } from '../wire/api';
import type { CourseSummary, LonLat } from '../wire/types';

/** One answer that is possible. Of a name only `name` is there. */
export interface Candidate {
    /** Its number in the file, or the numbers of several with commas between. */
    line?: number | string;
    name: string;
    /** Metres with all laps. */
    distance?: number;
    laps?: number;
    /** Places of one lap. */
    points?: number;
    /** The line in few places, for a picture. */
    path?: LonLat[];
}

export interface Question {
    asks: 'line' | 'laps' | 'name';
    candidates: Candidate[];
}

export interface ImportTalk {
    file: File;
    /** What was answered and changed so far. */
    options: ImportOptions;
    /** The options of the course that is there. */
    kept: ImportOptions;
    /** The lines that the file was asked about: another one may be chosen later. */
    lines: Candidate[];
    question: Question | null;
    /** The course as it was imported last. */
    course: CourseSummary | null;
    /** No course of this name was there before: it is this import's to remove. */
    created: boolean;
    busy: boolean;
    /** Something changed while a request was on its way. */
    again: boolean;
    wrong: string | null;
}

const ASKS: Record<string, Question['asks']> = { 'choose-line': 'line', laps: 'laps', 'name-taken': 'name', 'course-exists': 'name' };

/** The question that a refusal of the import asks; null where it asks nothing. */
export function questionOf(status: number, code: string | undefined, body: unknown): Question | null {
    const asks = ASKS[code ?? ''];
    const { candidates } = (body ?? {}) as { candidates?: unknown };
    const list = Array.isArray(candidates) ? candidates as Candidate[] : [];
    return status === 409 && asks && (asks === 'name' || list.length > 0) ? { asks, candidates: list } : null;
}

/** The options that a candidate stands for. */
export function answerOf(asks: Question['asks'], candidate: Candidate): ImportOptions {
    return asks === 'line' ? { line: String(candidate.line) } : asks === 'laps' ? { laps: candidate.laps } : { shortName: candidate.name };
}

/** The paths to draw: one for each line, however many laps are asked about. */
export function pathsOf({ asks, candidates }: Question): (LonLat[] | null)[] {
    return candidates.map((c, k) => (c.path && c.path.length > 1 && (asks === 'line' || k === 0) ? c.path : null));
}

/** The place of a path that is farthest from all places of others; without others the middle one. */
export function apart(path: readonly LonLat[], others: readonly LonLat[]): LonLat {
    const squeeze = Math.cos((path[0]![1] * Math.PI) / 180);
    let best = path[Math.floor(path.length / 2)]!;
    let bestFar = 0;
    for (const at of others.length > 0 ? path : []) {
        const far = others.reduce((least, o) => Math.min(least, Math.hypot((o[0] - at[0]) * squeeze, o[1] - at[1])), Infinity);
        if (far > bestFar) {
            best = at;
            bestFar = far;
        }
    }
    return best;
}
