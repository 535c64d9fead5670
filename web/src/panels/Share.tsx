// Hand on what is watched: the address names race, runner and moment. A device that can share opens its own list; others
// get the link copied.
import { useSignal } from '@preact/signals';
import { t } from '../i18n';

const SAID_MS = 4_000;

// What became of the link. Closing the device's list without a choice is no failure.
async function share(): Promise<'shared' | 'copied' | 'failed'> {
    const link = { title: document.title, url: location.href };
    if (typeof navigator.share === 'function') {
        try {
            await navigator.share(link);
            return 'shared';
        } catch (error) {
            if ((error as Error).name === 'AbortError') {
                return 'shared';
            }
        }
    }
    return navigator.clipboard.writeText(link.url).then(() => 'copied' as const, () => 'failed' as const);
}

export function Share() {
    const said = useSignal<'copied' | 'failed' | null>(null);
    const click = async (): Promise<void> => {
        const how = await share().catch(() => 'failed' as const);
        said.value = how === 'shared' ? null : how;
        setTimeout(() => { said.value = null; }, SAID_MS);
    };
    return (
        <>
            <button type="button" data-share onClick={() => void click()}>{t('share.button')}</button>
            <span role="status" class={said.value ? 'share-said' : ''}>{said.value && t(said.value === 'copied' ? 'share.copied' : 'share.notCopied')}</span>
        </>
    );
}
