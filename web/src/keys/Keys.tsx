// The list of keys, and the switch that turns them off.
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { savePreference, savedPreference } from '../session/preferences';
import { t } from '../i18n';
import type { Key } from '../i18n';
import type { LiveMap } from '../map/livemap';
import type { AppState } from '../session/state';
import type { RaceSession } from '../session/raceSession';
import { BOARD_KEYS, listen, STEP_S } from './bindings';

// What stands in the list: the keys as they are written on them, and what they do.
const LIST: [string[], Key][] = [
    [['?'], 'keys.list'],
    [['/'], 'keys.search'],
    [['1', '…', String(BOARD_KEYS.length)], 'keys.boards'],
    [['j', 'k'], 'keys.step'],
    [['f'], 'keys.follow'],
    [['Esc'], 'keys.unselect'],
    [['p'], 'keys.hold'],
    [['Space'], 'keys.play'],
    [['[', ']'], 'keys.seek'],
    [['l'], 'keys.live'],
    [['+', '−'], 'keys.zoom'],
    [['0'], 'keys.fit'],
];

function Written({ keys }: { keys: string[] }) {
    return <>{keys.map((key, k) => (key === '…' ? ' … ' : <span key={key}>{k > 0 && keys[k - 1] !== '…' && ' '}<kbd>{key}</kbd></span>))}</>;
}

/** The keys of the dashboard, and their list, which `?` opens. */
export function Keys({ state, session, map }: { state: AppState; session: RaceSession; map: { current: LiveMap | null } }) {
    const dialog = useRef<HTMLDialogElement>(null);
    const on = useSignal(savedPreference('keys') !== 'off');
    const open = (): void => dialog.current?.showModal();
    useEffect(() => listen({ state, session, map, list: open }, on), []);
    const swap = (event: Event): void => {
        on.value = (event.currentTarget as HTMLInputElement).checked;
        savePreference('keys', on.value ? 'on' : 'off');
    };
    return (
        <>
            <button type="button" class="keys-open" aria-haspopup="dialog" aria-keyshortcuts="?" aria-label={t('keys.title')} title={t('keys.title')}
                onClick={open}>
                <span aria-hidden="true">?</span>
            </button>
            <dialog ref={dialog} class="keys" aria-labelledby="keys-title">
                <h2 id="keys-title">{t('keys.title')}</h2>
                <table>
                    <tbody>
                        {LIST.map(([keys, words]) => (
                            <tr key={words}>
                                <th scope="row"><Written keys={keys} /></th>
                                <td>{t(words, { seconds: STEP_S })}</td>
                            </tr>
                        ))}
                    </tbody>
                </table>
                <p class="soft">{t('keys.elsewhere')}</p>
                <label class="inline">
                    <input type="checkbox" checked={on.value} onChange={swap} />
                    <span>{t('keys.on')}</span>
                </label>
                <form method="dialog" class="row end">
                    <button type="submit" class="primary" autoFocus>{t('keys.close')}</button>
                </form>
            </dialog>
        </>
    );
}
