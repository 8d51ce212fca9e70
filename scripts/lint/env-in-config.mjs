/**
 * The lint rule `handback/env-in-config`: the configuration is the only reader of `process.env`, however
 * it is reached. Which files are exempt stands in .oxlintrc.json.
 */
const MESSAGE =
  'Only src/config reads the environment (a main.ts may pass it on): take a config value instead.';

export const envInConfig = {
  meta: { type: 'problem', docs: { description: 'Only the configuration reads the environment.' } },
  create(context) {
    return {
      MemberExpression(node) {
        if (node.object.type !== 'Identifier' || node.object.name !== 'process') return;
        if ((node.property.name ?? node.property.value) === 'env') context.report({ node, message: MESSAGE });
      },
      VariableDeclarator({ id, init }) {
        if (init?.type !== 'Identifier' || init.name !== 'process' || id.type !== 'ObjectPattern') return;
        const read = id.properties.find((property) => property.key?.name === 'env');
        if (read) context.report({ node: read, message: MESSAGE });
      },
      ImportDeclaration(node) {
        if (!/^(node:)?process$/.test(node.source.value)) return;
        const read = node.specifiers.find((specifier) => specifier.imported?.name === 'env');
        if (read) context.report({ node: read, message: MESSAGE });
      },
    };
  },
};
