/**
 * The tests that mutants are held against: those of the rules that need no server. The long property tests are left out: they
 * would find more, and take hours; the score is the lower bound that the examples alone reach.
 */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/unit/domain/**/*.test.ts'],
    exclude: ['test/unit/domain/{custody-play,completion-evidence,serial,matching,gone,escalation}.test.ts'],
    environment: 'node',
    testTimeout: 30_000,
  },
});
