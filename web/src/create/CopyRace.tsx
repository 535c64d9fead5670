// The command that would start the same race from a terminal, to copy.
import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { savedToken } from '../wire/api';
import { t } from '../i18n';
import type { Key } from '../i18n';
import type { RaceRequest } from '../model/raceform';
import { asCommand, asCurl } from '../model/cliCommand';
import type { AppState } from '../session/state';

// Without https a page may not write to the clipboard; then the text is selected, for the viewer to copy.
function Copied({ label, kind, text }: { label: Key; kind: string; text: string }) {
    const host = useRef<HTMLPreElement>(null);
    const said = useSignal<{ key: Key; of: string } | null>(null);
    const select = (): void => {
        getSelection()?.selectAllChildren(host.current!);
        said.value = { key: 'create.copySelected', of: text };
    };
    const copy = async (): Promise<void> => {
        try {
            await navigator.clipboard.writeText(text);
            said.value = { key: 'create.copyDone', of: text };
        } catch {
            select();
        }
    };
    return (
        <div class="copied">
            <div class="row">
                <strong>{t(label)}</strong>
                <button type="button" aria-label={`${t('create.copyDo')}: ${t(label)}`} onClick={() => void copy()}>{t('create.copyDo')}</button>
                <span role="status" class="soft">{said.value?.of === text && t(said.value.key)}</span>
            </div>
            <pre ref={host} tabIndex={0} data-copy={kind}>{text}</pre>
        </div>
    );
}

/** The race of the form for a terminal; with its seed it is the same race. */
export function CopyRace({ state, request }: { state: AppState; request: RaceRequest }) {
    const token = !state.config.value.writable || savedToken() !== '';
    const server = { origin: location.origin, token };
    return (
        <details class="copy">
            <summary>{t('create.copy')}</summary>
            <Copied label="create.copyCommand" kind="command" text={asCommand(request, server)} />
            <Copied label="create.copyCurl" kind="curl" text={asCurl(request, server)} />
            {token && <p class="soft">{t('create.copyToken')}</p>}
            {request.seed === undefined && <p class="soft">{t('create.copySeedless')}</p>}
        </details>
    );
}
