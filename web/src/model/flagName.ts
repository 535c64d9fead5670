// The name beside a flag. A name that only says "start" or "finish", in whatever language the file has, is said in the page's
// words; any other name is the file's own.
import { fold } from './fold';

const START = 'start depart salida partenza partida largada vertrek lahto старт εκκινηση αφετηρια スタート 出発 起点 起點 출발';
const FINISH = 'finish ziel arrivee meta llegada arrivo traguardo chegada aankomst cil mal maal maali финиш τερματισμος ゴール フィニッシュ 终点 終点 終點 결승 도착';
const words = (text: string): Set<string> => new Set(text.split(' ').map(fold));
const starts = words(START);
const finishes = words(FINISH);
const JOINS = /(?:[\s/&+,;|·-]|\b(?:and|und|et|y|e|en)\b)+/u;

export interface FlagWords {
    start: string;
    finish: string;
}

/** What stands beside a flag; "" where the file's point has no name. */
export function flagName(name: string, page: FlagWords): string {
    const parts = fold(name).split(JOINS).filter((part) => part !== '');
    const known = parts.map((part) => (starts.has(part) ? page.start : finishes.has(part) ? page.finish : null));
    return parts.length === 0 || known.includes(null) ? name : [...new Set(known)].join(' / ');
}
