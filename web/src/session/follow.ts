// The followed competitors. Each has a tail on the map, which keeps the selected one in view.
import { effect } from '@preact/signals';
import { savedPreference, savePreference } from './preferences';
import type { AppState } from './state';

export const MOST_FOLLOWED = 12;

export function unfollow(state: AppState, bib: number): void {
    state.followed.value = state.followed.value.filter((b) => b !== bib);
    if (state.selected.value === bib) {
        state.follow.value = false;
    }
}

const RACES_KEPT = 20;

type Kept = [runId: string, bibs: number[]];

function isKept(entry: unknown): entry is Kept {
    return Array.isArray(entry) && typeof entry[0] === 'string' && Array.isArray(entry[1]) && entry[1].every(Number.isFinite);
}

// The followed competitors of each race, the latest race first; kept in this browser.
function kept(): Kept[] {
    try {
        const all: unknown = JSON.parse(savedPreference('followed') ?? '[]');
        return Array.isArray(all) ? all.filter(isKept) : [];
    } catch {
        return [];
    }
}

function keep(runId: string, bibs: readonly number[]): void {
    const others = kept().filter(([id]) => id !== runId);
    savePreference('followed', JSON.stringify((bibs.length > 0 ? [[runId, bibs], ...others] : others).slice(0, RACES_KEPT)));
}

function remembered(runId: string | null): number[] {
    return (kept().find(([id]) => id === runId)?.[1] ?? []).slice(-MOST_FOLLOWED);
}

/** Selects the competitor that was followed last in this race, where none is selected yet. */
export function chooseRemembered(state: AppState): void {
    const bibs = state.followed.value;
    state.selected.value ??= bibs[bibs.length - 1] ?? null;
}

/**
 * Keeps state.follow (is the selected one followed?) and state.followed (all of them) in step. With `remember` this browser
 * keeps them for the next visit. Returns what ends it.
 */
export function keepFollowed(state: AppState, remember = false): () => void {
    const undo = [
        effect(() => {
            const runId = state.raceId.value;
            state.followed.value = remember ? remembered(runId) : [];
        }),
        effect(() => {
            const bibs = state.followed.value;
            const runId = state.raceId.peek();
            if (runId !== null && remember && bibs.join() !== remembered(runId).join()) {
                keep(runId, bibs);
            }
        }),
        effect(() => {
            const bib = state.selected.value;
            state.follow.value = bib !== null && state.followed.peek().includes(bib);
        }),
        effect(() => {
            const follow = state.follow.value;
            const bib = state.selected.peek();
            const others = state.followed.peek().filter((b) => b !== bib);
            if (bib !== null && follow !== (others.length < state.followed.peek().length)) {
                state.followed.value = follow ? [...others, bib].slice(-MOST_FOLLOWED) : others;
            }
        }),
    ];
    return () => undo.forEach((u) => u());
}
