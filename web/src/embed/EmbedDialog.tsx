// The dialog with the HTML that puts the map into another site's page.
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../i18n';
import { courseName } from '../session/state';
import type { AppState } from '../session/state';
import { snippet } from './snippet';

/** Only pages that came safely have a clipboard of their own; elsewhere the text is chosen and copied as by hand. */
async function copy(area: HTMLTextAreaElement): Promise<boolean> {
    area.select();
    try {
        await navigator.clipboard.writeText(area.value);
        return true;
    } catch {
        return document.execCommand('copy');
    }
}

/** The sites that may show the map by the server's present settings. */
function allowed(ancestors: string): string {
    const sites = ancestors.split(' ').filter((word) => !word.startsWith("'"));
    return ancestors === "'none'" ? t('embed.nobody')
        : sites.includes('*') ? t('embed.everybody')
        : sites.length > 0 ? t('embed.sites', { sites: sites.join(' ') })
        : t('embed.own');
}

/** The frame to copy into another page, and what the server has to allow for it. */
export function EmbedDialog({ state, runId, onClose }: { state: AppState; runId: string; onClose: () => void }) {
    const dialog = useRef<HTMLDialogElement>(null);
    const area = useRef<HTMLTextAreaElement>(null);
    const said = useSignal<boolean | null>(null);
    useEffect(() => dialog.current?.showModal(), []);
    const race = state.race.value;
    const title = race ? t('embed.frameTitle', { course: courseName(state, race.course) }) : t('app.title');
    return (
        <dialog ref={dialog} class="embed-dialog" onClose={onClose} aria-labelledby="embed-title">
            <h2 id="embed-title">{t('embed.title')}</h2>
            <p>{t('embed.text')}</p>
            <textarea ref={area} class="embed-code" readOnly spellcheck={false} aria-label={t('embed.code')}
                value={snippet(location.origin, runId, title)} />
            <p data-allowed>{allowed(state.config.value.frameAncestors)} {t('embed.option')}</p>
            <p><code class="mono">trackside serve --frame-ancestors "https://news.example"</code></p>
            <div class="row end">
                <span role="status" class={said.value === false ? 'error' : 'soft'}>
                    {said.value !== null && t(said.value ? 'embed.copied' : 'embed.notCopied')}
                </span>
                <button type="button" onClick={() => dialog.current?.close()}>{t('embed.close')}</button>
                <button type="button" class="primary" onClick={() => void copy(area.current!).then((done) => { said.value = done; })}>
                    {t('embed.copy')}
                </button>
            </div>
        </dialog>
    );
}
