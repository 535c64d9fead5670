// Who is followed: the runners that were chosen to be, with a tail each; the map keeps the one in view that is selected.
import { effect } from '@preact/signals';
import type { AppState } from './state';

export const MOST_FOLLOWED = 12;

export function unfollow(state: AppState, bib: number): void {
    state.followed.value = state.followed.value.filter((b) => b !== bib);
    if (state.selected.value === bib) {
        state.follow.value = false;
    }
}

/** Ties "follow" of the selected runner to the list of all who are followed. Answers what unties it. */
export function keepFollowed(state: AppState): () => void {
    const undo = [
        effect(() => {
            void state.raceId.value;
            state.followed.value = [];
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
