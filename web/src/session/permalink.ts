// Links that carry the view: /?race=ID&runner=12&at=600. The address follows what is chosen, without a new history entry.

export interface Permalink {
    race: string | null;
    runner: number | null;
    /** Raw second of a replay; null: live. */
    at: number | null;
    /** For a frame in another site's page. */
    embed?: boolean;
}

export function readPermalink(search = location.search): Permalink {
    const query = new URLSearchParams(search);
    const runner = query.get('runner');
    const at = query.get('at');
    return {
        race: query.get('race') || null,
        runner: runner !== null && /^-?\d+$/.test(runner) ? Number(runner) : null,
        at: at !== null && /^\d{1,7}$/.test(at) ? Number(at) : null,
    };
}

export function permalink(p: Permalink): string {
    const query = new URLSearchParams();
    if (p.race !== null) {
        query.set('race', p.race);
    }
    if (p.runner !== null) {
        query.set('runner', String(p.runner));
    }
    if (p.at !== null) {
        query.set('at', String(p.at));
    }
    if (p.embed) {
        query.set('embed', '1');
    }
    const text = query.toString();
    return text === '' ? '/' : `/?${text}`;
}
