import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { wordsReady } from './i18n';

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
