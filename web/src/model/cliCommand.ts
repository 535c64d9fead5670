// A race as commands for a terminal: the program's own and curl's, for the shell that reads them.
import type { RaceRequest } from './raceform';

/** The server that the program asks by default. */
const USUAL_SERVERS = ['http://127.0.0.1:8080', 'http://localhost:8080'];
const TOKEN_FILE = 'TOKEN_FILE';

export interface TerminalServer {
    origin: string;
    /** Whether a change needs a token. */
    token: boolean;
}

/** One word of a shell's line. */
export function shellWord(text: string): string {
    return /^[A-Za-z0-9_./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

export function asCommand(r: RaceRequest, server: TerminalServer): string {
    const options: [string, string | number | true | undefined][] = [
        ['course', r.course], ['competitors', r.competitors], ['fastest', r.fastest], ['slowest', r.slowest],
        ['spread', r.spread === 'uniform' ? undefined : r.spread], ['hills', r.hills], ['stop-ratio', r.stopRatio],
        ['min-pause', r.minPause], ['max-pause', r.maxPause], ['seed', r.seed], ['start', r.startTime],
        ['speed', r.speed === 1 ? undefined : r.speed],
        ['server', USUAL_SERVERS.includes(server.origin) ? undefined : server.origin],
        ['token-file', server.token ? TOKEN_FILE : undefined],
    ];
    const words = options.flatMap(([name, value]) => (value === undefined ? [] : [value === true ? `--${name}` : `--${name} ${shellWord(String(value))}`]));
    return ['trackside race create', ...words].join(' ');
}

export function asCurl(r: RaceRequest, server: TerminalServer): string {
    const token = server.token ? ` -H "Authorization: Bearer $(cat ${TOKEN_FILE})"` : '';
    return `curl -X POST ${shellWord(`${server.origin}/api/races`)} -H 'Content-Type: application/json'${token}`
        + ` -d ${shellWord(JSON.stringify(r))}`;
}
