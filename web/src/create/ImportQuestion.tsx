// What the import asks: the candidates as a list beside the map. One click answers.
import { useEffect, useRef } from 'preact/hooks';
import { counted, locale, t } from '../i18n';
import * as format from '../model/format';
import { answerOf } from '../model/importQuestion';
import type { Candidate, Question } from '../model/importQuestion';
import type { AppState } from '../session/state';
import type { CreateState } from './createState';
import { talkCancel, talkSay } from './importTalk';

interface Props {
    state: AppState;
    create: CreateState;
    question: Question;
}

/** A length with its unit. */
export function lengthText(state: AppState, metres: number): string {
    const units = state.units.value;
    return `${format.distance(metres, units, locale.value)} ${t(`unit.${units}`)}`;
}

/** The name of a line of the file. */
export function lineName({ name, line }: Candidate): string {
    return name !== '' ? name : t('ask.lineN', { n: String(line) });
}

function Entry({ state, create, question, candidate, k }: Props & { candidate: Candidate; k: number }) {
    const point = (on: boolean): void => { create.pointed.value = on ? k : null; };
    const length = lengthText(state, candidate.distance ?? 0);
    const laps = counted('create.laps', candidate.laps ?? 1);
    const points = counted('ask.points', candidate.points ?? 0);
    return (
        <li>
            <button type="button" class="candidate" data-candidate={k} aria-current={create.pointed.value === k ? 'true' : undefined}
                onMouseEnter={() => point(true)} onMouseLeave={() => point(false)} onFocus={() => point(true)} onBlur={() => point(false)}
                onClick={() => talkSay(state, create, answerOf(question.asks, candidate))}>
                {question.asks === 'line' && <span class={`candidate-n line-${k % 8}`}>{k + 1}</span>}
                <strong>{question.asks === 'line' ? lineName(candidate) : laps}</strong>
                <span class="soft">{question.asks === 'line' ? `${length} · ${laps} · ${points}` : length}</span>
            </button>
        </li>
    );
}

function NameAnswers({ state, create, question }: Props) {
    return (
        <div class="row">
            {question.candidates.map(({ name }) => (
                <button key={name} type="button" class="primary" data-answer="name" onClick={() => talkSay(state, create, { shortName: name })}>
                    {t('ask.nameFree', { name })}
                </button>
            ))}
            <button type="button" data-answer="replace" onClick={() => talkSay(state, create, { replace: true })}>{t('ask.replace')}</button>
        </div>
    );
}

/** The question, and its answers. */
export function ImportQuestion({ state, create, question }: Props) {
    const heading = useRef<HTMLHeadingElement>(null);
    useEffect(() => {
        heading.current?.focus();
        heading.current?.scrollIntoView({ block: 'nearest' });
    }, [question]);
    const { asks, candidates } = question;
    return (
        <div class="question" role="group" aria-labelledby="ask-title" data-asks={asks}>
            <h3 id="ask-title" ref={heading} tabIndex={-1}>{t(`ask.${asks}`)}</h3>
            <p>{t(`ask.${asks}Hint`)}</p>
            {asks === 'name'
                ? <NameAnswers state={state} create={create} question={question} />
                : <ol class="candidates">{candidates.map((c, k) => <Entry key={k} state={state} create={create} question={question} candidate={c} k={k} />)}</ol>}
            <div class="row"><button type="button" class="small" data-answer="cancel" onClick={() => talkCancel(create)}>{t('create.fenceCancel')}</button></div>
        </div>
    );
}
