// The import of a file as a conversation: it is sent, the server's question is answered, something is changed, and each time the
// file is sent again with what is known by then. Requests follow one another; a change that comes meanwhile is sent after them.
import { batch } from '@preact/signals';
import * as api from '../wire/api';
import type { ImportOptions } from '../wire/api';
import { say } from '../i18n/say';
import { questionOf } from '../model/importQuestion';
import type { ImportTalk } from '../model/importQuestion';
import { loadCourses } from '../session/start';
import type { AppState } from '../session/state';
import { withToken } from '../ui/TokenDialog';
import type { CourseSummary } from '../wire/types';
import { chooseCourse } from './chooseCourse';
import type { CreateState } from './createState';

function set(create: CreateState, more: Partial<ImportTalk>): void {
    create.talk.value = { ...create.talk.peek()!, ...more };
}

// A course that this conversation made is replaced by its own next version; another one only if the viewer says so.
function request({ options, course }: ImportTalk): ImportOptions {
    const shortName = options.shortName ?? course?.shortName;
    return { ...options, shortName, replace: options.replace === true || (course !== null && shortName === course.shortName) };
}

async function take(state: AppState, create: CreateState, imported: CourseSummary): Promise<void> {
    const { course, created, options } = create.talk.peek()!;
    const renamed = course !== null && course.shortName !== imported.shortName;
    if (renamed && created) {
        await api.deleteCourse(course.shortName).catch(() => undefined); // a race may run on it by now
    }
    const { replace, ...kept } = options;
    set(create, {
        course: imported, kept, question: null,
        created: course === null || renamed ? replace !== true : created,
        options: kept,
    });
    await loadCourses(state);
    await chooseCourse(create, imported.shortName);
}

function fail(create: CreateState, error: Error): void {
    const { kept, lines } = create.talk.peek()!;
    const question = error instanceof api.ApiError ? questionOf(error.status, error.code, error.body) : null;
    batch(() => {
        create.pointed.value = null;
        set(create, question
            ? { question, lines: question.asks === 'line' ? question.candidates : lines }
            : { wrong: say(error), options: kept });
    });
}

async function run(state: AppState, create: CreateState): Promise<void> {
    const { file } = create.talk.peek()!;
    const current = (): boolean => create.talk.peek()?.file === file;
    const send = async (): Promise<void> => {
        const imported = await api.importCourse(file, request(create.talk.peek()!));
        if (current()) {
            await take(state, create, imported);
        }
    };
    do {
        set(create, { busy: true, again: false, wrong: null });
        await withToken(state, send, (error) => { if (current()) { fail(create, error); } });
    } while (current() && create.talk.peek()!.again);
    if (current()) {
        set(create, { busy: false });
    }
}

/** Begin with a file. */
export function talkBegin(state: AppState, create: CreateState, file: File): void {
    create.talk.value = {
        file, options: {}, kept: {}, lines: [], question: null, course: null, created: false, busy: false, again: false, wrong: null,
    };
    void run(state, create);
}

/** Answer the question, or change something. */
export function talkSay(state: AppState, create: CreateState, more: ImportOptions): void {
    const { options, busy } = create.talk.peek()!;
    set(create, { options: { ...options, ...more }, question: null, again: true });
    if (!busy) {
        void run(state, create);
    }
}

/** Leave the question unanswered: the course stays as it is, or there is none. */
export function talkCancel(create: CreateState): void {
    const { course, kept } = create.talk.peek()!;
    if (course) {
        set(create, { question: null, options: kept });
    } else {
        create.talk.value = null;
    }
}

/** Remove the course that this import made. */
export function talkDiscard(state: AppState, create: CreateState): void {
    const { course } = create.talk.peek()!;
    const remove = async (): Promise<void> => {
        await api.deleteCourse(course!.shortName);
        create.talk.value = null;
        await loadCourses(state);
        await chooseCourse(create, state.courses.value[0]?.shortName ?? '');
    };
    void withToken(state, remove, (error) => set(create, { wrong: say(error) }));
}
