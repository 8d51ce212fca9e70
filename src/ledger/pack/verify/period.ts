/** Checks `population`, `sample` and `audit`: what a period's pack says, made again out of what is in it. */
import { roundOf } from '../../../domain/fact.ts';
import { canonicalText } from '../../canonical.ts';
import type { PackFiles } from '../layout.ts';
import type { Manifest } from '../manifest.ts';
import { caseIdsOf, derive, periodClaim } from '../period/derive.ts';
import type { Derived } from '../period/derive.ts';
import { DERIVED, POPULATION, STATEMENTS } from '../period/files.ts';
import type { DerivedName } from '../period/files.ts';
import type { PackFacts } from '../period/pack-facts.ts';
import { parsePopulation, parseStatements } from '../period/population.ts';
import type { Population, Statements } from '../period/population.ts';
import { drawSample } from '../period/sample.ts';
import type { Streams } from '../related-streams.ts';
import type { PackEvent } from './events.ts';
import { readGiven } from './given-file.ts';
import { isOutOfShape } from './out-of-shape.ts';
import { checkPopulation } from './population.ts';
import type { Policies } from './policy.ts';
import { counted, Findings, notChecked } from './report.ts';
import type { CheckResult } from './report.ts';

type Leaver = Derived['reconciliation']['leaversWithoutCase'][number];

interface Read {
  readonly events: readonly PackEvent[];
  readonly streams: Streams;
  readonly excerpts: Streams;
  readonly policies: Policies;
}

/** @returns `sampled`: ids of the cases that must be here whole. Of other packs nothing is checked here. */
export function checkPeriod(
  files: PackFiles,
  manifest: Manifest,
  read: Read,
): { readonly sampled: readonly string[]; readonly results: readonly CheckResult[] } {
  if (manifest.subject.kind !== 'period') return { sampled: [], results: [] };
  const found = new Findings();
  const population = readGiven(files, POPULATION, parsePopulation, found);
  const statements = readGiven(files, STATEMENTS, parseStatements, found);
  if (population === null || statements === null)
    return {
      sampled: [],
      results: [
        found.result('population'),
        notChecked('sample', 'There is no population to draw it out of.'),
        notChecked('audit', 'There is no population to compute with.'),
      ],
    };
  const places = new Map(read.events.map(({ fact, index }) => [fact.key, index]));
  const facts: PackFacts = { whole: read.streams, excerpts: read.excerpts, places };
  const { sampled, result } = checkSample(files, population, facts);
  return {
    sampled,
    results: [
      checkPopulation(population, manifest, facts, found),
      result,
      checkDerived(files, manifest, population, statements, facts, read.policies),
    ],
  };
}

function checkSample(
  files: PackFiles,
  { period }: Population,
  facts: PackFacts,
): { readonly sampled: readonly string[]; readonly result: CheckResult } {
  const found = new Findings();
  const drawn = drawSample(caseIdsOf(facts), period);
  const sampled = drawn.cases.map(({ caseId }) => caseId);
  found.looked = `${counted(sampled.length, 'case')} of ${drawn.frame}`;
  const told = readGiven(files, DERIVED.sample, (value) => value as object, found);
  if (told !== null && canonicalText(told) !== canonicalText(withBasis(drawn)))
    found.wrong('The sample is not the one that the seed gives out of these cases.');
  for (const caseId of sampled)
    if (!facts.whole.has(`case:${caseId}`))
      found.wrong(`case:${caseId} is in the sample and not in the pack as a whole.`);
  const wanted = new Set(sampled);
  for (const stream of facts.whole.keys())
    if (stream.startsWith('case:') && !wanted.has(stream.slice('case:'.length)))
      found.wrong(`${stream} is in the pack as a whole and not in the sample.`);
  return { sampled, result: found.result('sample') };
}

function withBasis(drawn: object): object {
  return { basis: 'computed from the facts in this pack', ...drawn };
}

function checkDerived(
  files: PackFiles,
  manifest: Manifest,
  population: Population,
  statements: Statements,
  facts: PackFacts,
  policies: Policies,
): CheckResult {
  const found = new Findings();
  const made = derivedOrNull(population, statements, facts, policies, manifest, found);
  if (made === null) return found.result('audit');
  const { derived, texts } = made;
  const entries = Object.entries(DERIVED) as [DerivedName, string][];
  for (const [name, path] of entries) {
    const bytes = files.get(path);
    if (bytes === undefined) found.wrong(`${path} is missing.`);
    else if (Buffer.from(bytes).toString('utf8') !== texts.get(name))
      found.wrong(`${path} says something else than the facts in the pack.`);
  }
  const { period: numbers } = manifest.claim;
  if (
    numbers === undefined ||
    canonicalText(numbers) !== canonicalText(periodClaim(derived, { population, statements }))
  )
    found.wrong('The manifest claims other numbers than these files add up to.');
  checkExcluded(derived, statements, found);
  checkCases(derived, facts, found);
  found.looked = `${counted(entries.length, 'file')}, ${counted(derived.cases.cases.length, 'case')}`;
  return found.result('audit');
}

function derivedOrNull(
  population: Population,
  statements: Statements,
  facts: PackFacts,
  policies: Policies,
  { exportedAt }: Manifest,
  found: Findings,
): { readonly derived: Derived; readonly texts: ReadonlyMap<DerivedName, string> } | null {
  try {
    const derived = derive({ population, statements, facts, policies, exportedAt });
    const names = Object.keys(DERIVED) as DerivedName[];
    return { derived, texts: new Map(names.map((name) => [name, canonicalText(derived[name])])) };
  } catch (error) {
    // Facts that are not of the shape that the rules read.
    if (!isOutOfShape(error)) throw error;
    found.wrong('A fact is not of the shape that the rules read, so nothing follows from it.');
    return null;
  }
}

/** The operator says why of leavers without a case, and of nobody else. */
function checkExcluded({ reconciliation }: Derived, { excluded }: Statements, found: Findings): void {
  const without = new Set(reconciliation.leaversWithoutCase.map(nameOf));
  for (const one of excluded)
    if (!without.has(nameOf(one)))
      found.wrong(`${STATEMENTS} explains somebody at ${one.connector} who is no leaver without a case.`);
}

function nameOf({ connector, account, personId }: Statements['excluded'][number] | Leaver): string {
  return canonicalText({ connector, account, personId });
}

/** A case stands on its opening; that it ended, on its end. */
function checkCases({ cases }: Derived, facts: PackFacts, found: Findings): void {
  const known = new Set(cases.cases.map(({ caseId }) => caseId));
  for (const stream of [...facts.whole.keys(), ...facts.excerpts.keys()])
    if (stream.startsWith('case:') && !known.has(stream.slice('case:'.length)))
      found.wrong(`${stream} is here without the fact that opened it.`);
  for (const one of cases.cases) checkDevices(one, facts, found);
  const folders = /^(?:case|device|person):/u;
  for (const stream of facts.excerpts.keys())
    if (!folders.test(stream)) found.wrong(`${stream} is not here as a whole.`);
}

/** What discovery found was opened and closed, each in its turn, before the case could be complete. */
function checkDevices(
  { caseId, generation, state, events }: Derived['cases']['cases'][number],
  facts: PackFacts,
  found: Findings,
): void {
  if (state !== 'completed' && state !== 'completed-with-waivers') return;
  const own = facts.whole.get(`case:${caseId}`) ?? facts.excerpts.get(`case:${caseId}`) ?? [];
  const concluded = own.find(({ key }) => facts.places.get(key) === events.discovered);
  if (concluded?.type !== 'discovery.concluded') {
    found.wrong(`${caseId}, generation ${generation}, is complete without the fact of what was found.`);
    return;
  }
  for (const { deviceId, epoch } of concluded.data.devices) {
    const stream = `device:${deviceId}`;
    const ofEpoch = (facts.whole.get(stream) ?? facts.excerpts.get(stream) ?? []).filter(
      (fact) => roundOf(fact) === epoch,
    );
    for (const type of ['custody.opened', 'custody.closed'] as const)
      if (!ofEpoch.some((fact) => fact.type === type))
        found.wrong(`${caseId} is complete, and the pack has no ${type} of ${deviceId}, epoch ${epoch}.`);
  }
}
