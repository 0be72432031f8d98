/**
 * Refuses an exported name without prose: every name that a file of `src/` or `pipelines/` exports has a JSDoc
 * comment with at least one sentence that says more than the name itself does. Exit code 1 and one line a name,
 * `file:line name: why`, when one has not.
 */
import { join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';

/** An exported name that lacks its sentence. */
export interface Finding {
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  readonly name: string;
  readonly why: 'no JSDoc comment' | 'no sentence' | 'only repeats the name';
}

const words = (text: string): string[] => text.toLowerCase().match(/\p{L}[\p{L}\p{N}'’-]*/gu) ?? [];

/** The words a camelCase or UPPER_CASE name is made of. */
const wordsOfName = (name: string): string[] => words(name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').replace(/_/g, ' '));

const ARTICLES = new Set(['a', 'an', 'the']);

/**
 * What is missing in a comment, or undefined when it holds a sentence: two words or more, closed by a full stop,
 * that are not merely the name said again.
 */
export const judge = (name: string, comment: string): Finding['why'] | undefined => {
  if (comment.trim() === '') return 'no JSDoc comment';
  const sentence = /^[^]*?[.!?:](?=\s|$)/u.exec(comment.trim())?.[0];
  if (sentence === undefined || words(sentence).length < 2) return 'no sentence';
  const said = words(comment).filter((word) => !ARTICLES.has(word));
  return said.join(' ') === wordsOfName(name).join(' ') ? 'only repeats the name' : undefined;
};

/** The symbol itself for `export const a`, what it stands for with `export { a }`, nothing for a name of another file. */
const ownSymbol = (checker: ts.TypeChecker, symbol: ts.Symbol, file: ts.SourceFile): ts.Symbol | undefined => {
  const own = (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : checker.getAliasedSymbol(symbol);
  return own.declarations?.some((declaration) => declaration.getSourceFile() === file) === true ? own : undefined;
};

const findingsIn = (checker: ts.TypeChecker, file: ts.SourceFile): Finding[] => {
  const module = checker.getSymbolAtLocation(file);
  if (module === undefined) return [];
  return checker.getExportsOfModule(module).flatMap((exported) => {
    const symbol = ownSymbol(checker, exported, file);
    const declaration = symbol?.declarations?.[0];
    if (symbol === undefined || declaration === undefined) return [];
    const why = judge(exported.name, ts.displayPartsToString(symbol.getDocumentationComment(checker)));
    if (why === undefined) return [];
    return [{ file: file.fileName, line: file.getLineAndCharacterOfPosition(declaration.getStart()).line + 1, name: exported.name, why }];
  }).sort((a, b) => a.line - b.line);
};

/**
 * Every exported name of these files that lacks its sentence, in file order. Imports are not followed, so a
 * file that does not compile yet can be checked.
 */
export const namesWithoutProse = (files: readonly string[]): Finding[] => {
  const program = ts.createProgram({ rootNames: files, options: { noResolve: true, noLib: true, types: [] } });
  const checker = program.getTypeChecker();
  return files.flatMap((name) => {
    const file = program.getSourceFile(name);
    return file === undefined ? [] : findingsIn(checker, file);
  });
};

/** The files the check covers, below the root of the repository; sorted. */
export const filesToCheck = (root: string): string[] =>
  ['src', 'pipelines']
    .filter((folder) => ts.sys.directoryExists(join(root, folder)))
    .flatMap((folder) => ts.sys.readDirectory(join(root, folder), ['.ts'], ['**/*.d.ts']))
    .sort();

const main = (): void => {
  const root = resolve(process.argv[2] ?? '.');
  const files = filesToCheck(root);
  const findings = namesWithoutProse(files);
  for (const { file, line, name, why } of findings) process.stdout.write(`${relative(root, file)}:${line} ${name}: ${why}\n`);
  process.stdout.write(`prose: ${files.length} files, ${findings.length} exported names without a sentence\n`);
  // A check that found nothing to check has not passed.
  if (findings.length > 0 || files.length === 0) process.exitCode = 1;
};

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) main();
