// What a site puts into its page to show a race.

const WIDTH = 600;
const HEIGHT = 400;

const escaped = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/"/g, '&quot;');

/** The iframe of a race on the server at `origin`; `title` is for screen readers. */
export function snippet(origin: string, runId: string, title: string): string {
    const address = `${origin}/?race=${encodeURIComponent(runId)}&embed=1`;
    return `<iframe src="${escaped(address)}" title="${escaped(title)}" width="${WIDTH}" height="${HEIGHT}" style="border:0;max-width:100%"`
        + ' loading="lazy" allow="fullscreen"></iframe>';
}
