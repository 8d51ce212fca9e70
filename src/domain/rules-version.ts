/**
 * Version of the rules in this folder, recorded with every judgement that has an effect. Raise it when a rule's answer may
 * change for the same facts.
 */
export const RULES_VERSION = '4';
