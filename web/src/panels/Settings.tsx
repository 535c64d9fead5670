// The viewer's own choices: language, units, ground of the map, tails.
import { useSignal } from '@preact/signals';
import { language, LANGUAGES, setLanguage, t } from '../i18n';
import type { Units } from '../model/format';
import { savePreference } from '../session/preferences';
import { lazy } from '../ui/lazy';
import { resultsAddress, resultsFile } from '../results/csv';
import type { AppState } from '../session/state';

const SignIn = lazy(() => import('./SignIn').then((m) => m.SignIn));
const EmbedDialog = lazy(() => import('../embed/EmbedDialog').then((m) => m.EmbedDialog));

const TAIL_MINUTES = [1, 5, 15];

function Tail({ state }: { state: AppState }) {
    return (
        <select aria-label={t('settings.tail')} value={String(state.tailS.value)} data-tail
            onChange={(e) => {
                state.tailS.value = Number(e.currentTarget.value);
                savePreference('tail', e.currentTarget.value);
            }}>
            <option value="-1">{t('settings.tail.zoom')}</option>
            {TAIL_MINUTES.map((m) => <option key={m} value={String(60 * m)}>{t('settings.tail.minutes', { minutes: m })}</option>)}
            <option value="0">{t('settings.tail.off')}</option>
        </select>
    );
}

function Ground({ state }: { state: AppState }) {
    return (
        <select aria-label={t('settings.ground')} value={state.plain.value ? 'plain' : 'map'} data-ground
            onChange={(e) => {
                state.plain.value = e.currentTarget.value === 'plain';
                savePreference('ground', e.currentTarget.value);
            }}>
            <option value="map">{t('settings.ground.map')}</option>
            <option value="plain">{t('settings.ground.plain')}</option>
        </select>
    );
}

/** Language, units and the map's looks, kept in this browser; the results as a file; the map for other sites. */
export function Settings({ state }: { state: AppState }) {
    const race = state.race.value;
    const embedding = useSignal(false);
    return (
        <section class="settings row" aria-label={t('settings.label')}>
            <select aria-label={t('settings.language')} value={language.value}
                onChange={(e) => {
                    savePreference('language', e.currentTarget.value);
                    void setLanguage(e.currentTarget.value);
                }}>
                {Object.entries(LANGUAGES).map(([code, name]) => <option key={code} value={code} lang={code}>{name}</option>)}
            </select>
            <select aria-label={t('settings.units')} value={state.units.value}
                onChange={(e) => {
                    state.units.value = e.currentTarget.value as Units;
                    savePreference('units', state.units.value);
                }}>
                <option value="km">{t('unit.km')}</option>
                <option value="mi">{t('unit.mi')}</option>
            </select>
            <Tail state={state} />
            {state.config.value.tiles && <Ground state={state} />}
            <SignIn state={state} />
            {race && (
                <>
                    <a href={resultsAddress(race.runId)} download={resultsFile(race)}>{t('settings.csv')}</a>
                    <button type="button" onClick={() => { embedding.value = true; }}>{t('settings.embed')}</button>
                    {embedding.value && <EmbedDialog state={state} runId={race.runId} onClose={() => { embedding.value = false; }} />}
                </>
            )}
        </section>
    );
}
