// The two parts that web/words.mjs makes of a file of words.
declare module '*.json?first' {
    const words: Record<string, string>;
    export default words;
}
declare module '*.json?more' {
    const words: Record<string, string>;
    export default words;
}
