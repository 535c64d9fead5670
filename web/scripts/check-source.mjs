// The rules of the page's source (web/src). Each offender is printed with its file and line; exit 1 if there is any.
//   - no circle of imports; types and dynamic imports count too
//   - a class has at most 12 public methods, a file at most 450 lines, and a script opens with a comment that says what it is
//   - a competitor's status and the kind of a frame have names: no comparison with a bare number
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const PUBLIC_METHODS_MAX = 12;
const FILE_LINES_MAX = 450;
const NAMED = /(^|\.|\b)(status|kind|sent)(\[[^\]]*\])?!?$/i;

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const src = join(root, 'src');
const found = [];

const say = (file, line, text) => found.push(`web/${relative(root, file)}:${line}: ${text}`);

const scripts = readdirSync(src, { recursive: true }).map(String).filter((name) => /\.tsx?$/.test(name)).sort().map((name) => join(src, name));
const known = new Set(scripts);

function target(from, specifier) {
    const path = join(dirname(from), specifier);
    return [path, `${path}.ts`, `${path}.tsx`, join(path, 'index.ts')].find((p) => known.has(p));
}

/** The page's own files that a file imports, each with the line of its first import. */
function importsOf(file, text) {
    const imports = new Map();
    for (const { fileName, pos } of ts.preProcessFile(text, true, true).importedFiles) {
        const to = fileName.startsWith('.') ? target(file, fileName) : undefined;
        if (to && !imports.has(to)) {
            imports.set(to, text.slice(0, pos).split('\n').length);
        }
    }
    return imports;
}

/** Depth first: each way that comes back to a file on it is a circle. */
function circles(graph) {
    const done = new Set();
    const way = [];
    const visit = (file) => {
        way.push(file);
        for (const [to, line] of graph.get(file)) {
            if (way.includes(to)) {
                say(file, line, `a circle of imports: ${[...way.slice(way.indexOf(to)), to].map((f) => relative(src, f)).join(' > ')}`);
            } else if (!done.has(to)) {
                visit(to);
            }
        }
        way.pop();
        done.add(file);
    };
    scripts.filter((file) => !done.has(file)).forEach(visit);
}

const hidden = (member) => (ts.getCombinedModifierFlags(member) & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected)) !== 0;

function checkClass(file, source, node) {
    const methods = node.members.filter((m) => (ts.isMethodDeclaration(m) || ts.isAccessor(m)) && !hidden(m));
    if (methods.length > PUBLIC_METHODS_MAX) {
        const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
        say(file, line, `class ${node.name?.text} has ${methods.length} public methods, more than ${PUBLIC_METHODS_MAX}`);
    }
}

const COMPARISONS = new Set([ts.SyntaxKind.EqualsEqualsEqualsToken, ts.SyntaxKind.ExclamationEqualsEqualsToken]);

function checkComparison(file, source, node) {
    const sides = [node.left, node.right];
    if (COMPARISONS.has(node.operatorToken.kind) && sides.some((s) => ts.isNumericLiteral(s) && Number(s.text) <= 4) && sides.some((s) => NAMED.test(s.getText(source)))) {
        const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
        say(file, line, `"${node.getText(source)}": a bare number; Status and FrameKind have names (wire/frame.ts)`);
    }
}

function checkFile(file, text) {
    const lines = text.split('\n').length - 1;
    if (lines > FILE_LINES_MAX) {
        say(file, lines, `${lines} lines, more than ${FILE_LINES_MAX}`);
    }
    if (!/^\/[/*]/.test(text)) {
        say(file, 1, 'a file opens with a comment that says what it is');
    }
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
    const visit = (node) => {
        if (ts.isClassLike(node)) {
            checkClass(file, source, node);
        } else if (ts.isBinaryExpression(node)) {
            checkComparison(file, source, node);
        }
        ts.forEachChild(node, visit);
    };
    visit(source);
}

const graph = new Map();
for (const file of scripts) {
    const text = readFileSync(file, 'utf8');
    graph.set(file, importsOf(file, text));
    checkFile(file, text);
}
circles(graph);
found.forEach((line) => console.log(line));
process.exitCode = found.length > 0 ? 1 : 0;
