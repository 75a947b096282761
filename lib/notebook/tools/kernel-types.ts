import type { Identifier, Node, SourceFile, Statement } from "@tslab/typescript-for-tslab";
import type { Compiler } from "./kernel-bindings";

const suffix = "$earlier";

/** The types that a cell declares: their texts, by name. */
export function declaredTypes(ts: Compiler, cell: string): Map<string, string> {
  const source = ts.createSourceFile("cell.ts", cell, ts.ScriptTarget.ESNext, true);
  const found = new Map<string, string>();
  for (const statement of source.statements) {
    const name = typeName(ts, statement)?.text;
    if (name !== undefined) found.set(name, (found.get(name) ?? "") + statement.getText(source));
  }
  return found;
}

/**
 * The declarations of earlier cells, before a cell that declares some of their types anew: what they say of functions and
 * variables stays true, as the types which that is about get names of their own. (tslab forgets the types, so that an
 * earlier function would take what the new one says.)
 */
export function keepEarlierTypes(
  ts: Compiler,
  declarations: string,
  anew: readonly (readonly [name: string, text: string])[],
  number: number,
): string {
  let text = declarations;
  for (const [name] of anew) {
    const source = ts.createSourceFile("earlier.d.ts", text, ts.ScriptTarget.ESNext, true);
    const [uses, others] = places(ts, source, name);
    if (uses.length === 0) continue; // so that it may be forgotten
    for (const { node, rename } of [...uses, ...others].sort((a, b) => b.node.end - a.node.end))
      text =
        text.slice(0, node.getStart(source)) + rename(`${name}${suffix}${number}`) + text.slice(node.end);
  }
  return text;
}

/**
 * A message of the compiler, with such names as a reader knows them, and what to do.
 *
 * @param told the types of which that was said before
 */
export function withEarlierNames(message: string, told: Set<string>): string {
  const [, name] = /(\w+)\$earlier\d+/.exec(message) ?? [];
  if (name === undefined) return message;
  const words = message.replace(/(\w+)\$earlier\d+/g, "$1 (of an earlier cell)");
  if (told.has(name)) return words;
  told.add(name);
  return `${words} A later cell has declared ${name} anew: run again what was declared with the earlier one.`;
}

interface Place {
  readonly node: Node;
  rename(name: string): string;
}

/** Where a type's name stands: where it is used outside of its own declaration, and in that. */
function places(ts: Compiler, source: SourceFile, name: string): [uses: Place[], others: Place[]] {
  const uses: Place[] = [];
  const others: Place[] = [];
  const rename = (text: string) => text;
  for (const statement of source.statements) {
    const own = typeName(ts, statement);
    const found = own?.text === name ? others : uses;
    if (own?.text === name) others.push({ node: own, rename });
    const visit = (node: Node): void => {
      if (hasParameter(node, name)) return;
      if (ts.isImportSpecifier(node) && node.name.text === name) {
        const original = (node.propertyName ?? node.name).text;
        others.push({ node, rename: (text) => `${node.getText(source)}, ${original} as ${text}` });
      } else if (ts.isIdentifier(node) && node.text === name && isUse(ts, node)) found.push({ node, rename });
      else ts.forEachChild(node, visit);
    };
    visit(statement);
  }
  return [uses, others];
}

/** Whether `name` means something else below a node, its type parameter. */
function hasParameter(node: Node, name: string): boolean {
  const { typeParameters, typeParameter } = node as {
    readonly typeParameters?: readonly { readonly name: Identifier }[];
    readonly typeParameter?: { readonly name: Identifier };
  };
  return [...(typeParameters ?? []), typeParameter].some((parameter) => parameter?.name.text === name);
}

function isUse(ts: Compiler, node: Node): boolean {
  const { parent } = node;
  if (ts.isQualifiedName(parent)) return parent.left === node && isUse(ts, parent);
  return (
    ts.isTypeReferenceNode(parent) || ts.isExpressionWithTypeArguments(parent) || ts.isTypeQueryNode(parent)
  );
}

function typeName(ts: Compiler, statement: Statement): Identifier | undefined {
  return ts.isTypeAliasDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isEnumDeclaration(statement)
    ? statement.name
    : undefined;
}
