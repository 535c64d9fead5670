// What checkpoints are called, and where their signs stand.
import type { Checkpoint, LonLat } from '../wire/types';

/** Its name; with the number of the pass if the course passes it more than once: "CP1 (2)". */
export function checkpointLabel(c: Pick<Checkpoint, 'name' | 'pass' | 'passes'>): string {
    return c.passes > 1 ? `${c.name} (${c.pass})` : c.name;
}

export interface CheckpointSign {
    at: LonLat;
    name: string;
    kind: Checkpoint['kind'];
    /** The distances at which the course passes it. */
    distances: number[];
}

/** One sign for each place and name, however often the course passes it. */
export function checkpointSigns(list: readonly Checkpoint[]): CheckpointSign[] {
    const signs = new Map<string, CheckpointSign>();
    for (const c of list) {
        const key = `${c.lon} ${c.lat} ${c.name}`;
        const sign = signs.get(key);
        if (sign) {
            sign.distances.push(c.distance);
        } else {
            signs.set(key, { at: [c.lon, c.lat], name: c.name, kind: c.kind, distances: [c.distance] });
        }
    }
    return [...signs.values()];
}
