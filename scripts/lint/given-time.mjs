/**
 * The lint rule `handback/given-time`: pure code is handed the time and its randomness. It forbids
 * `Date.now()`, `Date()`, `new Date()` without an argument, `performance.now()` and `Math.random()`.
 */
const CALLS = new Set(['Date.now', 'Math.random', 'performance.now']);

export const givenTime = {
  meta: { type: 'problem', docs: { description: 'Pure code reads no clock and draws no random numbers.' } },
  create(context) {
    const report = (node, what) =>
      context.report({
        node,
        message: `${what} does not belong in pure code: take the time as a parameter.`,
      });
    return {
      NewExpression(node) {
        if (isNamed(node.callee, 'Date') && node.arguments.length === 0) report(node, 'new Date()');
      },
      CallExpression(node) {
        if (isNamed(node.callee, 'Date')) report(node, 'Date()');
      },
      MemberExpression(node) {
        const name = `${node.object.name}.${node.property.name ?? node.property.value}`;
        if (CALLS.has(name)) report(node, name);
      },
    };
  },
};

function isNamed(node, name) {
  return node.type === 'Identifier' && node.name === name;
}
