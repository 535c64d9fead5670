// The two parts that web/words.mjs makes of a file of words.
declare module '*.json?first' {
    const words: Partial<import('./index').Words>;
    export default words;
}
declare module '*.json?more' {
    const words: Partial<import('./index').Words>;
    export default words;
}
