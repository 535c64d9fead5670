// The results of a race as a list for paper, out of the API's CSV.

export interface Result {
    rank: number;
    bib: number;
    /** '' where there is none. */
    name: string;
    /** Race seconds; null: not finished. */
    finishS: number | null;
    /** Race seconds of the last position. */
    rawS: number;
    distanceM: number;
    pacePerKm: number | null;
    /** h:mm:ss at each checkpoint; '': not passed. */
    checkpoints: string[];
}

export interface Results {
    named: boolean;
    /** The names of the columns with times at checkpoints. */
    checkpoints: string[];
    finished: Result[];
    out: Result[];
}

/** A cell without the apostrophe that stands before a text which a spreadsheet would take for a formula. */
export function cellText(cell: string): string {
    return /^'+[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell;
}

/** The fields of one CSV line; a quoted one may hold commas and doubled quotes. */
export function fieldsOf(line: string): string[] {
    const fields: string[] = [];
    const next = /(?:"((?:[^"]|"")*)"|([^,]*))(,|$)/y;
    for (;;) {
        const m = next.exec(line);
        if (!m) {
            return fields;
        }
        fields.push(cellText(m[1] !== undefined ? m[1].replace(/""/g, '"') : m[2]!));
        if (m[3] === '') {
            return fields;
        }
    }
}

// A quoted name may run over lines: a line is whole when its quotes come in pairs.
function linesOf(csv: string): string[] {
    const lines: string[] = [];
    let begun = '';
    for (const part of csv.split('\n')) {
        begun = begun === '' ? part : `${begun}\n${part}`;
        if ((begun.match(/"/g)?.length ?? 0) % 2 === 0) {
            lines.push(begun.replace(/\r$/, ''));
            begun = '';
        }
    }
    return lines.filter((line) => line !== '');
}

/** All competitors by rank, the order of the CSV; finishers apart from the others. */
export function readResults(csv: string): Results {
    const [head, ...lines] = linesOf(csv);
    const columns = fieldsOf(head ?? '');
    const at = (name: string): number => columns.indexOf(name);
    const [rank, bib, name, finish, raw, distance, pace] =
        ['rank', 'competitorId', 'name', 'finishTime', 'rawTime', 'distance', 'pacePerKm'].map(at) as [number, number, number, number, number, number, number];
    const dwellHms = columns.indexOf('dwellHms'); // the last column of a course without checkpoints
    const later = dwellHms < 0 ? columns.length : dwellHms + 1;
    const all = lines.map((line): Result => {
        const f = fieldsOf(line);
        return {
            rank: Number(f[rank]), bib: Number(f[bib]), name: name < 0 ? '' : f[name] ?? '', finishS: f[finish] ? Number(f[finish]) : null,
            rawS: Number(f[raw]), distanceM: Number(f[distance]), pacePerKm: f[pace] ? Number(f[pace]) : null,
            checkpoints: f.slice(later),
        };
    });
    return { named: name >= 0, checkpoints: columns.slice(later), finished: all.filter((r) => r.finishS !== null), out: all.filter((r) => r.finishS === null) };
}
