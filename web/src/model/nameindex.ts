// Which of many names hold a text: the names lie one behind the other in one string in small letters, which is searched as
// a whole. 50,000 names one by one are 50,000 places in memory.
const END = '\n';

export class NameIndex {
    private readonly all: string;
    /** Where each begins in it. */
    private readonly starts: Uint32Array;

    constructor(names: readonly string[]) {
        this.all = names.map((name) => (name.includes(END) ? name.replaceAll(END, ' ') : name)).join(END).toLocaleLowerCase();
        this.starts = new Uint32Array(names.length);
        for (let k = 1, at = this.all.indexOf(END); at >= 0; k++, at = this.all.indexOf(END, at + 1)) {
            this.starts[k] = at + 1;
        }
    }

    /** 1 for each name that holds the text, whatever the case. */
    holding(text: string): Uint8Array {
        const { all, starts } = this;
        const wanted = text.toLocaleLowerCase();
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
