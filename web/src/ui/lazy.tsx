// Components in files of their own, loaded when they are first drawn.
import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { wordsReady } from '../i18n';

const IDLE_WITHIN_MS = 500;

/** When the browser has nothing else to do: what can wait lets the first dots go first. */
export function whenIdle(): Promise<void> {
    return new Promise((done) => {
        if ('requestIdleCallback' in window) {
            requestIdleCallback(() => done(), { timeout: IDLE_WITHIN_MS });
        } else {
            setTimeout(done, IDLE_WITHIN_MS / 2);
        }
    });
}

/** A component in a file of its own, loaded when it is first drawn; nothing is shown until it is there. */
export function lazy<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
    const loaded = signal<ComponentType<P> | null>(null);
    let asked = false;
    return function Lazy(props: P) {
        const Loaded = loaded.value;
        if (!Loaded && !asked) {
            asked = true;
            Promise.all([load(), wordsReady]).then(([component]) => { loaded.value = component; }, () => { asked = false; });
        }
        return Loaded ? <Loaded {...props} /> : null;
    };
}
