// The dialog that asks for the token, and requests that wait for it.
import { useEffect, useRef } from 'preact/hooks';
import { ApiError, getConfig, saveToken, savedToken } from '../wire/api';
import { t } from '../i18n';
import { say } from '../i18n/say';
import type { AppState } from '../session/state';

/**
 * Carry out something that changes the server. Where the server wants a token, ask for it and try again; other
 * failures go to `failed`.
 */
export async function withToken(state: AppState, action: () => Promise<unknown>, failed: (error: Error) => void): Promise<void> {
    const retry = (): void => { void withToken(state, action, failed); };
    if (!state.config.value.writable && savedToken() === '') {
        state.tokenWanted.value = { wrong: false, retry };
        return;
    }
    try {
        await action();
    } catch (error) {
        if (error instanceof ApiError && error.status === 401) {
            state.tokenWanted.value = { wrong: savedToken() !== '', retry };
        } else {
            failed(error as Error);
        }
    }
}

/** Ask the server anew what this viewer may do: with the token that was given, or without one. */
async function look(state: AppState): Promise<boolean> {
    state.config.value = await getConfig();
    return state.config.value.writable;
}

/** Asks for the token until the server takes it. */
export function signIn(state: AppState, wrong = false): void {
    const retry = (): void => {
        void look(state).then((may) => {
            if (!may) {
                saveToken('');
                signIn(state, true);
            }
        }, (error: Error) => { state.trouble.value = say(error); });
    };
    state.tokenWanted.value = { wrong, retry };
}

export async function signOut(state: AppState): Promise<void> {
    saveToken('');
    await look(state).catch((error: Error) => { state.trouble.value = say(error); });
}

export function TokenDialog({ state }: { state: AppState }) {
    const wanted = state.tokenWanted.value;
    const dialog = useRef<HTMLDialogElement>(null);
    const input = useRef<HTMLInputElement>(null);
    useEffect(() => {
        if (wanted) {
            dialog.current?.showModal();
        }
    }, [wanted]);
    if (!wanted) {
        return null;
    }
    const close = (): void => { state.tokenWanted.value = null; };
    const use = (event: Event): void => {
        event.preventDefault();
        saveToken(input.current!.value.trim());
        close();
        wanted.retry();
    };
    return (
        <dialog ref={dialog} onClose={close} aria-labelledby="token-title">
            <form onSubmit={use}>
                <h2 id="token-title">{t('token.title')}</h2>
                <p>{t('token.text')}</p>
                {wanted.wrong && <p class="error" role="alert">{t('token.wrong')}</p>}
                <label class="field">
                    <span>{t('token.label')}</span>
                    <input ref={input} type="password" autocomplete="off" required />
                </label>
                <div class="row end">
                    <button type="button" onClick={close}>{t('control.cancel')}</button>
                    <button type="submit" class="primary">{t('token.ok')}</button>
                </div>
            </form>
        </dialog>
    );
}
