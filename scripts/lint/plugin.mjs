/** Handback's own lint rules, loaded by oxlint through `jsPlugins` in .oxlintrc.json. */
import { envInConfig } from './env-in-config.mjs';
import { givenTime } from './given-time.mjs';
import { importDirection } from './import-direction.mjs';

// The linter expects a plugin as the default export.
export default {
  meta: { name: 'handback' },
  rules: { 'import-direction': importDirection, 'given-time': givenTime, 'env-in-config': envInConfig },
};
