/** What a source file imports and which names of the outside world it uses, read from its text. */
import { dirname, join, normalize } from 'node:path';

import ts from 'typescript';

export interface Import {
  /** A path from the root of the repository, or the name of a module. */
  readonly target: string;
  readonly names: readonly string[];
  /** `import()`, which loads when the line is reached. */
  readonly isLazy: boolean;
}

export interface SourceFile {
  /** From the root of the repository: `src/core/rule.ts`. */
  readonly path: string;
  readonly imports: readonly Import[];
  /** Such as `Date.now`, `process`, `setTimeout`, `new Date()`. */
  readonly worldlyNames: readonly string[];
}

/** What knows the time, chance, the environment or the network without being told. */
const worldlyGlobals = [
  ...['process', 'console', 'fetch', 'crypto', 'performance', 'navigator', 'WebSocket', 'globalThis', 'require'],
  ...['setTimeout', 'setInterval', 'setImmediate'],
];
const worldlyMembers = ['Date.now', 'Math.random', 'Temporal.Now', 'AbortSignal.timeout'];

export function parseSourceFile(path: string, text: string): SourceFile {
  const imports: Import[] = [];
  const worldlyNames = new Set<string>();
  const add = (specifier: ts.Expression | undefined, names: readonly string[], isLazy: boolean): void => {
    if (specifier === undefined || !ts.isStringLiteral(specifier)) return;
    const isPath = specifier.text.startsWith('.');
    const target = isPath ? normalize(join(dirname(path), specifier.text)) : specifier.text;
    imports.push({ target, names, isLazy });
  };

  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) {
      add(node.moduleSpecifier, namesOf(node), false);
    } else if (ts.isExportDeclaration(node)) {
      add(node.moduleSpecifier, ['*'], false);
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node.arguments[0], ['*'], true);
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      add(node.argument.literal, ['*'], false);
    } else if (ts.isNewExpression(node) && isDate(node.expression) && (node.arguments?.length ?? 0) === 0) {
      worldlyNames.add('new Date()');
    } else if (ts.isCallExpression(node) && isDate(node.expression)) {
      worldlyNames.add('Date()');
    } else if (ts.isPropertyAccessExpression(node) && worldlyMembers.includes(node.getText())) {
      worldlyNames.add(node.getText());
    } else if (ts.isIdentifier(node) && worldlyGlobals.includes(node.text) && isUse(node)) {
      worldlyNames.add(node.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true));
  return { path, imports, worldlyNames: [...worldlyNames] };
}

function namesOf({ importClause }: ts.ImportDeclaration): string[] {
  const bindings = importClause?.namedBindings;
  if (bindings === undefined || !ts.isNamedImports(bindings)) return ['*'];
  return bindings.elements.map(({ propertyName, name }) => (propertyName ?? name).text);
}

function isDate(expression: ts.Expression): boolean {
  return ts.isIdentifier(expression) && expression.text === 'Date';
}

/** Whether the identifier stands for a variable: not for a member, a field, or a property of a type. */
function isUse(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isQualifiedName(parent)) return parent.left === node;
  return !(
    ts.isPropertyAssignment(parent) ||
    ts.isPropertySignature(parent) ||
    ts.isPropertyDeclaration(parent) ||
    ts.isMethodSignature(parent) ||
    ts.isMethodDeclaration(parent)
  );
}
