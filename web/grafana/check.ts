// Whether a dashboard file is what a release of Grafana says that one is. The compiler judges it, by the types that
// Grafana publishes; it asks no Grafana, and says nothing about PromQL.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const HERE = dirname(fileURLToPath(import.meta.url));
const MODULES = join(HERE, '../node_modules');

// The oldest release that the files are for, and the newest that was published.
export const RELEASES = {
  '11.0.0': { index: 'grafana-schema-11/dist/index.d.ts', rest: 'grafana-schema-11/*' },
  '13.2.3': { index: '@grafana/schema/dist/types/index.d.ts', rest: '@grafana/schema/*' },
} as const;

export type Release = keyof typeof RELEASES;

// The package of a release, as it calls itself.
export function published(release: Release): string {
  const folder = RELEASES[release].rest.replace('/*', '');
  const about = JSON.parse(readFileSync(join(MODULES, folder, 'package.json'), 'utf8')) as {
    version: string;
  };
  return about.version;
}

// What is wrong with each of these files, by its name: where in the file, and what of it. Empty when nothing is.
export function problems(files: Record<string, string>, release: Release): Record<string, string[]> {
  const modules = new Map(
    Object.entries(files).map(([name, json]) => [
      join(HERE, `${name}.literal.ts`),
      `import type { GrafanaDashboard } from './shapes';\nexport default (\n${json.trim()}\n) satisfies GrafanaDashboard;\n`,
    ]),
  );
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    types: [],
    paths: {
      '@grafana/schema': [join(MODULES, RELEASES[release].index)],
      '@grafana/schema/*': [join(MODULES, RELEASES[release].rest)],
    },
  };
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (path) => modules.has(path) || fileExists(path);
  host.readFile = (path) => modules.get(path) ?? readFile(path);
  host.getSourceFile = (path, version, ...rest) => {
    const text = modules.get(path);
    return text === undefined
      ? getSourceFile.call(host, path, version, ...rest)
      : ts.createSourceFile(path, text, version);
  };
  const program = ts.createProgram([...modules.keys()], options, host);
  // A type that cannot be found would make everything right.
  const broken = program
    .getSourceFiles()
    .filter((file) => file.fileName.endsWith('/shapes.ts'))
    .flatMap((file) => program.getSemanticDiagnostics(file));
  if (broken.length > 0) {
    throw new Error(`the types of ${release} are not as expected: ${broken.map(said).join('; ')}`);
  }
  const judged = Object.keys(files).map((name) => {
    const source = program.getSourceFile(join(HERE, `${name}.literal.ts`));
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return [name, found.map((one) => `line ${line(one)}: ${said(one)}`)] as const;
  });
  return Object.fromEntries(judged);
}

// In the file itself, which begins on the third line of its module.
function line(one: ts.Diagnostic): number {
  return (one.file?.getLineAndCharacterOfPosition(one.start ?? 0).line ?? 0) - 1;
}

function said(one: ts.Diagnostic): string {
  return ts.flattenDiagnosticMessageText(one.messageText, '\n');
}
