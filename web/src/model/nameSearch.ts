// Which of many names hold a text: the folded names lie one behind the other in one string, which is searched as a whole.
// 50,000 names one by one are 50,000 places in memory.
import { fold } from './fold';

const END = '\n';

export class NameIndex {
    private readonly all: string;
    /** Where each begins in it. */
    private readonly starts: Uint32Array;

    constructor(names: readonly string[]) {
        const all = names.map((name) => (name.includes(END) ? name.replaceAll(END, ' ') : name)).join(END);
        this.all = fold(all);
        this.starts = new Uint32Array(names.length);
        for (let k = 1, at = this.all.indexOf(END); at >= 0; k++, at = this.all.indexOf(END, at + 1)) {
            this.starts[k] = at + 1;
        }
    }

    /** 1 for each name that holds the text, whatever the case and the accents. */
    holding(text: string): Uint8Array {
        const { all, starts } = this;
        const wanted = fold(text);
        const found = new Uint8Array(starts.length);
        for (let k = 0, at = all.indexOf(wanted); at >= 0; at = all.indexOf(wanted, starts[k])) {
            while (k + 1 < starts.length && starts[k + 1]! <= at) {
                k++;
            }
            found[k] = 1;
            if (++k === starts.length) {
                break;
            }
        }
        return found;
    }
}
