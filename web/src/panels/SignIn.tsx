// The button that asks for the operators' token.
import { t } from '../i18n';
import type { AppState } from '../session/state';
import { signIn } from '../ui/TokenDialog';

/** The way in for operators, where the server takes a token and this viewer has not given it. */
export function SignIn({ state }: { state: AppState }) {
    const { writable, signIn: possible } = state.config.value;
    return possible && !writable
        ? <button type="button" class="quiet" data-sign-in onClick={() => signIn(state)}>{t('manage.signIn')}</button>
        : null;
}
