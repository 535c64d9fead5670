// What each key does on the dashboard. A key alone, without Ctrl, Alt or Meta, and only while the viewer is not typing.
import type { LiveMap } from '../map/livemap';
import type { AppState } from '../session/state';
import type { TabName } from '../wire/types';
import type { RaceSession } from '../session/raceSession';

export interface KeyTarget {
    state: AppState;
    session: RaceSession;
    map: { current: LiveMap | null };
    /** Opens and closes the list of keys. */
    list: () => void;
}

export const BOARD_KEYS: TabName[] = ['leaders', 'front', 'back', 'geofence', 'justFinished', 'all'];
export const STEP_S = 10;

/** The row of the open table that stands `step` rows after the chosen one; without one, the first. */
function step(rows: HTMLElement[], selected: number | null, by: number): number | null {
    const at = rows.findIndex((row) => Number(row.dataset.bib) === selected);
    const next = at < 0 ? rows[0] : rows[Math.min(rows.length - 1, Math.max(0, at + by))];
    return next ? Number(next.dataset.bib) : null;
}

function choose({ state }: KeyTarget, by: number): void {
    const rows = [...document.querySelectorAll<HTMLElement>('#board tr[data-bib]')];
    const bib = step(rows, state.selected.peek(), by);
    if (bib !== null) {
        state.selected.value = bib;
        rows.find((row) => Number(row.dataset.bib) === bib)?.scrollIntoView({ block: 'nearest' });
    }
}

function seek({ state, session }: KeyTarget, byS: number): void {
    const shownS = Math.floor(state.drawnMs.peek() / 1000);
    if (Number.isFinite(shownS) && state.newestS.peek() > 0) {
        void session.replay.to(Math.min(state.newestS.peek(), Math.max(0, shownS + byS)));
    }
}

function follow({ state }: KeyTarget): void {
    if (state.selected.peek() !== null) {
        state.follow.value = !state.follow.peek();
    }
}

/** By the key's own name (KeyboardEvent.key). */
export const BINDINGS: Record<string, (target: KeyTarget) => void> = {
    '?': (target) => target.list(),
    '/': () => document.querySelector<HTMLInputElement>('.search input')?.focus(),
    j: (target) => choose(target, 1),
    k: (target) => choose(target, -1),
    f: follow,
    Escape: ({ state }) => { state.selected.value = null; },
    p: ({ session }) => session.toggleFreeze(),
    ' ': ({ state, session }) => void session.replay.play(!state.replay.peek()?.playing),
    '[': (target) => seek(target, -STEP_S),
    ']': (target) => seek(target, STEP_S),
    l: ({ session }) => session.replay.live(),
    '+': ({ map }) => { map.current?.map.zoomIn(); },
    '-': ({ map }) => { map.current?.map.zoomOut(); },
    '0': ({ map }) => map.current?.fit(),
    ...Object.fromEntries(BOARD_KEYS.map((tab, k) => [String(k + 1), ({ state }: KeyTarget) => { state.tab.value = tab; }])),
};

const TYPING = 'input:not([type=range], [type=checkbox]), select, textarea, [contenteditable]';
// Space presses what it stands on; a slider and a map have arrows and signs of their own.
const PRESSED = 'button, a, summary, input, [role=tab]';

/** Whether a key is for the dashboard and not for what has the focus. */
export function isOurs(event: KeyboardEvent): boolean {
    const on = event.target instanceof Element ? event.target : null;
    return !event.ctrlKey && !event.altKey && !event.metaKey && !event.defaultPrevented
        && !document.querySelector('dialog[open]') && !on?.closest(TYPING)
        && !(event.key === ' ' && on?.closest(PRESSED)) && !('+-'.includes(event.key) && on?.closest('.leaflet-container'));
}

/** Listen for the keys, as long as `on` says so; `?` always opens the list, where they can be switched on again. */
export function listen(target: KeyTarget, on: { value: boolean }): () => void {
    const press = (event: KeyboardEvent): void => {
        const act = BINDINGS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
        if (act && isOurs(event) && (on.value || event.key === '?')) {
            event.preventDefault();
            act(target);
        }
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
}
