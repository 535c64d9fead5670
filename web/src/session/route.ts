// The pages: / and /create without a reload between them, /results, and the map for other sites (/?embed=1).
import { signal } from '@preact/signals';

// "/create/" is "/create".
const pathNow = (): string => location.pathname.replace(/(?!^)\/+$/, '');

export const path = signal(pathNow());

/** The page is shown inside another site's: nothing on it changes a race. */
export const embedded = new URLSearchParams(location.search).get('embed') === '1' && path.peek() === '/';

addEventListener('popstate', () => {
    path.value = pathNow();
});

export function go(to: string): void {
    history.pushState(null, '', to);
    path.value = pathNow();
    scrollTo(0, 0);
}

/** For links: the browser's own meaning of a click with a key held down stays. */
export function onLink(event: MouseEvent): void {
    const link = event.currentTarget as HTMLAnchorElement;
    if (event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey) {
        event.preventDefault();
        go(link.getAttribute('href')!);
    }
}
