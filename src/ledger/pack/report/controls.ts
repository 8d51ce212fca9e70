/** Which controls of common frameworks the evidence of a gate supports. It supports them; whether they are met others judge. */
import type { Gate } from '../../../domain/gates.ts';

export interface Control {
  readonly name: string;
  readonly asks: string;
  /** What answers it, gate by gate; said of those gates only that have their evidence. */
  readonly answers: Readonly<Partial<Record<Gate, string>>>;
}

export const CONTROLS: readonly Control[] = [
  {
    name: 'NIST CSF 2.0 PR.AA-01, PR.AA-05',
    asks: 'Identities and credentials are managed; least privilege, separation of duties',
    answers: { 'access-cut': 'access cut, read back item by item' },
  },
  {
    name: 'NIST CSF 2.0 PR.DS-01, ID.AM-08',
    asks: 'Data at rest is protected; assets are managed through their life cycle',
    answers: { wipe: 'proof of the wipe', 'inventory-closure': 'custody from discovery to closure' },
  },
  {
    name: 'NIST SP 800-53 PS-4, MP-6, CM-8, AC-2, AC-5',
    asks: 'Termination, media sanitisation, inventory, accounts, separation of duties',
    answers: {
      'access-cut': 'accounts ended and read back',
      wipe: 'wipe proven',
      'itad-handoff': 'sanitisation certified per serial',
      'inventory-closure': 'inventory record closed',
    },
  },
  {
    name: 'ISO/IEC 27001:2022 A.5.11, A.6.5, A.7.14, A.8.10',
    asks: 'Return of assets; after termination; secure disposal; deletion',
    answers: {
      return: 'return scanned by serial',
      wipe: 'deletion proven',
      'itad-handoff': 'disposal certified per serial',
    },
  },
  {
    name: 'SOC 2 CC6.5',
    asks: 'Protections end only after the data is unrecoverable',
    answers: { wipe: 'nothing is released before the wipe is proven' },
  },
  {
    name: 'HIPAA 45 CFR 164.310(d)(2)(i)-(iii), 164.308(a)(3)(ii)(C)',
    asks: 'Disposal, re-use and accountability of media; termination',
    answers: {
      'access-cut': 'access ended and read back',
      wipe: 'wipe proven before re-use',
      'itad-handoff': 'certificate per serial; record of custody',
    },
  },
  {
    name: 'GLBA 16 CFR 314.4(c)(6); FACTA 16 CFR 682.3',
    asks: 'Secure disposal; due diligence of the disposal company',
    answers: { 'itad-handoff': 'handoff scanned and certified per serial' },
  },
  {
    name: 'PCI DSS 4.0.1 8.2.5, 9.4.5, 9.4.7',
    asks: 'Immediate revocation; media inventory; media destroyed',
    answers: {
      'access-cut': 'time of the access cut',
      'itad-handoff': 'certificate per serial',
    },
  },
  {
    name: 'R2v3 core 7, appendix B',
    asks: 'A sanitisation record per identifier',
    answers: { 'itad-handoff': 'certificate matched at the level of the serial' },
  },
  {
    name: 'SOX 404 (IT general controls)',
    asks: 'Access and assets on the books are real',
    answers: {
      'access-cut': 'access that ended is read back',
      'inventory-closure': 'closure in the inventory, read back',
    },
  },
];
