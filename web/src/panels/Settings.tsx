import { LANGUAGES, locale, setLanguage, t } from '../i18n';
import type { Units } from '../model/format';
import { saveChoice } from '../choices';
import type { AppState } from '../state';

/** Language and units, kept in this browser; the results to take away. */
export function Settings({ state }: { state: AppState }) {
    const race = state.race.value;
    return (
        <section class="settings row" aria-label={t('settings.label')}>
            <select aria-label={t('settings.language')} value={locale.value}
                onChange={(e) => {
                    saveChoice('language', e.currentTarget.value);
                    void setLanguage(e.currentTarget.value);
                }}>
                {Object.entries(LANGUAGES).map(([code, name]) => <option key={code} value={code} lang={code}>{name}</option>)}
            </select>
            <select aria-label={t('settings.units')} value={state.units.value}
                onChange={(e) => {
                    state.units.value = e.currentTarget.value as Units;
                    saveChoice('units', state.units.value);
                }}>
                <option value="km">{t('unit.km')}</option>
                <option value="mi">{t('unit.mi')}</option>
            </select>
            <span class="grow" />
            {race && <a href={`/api/races/${encodeURIComponent(race.runId)}/results.csv`} download>{t('settings.csv')}</a>}
        </section>
    );
}
