// What happens to the geofence while it is edited: each change can be taken back, and nothing is saved before "save".
import { cornersCount, cornersOf } from '../model/corners';
import type { Corner } from '../model/corners';
import type { Rings } from '../model/geofence';
import { geofenceRings } from '../map/courselayer';
import type { CreateState, FenceDraft } from './createState';

/** More cannot be handled one by one, neither on a map nor in a list. */
export const HANDLES_MAX = 200;
const STEPS_MAX = 100;

export function fenceHandled(draft: FenceDraft | null): draft is FenceDraft {
    return draft !== null && cornersCount(draft.rings) <= HANDLES_MAX;
}

/** Begin with the geofence that the course has. */
export function fenceBegin(create: CreateState): void {
    const rings = cornersOf(geofenceRings(create.course.value!));
    create.drawing.value = null;
    create.fence.value = { rings, past: [], chosen: null };
}

export function fenceChange(create: CreateState, rings: Rings, chosen: Corner | null = null): void {
    const draft = create.fence.value;
    const past = draft ? [...draft.past, draft.rings].slice(-STEPS_MAX) : [];
    create.fence.value = { rings, past, chosen };
}

export function fenceChoose(create: CreateState, chosen: Corner | null): void {
    const draft = create.fence.value;
    if (draft) {
        create.fence.value = { ...draft, chosen };
    }
}

export function fenceUndo(create: CreateState): void {
    const draft = create.fence.value;
    const before = draft?.past[draft.past.length - 1];
    if (draft && before) {
        create.fence.value = { rings: before, past: draft.past.slice(0, -1), chosen: null };
    }
}

export function fenceCancel(create: CreateState): void {
    create.drawing.value = null;
    create.fence.value = null;
}

/** Three corners or more are a geofence, which can then be edited. */
export function fenceClose(create: CreateState): void {
    const corners = create.drawing.value ?? [];
    if (corners.length >= 3) {
        create.drawing.value = null;
        fenceChange(create, [corners]);
    }
}
