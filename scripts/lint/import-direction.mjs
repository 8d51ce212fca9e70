/** The lint rule `handback/import-direction`: holds the table in rooms.ts. */
import { isBuiltin } from 'node:module';
import { posix, relative, sep } from 'node:path';
import { roomOf } from './rooms.ts';

export const importDirection = {
  meta: { type: 'problem', docs: { description: 'Imports point one way, from room to room.' } },
  create(context) {
    const file = relative(context.cwd, context.filename).split(sep).join(posix.sep);
    const room = roomOf(file);
    if (!room) {
      if (!file.startsWith('src/')) return {};
      const message = `${file} is in no room that scripts/lint/rooms.ts knows: move it, or add the room with what it may import.`;
      return { Program: (node) => context.report({ node, message }) };
    }
    const check = (source, isType) => {
      if (source?.type !== 'Literal' || typeof source.value !== 'string') return;
      if (isAllowed(room, file, source.value, isType)) return;
      const what = isType ? 'a type of ' : '';
      context.report({
        node: source,
        message: `${room.name} must not import ${what}'${source.value}': ${room.because}.`,
      });
    };
    return {
      ImportDeclaration: (node) => check(node.source, node.importKind === 'type'),
      ExportNamedDeclaration: (node) => check(node.source, node.exportKind === 'type'),
      ExportAllDeclaration: (node) => check(node.source, node.exportKind === 'type'),
      ImportExpression: (node) => check(node.source, false),
      TSImportType: (node) => check(node.source ?? node.argument?.literal ?? node.argument, true),
    };
  },
};

function isAllowed(room, file, specifier, isType) {
  if (room.typesOfAll && isType) return true;
  if (!specifier.startsWith('.')) return isPackageAllowed(room, specifier);
  const target = posix.normalize(posix.join(posix.dirname(file), specifier));
  if (!room.closed && room.files.test(target)) return true;
  return room.imports.some((entry) => (typeof entry === 'function' ? entry(file) : entry).test(target));
}

function isPackageAllowed(room, specifier) {
  const name = isBuiltin(specifier) && !specifier.startsWith('node:') ? `node:${specifier}` : specifier;
  if (room.packages) return room.packages.test(name);
  return !room.notPackages?.some((pattern) => pattern.test(name));
}
