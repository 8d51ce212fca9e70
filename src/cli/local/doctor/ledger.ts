/** Whether somebody signs for the ledger, and whether what is signed gets out of reach of whoever has the database. */
import { randomBytes } from 'node:crypto';
import type { Config } from '../../../config/load.ts';
import { readTargets } from '../../../store/checkpoint-targets.ts';
import { latestCheckpoint } from '../../../store/checkpoints.ts';
import { openDatabase } from '../../../store/database.ts';
import { timestampAuthority } from '../../../outside/timestamp-authority.ts';
import { readStampStandings } from '../../../store/stamps.ts';
import { createTargets } from '../../../worker/checkpoints/targets.ts';
import { reasonOf } from '../../errors.ts';
import { readKeyRing } from '../key-source.ts';
import type { Check } from './check.ts';

export async function checkLedger(config: Config, now: Date): Promise<readonly Check[]> {
  return [checkKeys(config, now), ...(await checkPublished(config)), ...(await checkTimestamps(config))];
}

function checkKeys(config: Config, now: Date): Check {
  const name = 'signing keys';
  try {
    const { checkpoints, packs } = readKeyRing(config, now);
    const missing = [
      ...(checkpoints.signers.length === 0 ? ['checkpoints'] : []),
      ...(packs.signers.length === 0 ? ['packs'] : []),
    ];
    if (missing.length > 0)
      return { name, standing: 'warning', detail: `none for ${missing.join(' and ')}: handback keys new` };
    const ids = [checkpoints, packs].map(({ signers }) => signers[0]?.publicKey.id);
    return { name, standing: 'ok', detail: `checkpoints by ${ids[0]}, packs by ${ids[1]}` };
  } catch (error) {
    return { name, standing: 'failed', detail: reasonOf(error) };
  }
}

/** Asks for a timestamp of nothing in particular: an authority that gives none, or a wrong one, shows at once. */
async function checkTimestamps({ ledger, database }: Config): Promise<readonly Check[]> {
  const { timestamps } = ledger;
  if (timestamps === undefined) return [];
  const name = 'timestamps';
  try {
    const authority = timestampAuthority(timestamps);
    await authority.stamp(randomBytes(32));
    const waiting = await waitingStamps(database.url, authority.name);
    if (waiting > 0)
      return [
        {
          name,
          standing: 'warning',
          detail: `${waiting} checkpoint(s) wait for one; the authority answers, and a worker asks`,
        },
      ];
    const trusted = timestamps.caFile === undefined ? '; no caFile to check it against' : '';
    return [{ name, standing: 'ok', detail: `${authority.name} answers${trusted}` }];
  } catch (error) {
    return [{ name, standing: 'failed', detail: `the authority gives none (${reasonOf(error)})` }];
  }
}

async function waitingStamps(url: string | undefined, authority: string): Promise<number> {
  if (url === undefined) return 0;
  const db = openDatabase(url, { connections: 1 });
  try {
    const standings = await readStampStandings(db);
    return standings.find((one) => one.authority === authority)?.waiting ?? 0;
  } finally {
    await db.destroy();
  }
}

async function checkPublished(config: Config): Promise<readonly Check[]> {
  const targets = createTargets(config.ledger.publish);
  const name = 'checkpoints outside';
  if (targets.length === 0)
    return [
      {
        name,
        standing: 'warning',
        detail:
          'published nowhere: whoever has the database and the key could sign another past; set ledger.publish to a place that they cannot write to',
      },
    ];
  const { url } = config.database;
  if (url === undefined) return [];
  const db = openDatabase(url, { connections: 1 });
  try {
    const latest = await latestCheckpoint(db);
    const states = new Map((await readTargets(db)).map((state) => [state.target, state]));
    return targets.map((target) => {
      const state = states.get(target.name);
      const about = `${name}: ${target.name}`;
      if (state?.failure === 'unknown-checkpoint-outside')
        return {
          name: about,
          standing: 'failed',
          detail: 'what is there is not of this database: it was rolled back, or another one publishes there',
        };
      if (state?.failure !== undefined && state.failure !== null)
        return { name: about, standing: 'failed', detail: `cannot be published (${state.failure})` };
      if (latest === null || state?.checkpoint_id !== latest.id)
        return {
          name: about,
          standing: 'warning',
          detail: 'the latest one is not there yet; a worker takes it there',
        };
      return { name: about, standing: 'ok', detail: `${latest.size} facts, ${latest.signed_at}` };
    });
  } catch (error) {
    // That the database does not answer, or is not migrated, is said by its own check.
    return [{ name, standing: 'failed', detail: `cannot be looked up (${reasonOf(error)})` }];
  } finally {
    await db.destroy();
  }
}
